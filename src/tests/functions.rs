//! Lambda's API over HTTP: functions, versions, aliases, policies, tags, calls and what is kept of them.

use super::harness::{Answer, HOST, Sent, Site, merged, site_test};
use crate::api::sigv4::Signer;
use crate::functions::code::tests::archive;
use crate::kit::clock::SECOND;
use crate::kit::text;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use serde_json::{Value, json};

pub const FUNCTIONS: &str = "/2015-03-31/functions";
const ROOT: (&str, &str) = ("AKIAROOT", "root-secret-for-tests");

impl Site {
    /// A request of Lambda's API, signed with the root key.
    pub async fn lambda(&self, method: Method, path: &str, body: &Value, more: &[(&str, &str)]) -> Answer {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.lambda_as(ROOT, method, path, body, more).await
    }

    pub async fn lambda_as(&self, key: (&str, &str), method: Method, path: &str, body: Vec<u8>, more: &[(&str, &str)]) -> Answer {
        let (access_key_id, secret_access_key) = key;
        let signer = Signer { access_key_id, secret_access_key, session_token: None, region: "us-east-1", service: "lambda" };
        let mut map = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(HOST))]);
        for (name, value) in more {
            map.insert(HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap());
        }
        let uri: Uri = path.parse().unwrap();
        signer.sign(&method, &uri, &mut map, &body, self.now() / SECOND).unwrap();
        let headers = map.iter().map(|(n, v)| (n.as_str(), v.to_str().unwrap().to_owned())).collect();
        self.send(Sent { method, path, headers, body }).await
    }

    /// A function of one file `index.js`, with these settings over the usual.
    pub async fn function(&self, name: &str, source: &str, settings: Value) -> Value {
        let base = json!({
            "FunctionName": name, "Runtime": "nodejs22.x", "Role": "arn:aws:iam::000000000000:role/r", "Handler": "index.handler",
            "Code": { "ZipFile": zip(source) }, "Timeout": 5,
        });
        let answer = self.lambda(Method::POST, FUNCTIONS, &merged(base, settings), &[]).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()
    }

    async fn run_function(&self, name: &str, event: &Value) -> Answer {
        self.lambda(Method::POST, &format!("{FUNCTIONS}/{name}/invocations"), event, &[("x-amz-log-type", "Tail")]).await
    }
}

pub fn zip(source: &str) -> String {
    text::base64(&archive(&[("index.js", source.as_bytes())]))
}

fn refusal(answer: &Answer) -> (u16, String) {
    assert!(answer.json()["Message"].is_string(), "{}", answer.body);
    (answer.status, answer.header("x-amzn-errortype").to_owned())
}

const HELLO: &str = "exports.handler = async (event, context) => { console.log('hello', event.name); return { hi: event.name, env: process.env.STAGE, v: context.functionVersion } }";

site_test!(functions_are_made_changed_and_deleted, |site: Site| async move {
    let made = site.function("hello", HELLO, json!({ "Environment": { "Variables": { "STAGE": "one" } }, "Tags": { "team": "a" } })).await;
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:hello";
    assert_eq!((&made["FunctionArn"], &made["Version"], &made["State"]), (&json!(arn), &json!("$LATEST"), &json!("Active")));
    assert_eq!(
        refusal(
            &site
                .lambda(
                    Method::POST,
                    FUNCTIONS,
                    &json!({ "FunctionName": "hello", "Runtime": "nodejs20.x", "Handler": "a.b", "Code": { "ZipFile": zip("1") } }),
                    &[]
                )
                .await
        ),
        (409, "ResourceConflictException".into())
    );

    for name in ["hello", &arn.replace(':', "%3A"), arn, "000000000000:function:hello"] {
        let got = site.lambda(Method::GET, &format!("{FUNCTIONS}/{name}"), &Value::Null, &[]).await.json();
        assert_eq!((&got["Configuration"]["Handler"], &got["Tags"]["team"]), (&json!("index.handler"), &json!("a")), "{name}");
    }
    let got = site.lambda(Method::GET, &format!("{FUNCTIONS}/hello"), &Value::Null, &[]).await.json();
    let location: Uri = got["Code"]["Location"].as_str().unwrap().parse().unwrap();
    let archive = site.get(location.path_and_query().unwrap().as_str(), &[]).await;
    assert_eq!((archive.status, archive.header("content-type")), (200, "application/zip"));
    assert_eq!(
        site.get(&location.path_and_query().unwrap().as_str().replace("24LATEST", "241"), &[]).await.status,
        403,
        "an address is good for one version"
    );

    let called = site.run_function("hello", &json!({ "name": "jane" })).await;
    assert_eq!(
        (called.json(), called.header("x-amz-executed-version")),
        (json!({ "hi": "jane", "env": "one", "v": "$LATEST" }), "$LATEST")
    );
    let log = String::from_utf8(text::from_base64(called.header("x-amz-log-result")).unwrap()).unwrap();
    assert!(log.contains("INFO\thello jane") && log.contains("REPORT RequestId: "), "{log}");

    let path = format!("{FUNCTIONS}/hello/configuration");
    let changed = site
        .lambda(Method::PUT, &path, &json!({ "Environment": { "Variables": { "STAGE": "two" } }, "MemorySize": 256 }), &[])
        .await
        .json();
    assert_eq!((&changed["MemorySize"], &changed["Timeout"]), (&json!(256), &json!(5)));
    let old = site.lambda(Method::PUT, &path, &json!({ "RevisionId": made["RevisionId"], "Timeout": 1 }), &[]).await;
    assert_eq!(refusal(&old), (412, "PreconditionFailedException".into()));
    assert_eq!(site.run_function("hello", &json!({ "name": "x" })).await.json()["env"], "two");
    let code = site
        .lambda(Method::PUT, &format!("{FUNCTIONS}/hello/code"), &json!({ "ZipFile": zip("exports.handler = async () => 'new'") }), &[])
        .await;
    assert_ne!(code.json()["CodeSha256"], made["CodeSha256"]);
    assert_eq!(site.run_function("hello", &json!({})).await.json(), "new");

    assert_eq!(site.lambda(Method::DELETE, &format!("{FUNCTIONS}/hello"), &Value::Null, &[]).await.status, 204);
    assert_eq!(refusal(&site.run_function("hello", &json!({})).await), (404, "ResourceNotFoundException".into()));
    assert_eq!(site.count("function_versions").await + site.count("function_invocations").await, 0);
});

site_test!(what_cannot_run_is_refused, |site: Site| async move {
    let good = json!({ "FunctionName": "f", "Runtime": "nodejs22.x", "Handler": "index.handler", "Code": { "ZipFile": zip("1") } });
    let before = site.rows().await;
    for (member, value, exception) in [
        ("Runtime", json!("python3.12"), "InvalidParameterValueException"),
        ("Handler", json!("index"), "InvalidParameterValueException"),
        ("Handler", json!("../x.y"), "InvalidParameterValueException"),
        ("Code", json!({ "S3Bucket": "b" }), "InvalidParameterValueException"),
        ("Code", json!({ "ZipFile": "bm90IGEgemlw" }), "InvalidParameterValueException"),
        ("Code", json!({}), "ValidationException"),
        ("Timeout", json!(0), "ValidationException"),
        ("Timeout", json!(901), "ValidationException"),
        ("MemorySize", json!(64), "ValidationException"),
        ("FunctionName", json!("a b"), "ValidationException"),
        ("FunctionName", json!(7), "InvalidRequestContentException"),
        ("Layers", json!(["arn:aws:lambda:us-east-1:1:layer:x:1"]), "InvalidParameterValueException"),
        ("PackageType", json!("Image"), "InvalidParameterValueException"),
        ("Environment", json!({ "Variables": { "1": "x" } }), "ValidationException"),
        ("Environment", json!({ "Variables": { "AB": "x".repeat(5000) } }), "InvalidParameterValueException"),
        ("Tags", json!({ "aws:x": "1" }), "InvalidParameterValueException"),
        ("Description", json!("a\u{0}b"), "ValidationException"),
        ("PoolhouseTarget", json!({ "Url": "ftp://x" }), "InvalidParameterValueException"),
        ("PoolhouseTarget", json!({ "Url": "https://x.example/", "LambdaArn": "y" }), "InvalidParameterValueException"),
    ] {
        let answer = site.lambda(Method::POST, FUNCTIONS, &merged(good.clone(), json!({ member: value })), &[]).await;
        assert_eq!(answer.header("x-amzn-errortype"), exception, "{member} {value}: {}", answer.body);
    }
    let path = format!("{FUNCTIONS}/f/invocations");
    assert_eq!(site.lambda_as(("AKIAROOT", "wrong"), Method::POST, &path, b"{}".to_vec(), &[]).await.status, 403);
    assert_eq!(
        site.lambda_as(("AKIASOMEBODY", "wrong"), Method::POST, &path, b"{}".to_vec(), &[]).await.header("x-amzn-errortype"),
        "UnrecognizedClientException"
    );
    assert_eq!(site.get(FUNCTIONS, &[]).await.header("x-amzn-errortype"), "MissingAuthenticationTokenException");
    assert_eq!(site.rows().await, before);
});

site_test!(versions_and_aliases_name_what_was_published, |site: Site| async move {
    site.function("f", "exports.handler = async (e, c) => 1", json!({})).await;
    let at = |rest: &str| format!("{FUNCTIONS}/f{rest}");
    let first = site.lambda(Method::POST, &at("/versions"), &json!({ "Description": "first" }), &[]).await;
    assert_eq!((first.status, &first.json()["Version"]), (201, &json!("1")));
    assert!(first.json()["FunctionArn"].as_str().unwrap().ends_with(":function:f:1"));
    let alias = json!({ "Name": "live", "FunctionVersion": "1" });
    assert_eq!(site.lambda(Method::POST, &at("/aliases"), &alias, &[]).await.status, 201);
    assert_eq!(refusal(&site.lambda(Method::POST, &at("/aliases"), &alias, &[]).await), (409, "ResourceConflictException".into()));
    assert_eq!(refusal(&site.lambda(Method::POST, &at("/aliases"), &json!({ "Name": "x", "FunctionVersion": "9" }), &[]).await).0, 404);
    let code = json!({ "ZipFile": zip("exports.handler = async () => 2"), "Publish": true });
    assert_eq!(site.lambda(Method::PUT, &at("/code"), &code, &[]).await.json()["Version"], "2");
    assert_eq!(site.lambda(Method::PUT, &at("/code"), &code, &[]).await.json()["Version"], "2", "the same is not published again");
    for (qualifier, answer) in [("", 2), ("?Qualifier=live", 1), ("?Qualifier=1", 1), ("?Qualifier=%24LATEST", 2)] {
        let called = site.lambda(Method::POST, &at(&format!("/invocations{qualifier}")), &json!({}), &[]).await;
        assert_eq!(called.json(), answer, "{qualifier}");
    }
    assert_eq!(site.run_function("f:live", &json!({})).await.header("x-amz-executed-version"), "1");
    assert_eq!(
        site.lambda(Method::PUT, &at("/aliases/live"), &json!({ "FunctionVersion": "2" }), &[]).await.json()["FunctionVersion"],
        "2"
    );
    assert_eq!(site.run_function("f:live", &json!({})).await.json(), 2);
    let versions = site.lambda(Method::GET, &at("/versions?MaxItems=2"), &Value::Null, &[]).await.json();
    let numbers: Vec<_> = versions["Versions"].as_array().unwrap().iter().map(|v| v["Version"].as_str().unwrap().to_owned()).collect();
    assert_eq!(numbers, ["$LATEST", "1"]);
    let next = site
        .lambda(Method::GET, &at(&format!("/versions?Marker={}", versions["NextMarker"].as_str().unwrap())), &Value::Null, &[])
        .await
        .json();
    assert_eq!((&next["Versions"][0]["Version"], next.get("NextMarker")), (&json!("2"), None));
    assert_eq!(refusal(&site.lambda(Method::DELETE, &at("?Qualifier=2"), &Value::Null, &[]).await).0, 409, "an alias names it");
    assert_eq!(site.lambda(Method::DELETE, &at("?Qualifier=1"), &Value::Null, &[]).await.status, 204);
    assert_eq!(site.lambda(Method::GET, &at("/aliases"), &Value::Null, &[]).await.json()["Aliases"].as_array().unwrap().len(), 1);
    let all = site.lambda(Method::GET, &format!("{FUNCTIONS}?FunctionVersion=ALL"), &Value::Null, &[]).await.json();
    assert_eq!(all["Functions"].as_array().unwrap().len(), 2);
    assert_eq!(site.lambda(Method::DELETE, &at("/aliases/live"), &Value::Null, &[]).await.status, 204);
    assert_eq!(refusal(&site.run_function("f:live", &json!({})).await).0, 404);
});

site_test!(policies_and_tags_are_kept, |site: Site| async move {
    let made = site.function("f", HELLO, json!({})).await;
    let path = format!("{FUNCTIONS}/f/policy");
    assert_eq!(refusal(&site.lambda(Method::GET, &path, &Value::Null, &[]).await).0, 404);
    let permission = json!({ "StatementId": "pool", "Action": "lambda:InvokeFunction", "Principal": "cognito-idp.amazonaws.com", "SourceArn": "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_X" });
    assert_eq!(site.lambda(Method::POST, &path, &permission, &[]).await.status, 201);
    assert_eq!(refusal(&site.lambda(Method::POST, &path, &permission, &[]).await).0, 409);
    let policy: Value =
        serde_json::from_str(site.lambda(Method::GET, &path, &Value::Null, &[]).await.json()["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(policy["Statement"][0]["Principal"]["Service"], "cognito-idp.amazonaws.com");
    assert_eq!(site.lambda(Method::DELETE, &format!("{path}/pool"), &Value::Null, &[]).await.status, 204);
    assert_eq!(refusal(&site.lambda(Method::DELETE, &format!("{path}/pool"), &Value::Null, &[]).await).0, 404);
    let tags = format!("/2017-03-31/tags/{}", made["FunctionArn"].as_str().unwrap().replace(':', "%3A"));
    assert_eq!(site.lambda(Method::POST, &tags, &json!({ "Tags": { "a": "1", "b": "2" } }), &[]).await.status, 204);
    assert_eq!(site.lambda(Method::DELETE, &format!("{tags}?tagKeys=a"), &Value::Null, &[]).await.status, 204);
    assert_eq!(site.lambda(Method::GET, &tags, &Value::Null, &[]).await.json()["Tags"], json!({ "b": "2" }));
});

site_test!(calls_are_kept_without_secrets_and_can_be_repeated, |site: Site| async move {
    site.function("f", "exports.handler = async (event) => { console.log('for', event.request.userAttributes.email, event.request.password); throw new Error('no') }", json!({})).await;
    let event = json!({ "request": { "userAttributes": { "email": "jane@example.com" }, "password": "Correct-Horse-1" }, "response": {} });
    let called = site.run_function("f", &event).await;
    assert_eq!((called.status, called.header("x-amz-function-error")), (200, "Unhandled"));
    assert_eq!((&called.json()["errorType"], &called.json()["errorMessage"]), (&json!("Error"), &json!("no")));
    let path = format!("{FUNCTIONS}/f/invocations");
    let list = site.lambda(Method::GET, &path, &Value::Null, &[]).await.json();
    assert_eq!((&list["Invocations"][0]["Outcome"], list["Invocations"].as_array().unwrap().len()), (&json!("Failed"), 1));
    let id = list["Invocations"][0]["RequestId"].as_str().unwrap().to_owned();
    assert_eq!(called.header("x-amzn-requestid"), id);
    let one = site.lambda(Method::GET, &format!("{path}/{id}"), &Value::Null, &[]).await;
    assert!(
        !one.body.contains("Correct-Horse-1") && one.json()["Log"].as_str().unwrap().contains("for jane@example.com (not kept)"),
        "{}",
        one.body
    );

    let fixed = json!({ "ZipFile": zip("exports.handler = async (event) => event.request.userAttributes.email") });
    site.lambda(Method::PUT, &format!("{FUNCTIONS}/f/code"), &fixed, &[]).await.expect(200);
    let replayed = site.lambda(Method::POST, &format!("{path}/{id}/replay"), &Value::Null, &[]).await;
    assert_eq!(replayed.json(), "jane@example.com");
    assert_eq!(refusal(&site.lambda(Method::POST, &format!("{path}/nothing/replay"), &Value::Null, &[]).await).0, 404);
    for n in 0..55 {
        site.run_function("f", &json!({ "request": { "userAttributes": { "email": n } } })).await.expect(200);
    }
    let list = site.lambda(Method::GET, &path, &Value::Null, &[]).await.json();
    assert_eq!(list["Invocations"].as_array().unwrap().len(), 50);
});
