//! Handlers as tutorials write them, called by the flows: here, at an address, and behind Lambda's Invoke API.

use super::fixtures::PASSWORD;
use super::functions::FUNCTIONS;
use super::harness::{Site, attributes, site_test};
use crate::boot::config::Settings;
use crate::kit::{mac, text};
use crate::triggers::Failure;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:";

/// What a trigger's function answers to an event, or how it fails.
async fn trigger(site: &Site, arn: &str, event: Value) -> Result<Value, Failure> {
    site.app.functions.get().expect("a runner").invoke(arn, event).await
}

async fn answers(site: &Site, name: &str, source: &str, request: Value, response: Value) -> Value {
    crate::functions::register(&site.app);
    site.function(name, source, json!({})).await;
    let event = json!({ "version": "1", "userName": "jane", "triggerSource": "T", "request": request, "response": response });
    trigger(site, &format!("{ARN}{name}"), event).await.expect("an answer")["response"].clone()
}

const COMPANY: &str = "
    exports.handler = (event, context, callback) => {
        const [, domain] = event.request.userAttributes.email.split('@');
        if (domain !== 'company.example') return callback(new Error(`${domain} is not our company`));
        event.response.autoConfirmUser = true;
        event.response.autoVerifyEmail = true;
        callback(null, event);
    };";

site_test!(tutorial_handlers_work_unchanged, |site: Site| async move {
    let flags = json!({ "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false });
    let signed_up = answers(&site, "company", COMPANY, json!({ "userAttributes": { "email": "a@company.example" } }), flags.clone()).await;
    assert_eq!(signed_up, json!({ "autoConfirmUser": true, "autoVerifyEmail": true, "autoVerifyPhone": false }));
    let stranger = json!({ "request": { "userAttributes": { "email": "a@else.example" } }, "response": flags });
    assert_eq!(trigger(&site, &format!("{ARN}company"), stranger).await, Err(Failure::Threw("else.example is not our company".into())));

    let claims = "export const handler = async (event) => {
        const { email = '', ['custom:tier']: tier = 'free' } = event.request.userAttributes;
        event.response = { claimsAndScopeOverrideDetails: {
            idTokenGeneration: { claimsToAddOrOverride: { tier, org: email.split('@').pop() }, claimsToSuppress: ['phone_number'] },
            accessTokenGeneration: { claimsToAddOrOverride: { tier }, scopesToAdd: [`tier/${tier}`] },
        } };
        return event;
    };";
    let made =
        answers(&site, "claims", claims, json!({ "userAttributes": { "email": "a@b.example" }, "scopes": ["openid"] }), json!({})).await;
    assert_eq!(made["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]["scopesToAdd"], json!(["tier/free"]));

    let message = "module.exports.handler = async (event) => {
        if (event.triggerSource === 'T') {
            event.response.emailSubject = `Welcome, ${event.userName}`;
            event.response.emailMessage = 'Your code is ' + event.request.codeParameter;
        }
        return event;
    };";
    let told = answers(&site, "message", message, json!({ "codeParameter": "{####}" }), json!({ "smsMessage": null })).await;
    assert_eq!(told, json!({ "smsMessage": null, "emailSubject": "Welcome, jane", "emailMessage": "Your code is {####}" }));

    let define = "exports.handler = async (event) => {
        const rounds = event.request.session;
        const last = rounds[rounds.length - 1];
        if (last && last.challengeName === 'CUSTOM_CHALLENGE' && last.challengeResult) { event.response.issueTokens = true; event.response.failAuthentication = false; }
        else if (rounds.length >= 3) { event.response.issueTokens = false; event.response.failAuthentication = true; }
        else { event.response.issueTokens = false; event.response.failAuthentication = false; event.response.challengeName = 'CUSTOM_CHALLENGE'; }
        return event;
    };";
    assert_eq!(answers(&site, "define", define, json!({ "session": [] }), json!({})).await["challengeName"], "CUSTOM_CHALLENGE");
    let create = "const crypto = require('crypto');
    exports.handler = async (event) => {
        const code = crypto.randomInt(0, 1e6).toString().padStart(6, '0');
        console.log(`sending ${code} to`, event.request.userAttributes.email);
        event.response.publicChallengeParameters = { email: event.request.userAttributes.email };
        event.response.privateChallengeParameters = { code };
        event.response.challengeMetadata = `CODE-${code}`;
        return event;
    };";
    let made = answers(&site, "create", create, json!({ "userAttributes": { "email": "a@b.example" }, "session": [] }), json!({})).await;
    assert_eq!(made["privateChallengeParameters"]["code"].as_str().unwrap().len(), 6);
    let verify = "exports.handler = async (event) => {
        const expected = event.request.privateChallengeParameters.code;
        event.response.answerCorrect = event.request.challengeAnswer === expected;
        return event;
    };";
    let given = json!({ "privateChallengeParameters": { "code": "123456" }, "challengeAnswer": "123456" });
    assert_eq!(answers(&site, "verify", verify, given, json!({})).await["answerCorrect"], true);

    let migrate = "const crypto = require('node:crypto');
    const users = { jane: { hash: '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8', email: 'jane@b.example' } };
    exports.handler = async (event) => {
        const user = users[event.userName];
        const hash = crypto.createHash('sha256').update(event.request.password).digest('hex');
        if (!user || !crypto.timingSafeEqual(Buffer.from(hash, 'hex'), Buffer.from(user.hash, 'hex'))) throw new Error('Bad password');
        event.response.userAttributes = { email: user.email, email_verified: 'true' };
        event.response.finalUserStatus = 'CONFIRMED';
        event.response.messageAction = 'SUPPRESS';
        return event;
    };";
    assert_eq!(answers(&site, "migrate", migrate, json!({ "password": "password" }), json!({})).await["finalUserStatus"], "CONFIRMED");
    let groups = "exports.handler = async (event) => { if (!event.request.userAttributes.email) throw Error('no email'); console.info('signed in %s', event.userName); return event; };";
    assert_eq!(answers(&site, "after", groups, json!({ "userAttributes": { "email": "x" } }), json!({})).await, json!({}));
});

site_test!(a_function_of_a_pool_is_called_by_its_flow, |site: Site| async move {
    crate::functions::register(&site.app);
    for (name, source) in [
        (
            "define",
            "exports.handler = async (e) => { e.response = e.request.session.length ? { issueTokens: true } : { challengeName: 'CUSTOM_CHALLENGE' }; return e }",
        ),
        (
            "create",
            "exports.handler = async (e) => { e.response.publicChallengeParameters = { q: 'why?' }; e.response.privateChallengeParameters = { a: '42' }; return e }",
        ),
        (
            "verify",
            "exports.handler = async (e) => { e.response.answerCorrect = e.request.challengeAnswer === e.request.privateChallengeParameters.a; return e }",
        ),
    ] {
        site.function(name, source, json!({})).await;
    }
    let config = json!({ "DefineAuthChallenge": format!("{ARN}define"), "CreateAuthChallenge": format!("{ARN}create"), "VerifyAuthChallengeResponse": format!("{ARN}verify") });
    let pool = site.pool(json!({ "LambdaConfig": config })).await;
    let client = site.client(&pool, json!({ "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] })).await;
    site.ok("AdminCreateUser", json!({ "UserPoolId": pool, "Username": "jane", "MessageAction": "SUPPRESS", "UserAttributes": attributes(&[("email", "j@b.example")]) })).await;
    site.ok("AdminSetUserPassword", json!({ "UserPoolId": pool, "Username": "jane", "Password": PASSWORD, "Permanent": true })).await;
    let asked =
        site.ok("InitiateAuth", json!({ "ClientId": client, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": { "USERNAME": "jane" } })).await;
    assert_eq!(asked["ChallengeParameters"]["q"], "why?");
    let responses = json!({ "USERNAME": "jane", "ANSWER": "42" });
    let done = site.ok("RespondToAuthChallenge", json!({ "ClientId": client, "ChallengeName": "CUSTOM_CHALLENGE", "Session": asked["Session"], "ChallengeResponses": responses })).await;
    assert!(done["AuthenticationResult"]["AccessToken"].is_string());
    crate::functions::runner::flush(&mut crate::api::Cx::internal(site.app.clone())).await.unwrap();
    assert_eq!(site.count("function_invocations").await, 4);
});

site_test!(failures_have_the_words_that_cognito_passes_on, |site: Site| async move {
    crate::functions::register(&site.app);
    let fails = async |name: &str| trigger(&site, &format!("{ARN}{name}"), json!({})).await.unwrap_err();
    assert_eq!(fails("nobody").await, Failure::Unreachable("AccessDeniedException".into()));
    site.function("slow", "exports.handler = () => new Promise((done) => setTimeout(done, 60000))", json!({ "Timeout": 1 })).await;
    let Failure::Threw(message) = fails("slow").await else { panic!("not thrown") };
    assert!(message.starts_with("RequestId: ") && message.ends_with("Error: Task timed out after 1.00 seconds"), "{message}");
    site.function("lib", "require('aws-sdk')", json!({})).await;
    let Failure::Threw(message) = fails("lib").await else { panic!("not thrown") };
    assert!(message.starts_with("Error: Cannot find module 'aws-sdk'"), "{message}");
    assert_eq!(
        trigger(&site, "arn:aws:lambda:eu-west-1:111111111111:function:f", json!({})).await,
        Err(Failure::Unreachable("AccessDeniedException".into()))
    );
});

type Seen = Arc<Mutex<Vec<(Uri, HeaderMap, Bytes)>>>;

/// A server that answers every event so: status, header of an error, body. And what it was sent.
async fn listener(answer: (StatusCode, &'static str, &'static str)) -> (u16, Seen) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, seen) = (listener.local_addr().unwrap().port(), Seen::default());
    let kept = seen.clone();
    let routes = Router::new().fallback(move |uri: Uri, headers: HeaderMap, body: Bytes| {
        kept.lock().unwrap().push((uri, headers, body));
        let (status, error, body) = answer;
        let mut out = HeaderMap::new();
        if !error.is_empty() {
            out.insert("x-amz-function-error", error.parse().unwrap());
        }
        async move { (status, out, body) }
    });
    #[expect(clippy::disallowed_methods, reason = "the server of a test")]
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (port, seen)
}

fn allowing(settings: Settings) -> Settings {
    Settings { outbound_allow: Some(vec!["127.0.0.1".into()]), ..settings }
}

#[tokio::test]
async fn an_address_gets_a_signed_event() {
    let test = crate::store::testing::sqlite().await;
    let (port, seen) = listener((StatusCode::OK, "", r#"{"response":{"autoConfirmUser":true}}"#)).await;
    let site = Site::with(test.db.clone(), allowing(Settings::default())).await;
    crate::functions::register(&site.app);
    let target = json!({ "Url": format!("http://127.0.0.1:{port}/hook") });
    let made = site.lambda(axum::http::Method::POST, FUNCTIONS, &json!({ "FunctionName": "hook", "PoolhouseTarget": target }), &[]).await;
    let secret = made.json()["PoolhouseTarget"]["Secret"].as_str().unwrap().to_owned();
    let shown = site.lambda(axum::http::Method::GET, &format!("{}/hook", FUNCTIONS), &Value::Null, &[]).await;
    assert!(!shown.body.contains(&secret), "the secret is told once");
    assert_eq!(trigger(&site, &format!("{ARN}hook"), json!({ "request": 1 })).await.unwrap()["response"]["autoConfirmUser"], true);
    let (uri, headers, body) = seen.lock().unwrap()[0].clone();
    let header = |name: &str| headers[name].to_str().unwrap();
    let signed =
        format!("{}.{}.{}", header("x-poolhouse-timestamp"), header("x-poolhouse-request-id"), std::str::from_utf8(&body).unwrap());
    let expected = text::hex(&mac::hmac_sha256(secret.as_bytes(), &[signed.as_bytes()]));
    assert_eq!((uri.path(), header("x-poolhouse-signature")), ("/hook", format!("v1={expected}").as_str()));
    assert_eq!(header("x-poolhouse-function-arn"), format!("{ARN}hook"));
    test.db.close().await;
}

#[tokio::test]
async fn errors_of_an_address_are_told_and_private_addresses_are_not_reached() {
    let test = crate::store::testing::sqlite().await;
    let (port, seen) = listener((StatusCode::INTERNAL_SERVER_ERROR, "", r#"{"errorMessage":"not today"}"#)).await;
    let site = Site::with(test.db.clone(), allowing(Settings::default())).await;
    crate::functions::register(&site.app);
    for (name, url) in
        [("hook", format!("http://127.0.0.1:{port}/")), ("gone", "http://127.0.0.1:1/".into()), ("inner", "http://10.0.0.1/".into())]
    {
        let target =
            json!({ "FunctionName": name, "PoolhouseTarget": { "Url": url, "Secret": "a secret of some length".replace(' ', "-") } });
        site.lambda(axum::http::Method::POST, FUNCTIONS, &target, &[]).await.expect(201);
    }
    assert_eq!(trigger(&site, &format!("{ARN}hook"), json!({})).await, Err(Failure::Threw("not today".into())));
    assert_eq!(seen.lock().unwrap().len(), 1, "a function that answered is not called again");
    let Err(Failure::Unreachable(why)) = trigger(&site, &format!("{ARN}gone"), json!({})).await else { panic!("reached") };
    assert!(why.contains("127.0.0.1 cannot be reached"), "{why}");
    let Err(Failure::Unreachable(why)) = trigger(&site, &format!("{ARN}inner"), json!({})).await else { panic!("reached") };
    assert!(why.contains("not public"), "{why}");
    test.db.close().await;
}

#[tokio::test]
async fn functions_that_are_none_of_ours_are_invoked_elsewhere() {
    let test = crate::store::testing::sqlite().await;
    let (port, seen) = listener((StatusCode::OK, "Unhandled", r#"{"errorType":"Error","errorMessage":"from afar"}"#)).await;
    let settings = Settings {
        lambda_endpoint: Some(format!("http://127.0.0.1:{port}")),
        lambda_access_key_id: Some("AKIAREMOTE".into()),
        lambda_secret_access_key: Some("remote-secret".into()),
        ..Settings::default()
    };
    let site = Site::with(test.db.clone(), allowing(settings)).await;
    crate::functions::register(&site.app);
    let arn = "arn:aws:lambda:eu-west-1:111111111111:function:far:live";
    assert_eq!(trigger(&site, arn, json!({ "a": 1 })).await, Err(Failure::Threw("from afar".into())));
    let (uri, headers, body) = seen.lock().unwrap()[0].clone();
    assert_eq!(uri.path(), "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu%2Dwest%2D1%3A111111111111%3Afunction%3Afar%3Alive/invocations");
    let signed = crate::api::sigv4::parse(&uri, &headers).unwrap().unwrap();
    signed.check_scope("eu-west-1", "lambda").unwrap();
    signed.verify(&axum::http::Method::POST, &uri, &headers, &body, "remote-secret", site.now() / 1_000).unwrap();
    test.db.close().await;
}

#[tokio::test]
async fn a_folder_of_functions_follows_its_files() {
    let test = crate::store::testing::sqlite().await;
    let folder = std::env::temp_dir().join(format!("poolhouse_functions_{}", std::process::id()));
    std::fs::create_dir_all(folder.join("big/lib")).unwrap();
    let write = |name: &str, source: &str| std::fs::write(folder.join(name), source).unwrap();
    write("small.js", "exports.handler = async () => ({ n: 1, env: process.env.A_B })");
    write("small.env", "# a comment\nA_B=c=d\n");
    write("big/index.mjs", "import { n } from './lib/n.mjs'; export const handler = async () => n");
    write("big/lib/n.mjs", "export const n = 2");
    let site = Site::with(test.db.clone(), Settings { functions: Some(folder.clone()), ..Settings::default() }).await;
    crate::functions::register(&site.app);
    assert_eq!(trigger(&site, &format!("{ARN}small"), json!({})).await.unwrap(), json!({ "n": 1, "env": "c=d" }));
    assert_eq!(trigger(&site, &format!("{ARN}big"), json!({})).await.unwrap(), 2);
    write("big/lib/n.mjs", "export const n = 'changed'");
    assert_eq!(trigger(&site, &format!("{ARN}big"), json!({})).await.unwrap(), "changed");
    assert!(trigger(&site, &format!("{ARN}other"), json!({})).await.is_err());
    std::fs::remove_dir_all(&folder).unwrap();
    test.db.close().await;
}
