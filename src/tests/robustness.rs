//! Nothing that anybody sends breaks the server: generated requests, each a good one with something wrong in it.

use super::browser::authorize;
use super::fixtures::PASSWORD;
use super::harness::{Answer, Sent, Site, attributes, site_test};
use crate::api::{Door, dispatch, shape};
use crate::store::{Db, testing};
use axum::http::Method;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

/// What good requests refer to.
struct World {
    pool: String,
    spare: String,
    client: String,
    token: String,
    doomed: String,
    refresh: String,
}

async fn world(site: &Site) -> World {
    let (pool, client) = site.pool_and_client().await;
    let spare = site.pool(json!({})).await;
    for name in ["jane", "doomed"] {
        site.user(&pool, name).await;
    }
    let tokens = site.sign_in(&client, "jane").await;
    let doomed = site.sign_in(&client, "doomed").await.access;
    World { pool, spare, client, token: tokens.access, doomed, refresh: tokens.refresh }
}

/// A request that would be served, with as many members as it can have.
fn good(operation: &str, w: &World) -> Value {
    let email = attributes(&[("email", "new@example.com"), ("name", "Jane")]);
    let attribute = json!({ "Name": "tier", "AttributeDataType": "String", "Mutable": true, "StringAttributeConstraints": { "MinLength": "0", "MaxLength": "9" } });
    let mut input = match operation {
        "SignUp" => {
            json!({ "Username": "new", "Password": PASSWORD, "UserAttributes": email, "ValidationData": email, "ClientMetadata": { "a": "b" } })
        }
        "ConfirmSignUp" => json!({ "Username": "jane", "ConfirmationCode": "123456", "ForceAliasCreation": true }),
        "ConfirmForgotPassword" => json!({ "Username": "jane", "ConfirmationCode": "123456", "Password": PASSWORD }),
        "ResendConfirmationCode" | "ForgotPassword" => json!({ "Username": "jane" }),
        "InitiateAuth" => {
            json!({ "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": { "USERNAME": "jane", "PASSWORD": PASSWORD, "SRP_A": "ab", "REFRESH_TOKEN": w.refresh } })
        }
        "AdminInitiateAuth" => {
            json!({ "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": { "USERNAME": "jane", "PASSWORD": PASSWORD } })
        }
        "RespondToAuthChallenge" | "AdminRespondToAuthChallenge" => {
            json!({ "ChallengeName": "PASSWORD_VERIFIER", "Session": "x".repeat(40), "ChallengeResponses": {
            "USERNAME": "jane", "PASSWORD_CLAIM_SIGNATURE": "AAAA", "PASSWORD_CLAIM_SECRET_BLOCK": "AAAA", "TIMESTAMP": "Thu Jan 1 00:00:00 UTC 2026", "NEW_PASSWORD": PASSWORD, "ANSWER": "PASSWORD" } })
        }
        "GetTokensFromRefreshToken" => json!({ "RefreshToken": w.refresh }),
        "RevokeToken" => json!({ "Token": "garbage" }),
        "ChangePassword" => json!({ "PreviousPassword": PASSWORD, "ProposedPassword": PASSWORD }),
        "UpdateUserAttributes" => json!({ "UserAttributes": email }),
        "DeleteUserAttributes" => json!({ "UserAttributeNames": ["name"] }),
        "GetUserAttributeVerificationCode" => json!({ "AttributeName": "email" }),
        "VerifyUserAttribute" => json!({ "AttributeName": "email", "Code": "123456" }),
        "AdminCreateUser" => {
            json!({ "Username": "made", "UserAttributes": email, "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS", "DesiredDeliveryMediums": ["EMAIL"] })
        }
        "AdminSetUserPassword" => json!({ "Username": "jane", "Password": PASSWORD, "Permanent": true }),
        "AdminUpdateUserAttributes" => json!({ "Username": "jane", "UserAttributes": email }),
        "AdminDeleteUserAttributes" => json!({ "Username": "jane", "UserAttributeNames": ["name"] }),
        "AdminDeleteUser" => json!({ "Username": "doomed" }),
        "ListUsers" => json!({ "AttributesToGet": ["email"], "Limit": 10, "Filter": "email ^= \"a\"", "PaginationToken": "x" }),
        "CreateUserPool" => {
            json!({ "PoolName": "p", "Schema": [attribute], "AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"],
            "Policies": { "PasswordPolicy": { "MinimumLength": 8 } }, "LambdaConfig": {}, "UserPoolTags": { "a": "b" }, "EmailVerificationMessage": "{####}" })
        }
        "UpdateUserPool" => {
            json!({ "PoolName": "p", "AutoVerifiedAttributes": ["email"], "Policies": { "PasswordPolicy": { "MinimumLength": 8 } }, "MfaConfiguration": "OFF" })
        }
        "AddCustomAttributes" => json!({ "CustomAttributes": [attribute] }),
        "CreateUserPoolClient" | "UpdateUserPoolClient" => {
            json!({ "ClientName": "c", "RefreshTokenValidity": 30, "CallbackURLs": ["https://app.example/cb"], "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"], "AllowedOAuthFlowsUserPoolClient": true, "TokenValidityUnits": { "AccessToken": "hours" }, "ReadAttributes": ["email"] })
        }
        "CreateUserPoolDomain" | "UpdateUserPoolDomain" | "DeleteUserPoolDomain" | "DescribeUserPoolDomain" => json!({ "Domain": "acme" }),
        "SetUICustomization" => json!({ "CSS": ".logo-customizable{max-width:50%}", "ImageFile": "iVBORw0KGgo=" }),
        "ListUserPools" | "ListUserPoolClients" => json!({ "MaxResults": 5, "NextToken": "x" }),
        name if name.starts_with("Admin") => json!({ "Username": "jane" }),
        _ => json!({}),
    };
    let spare = ["DeleteUserPool", "UpdateUserPool", "AddCustomAttributes"].contains(&operation);
    for member in shape::input_members(operation) {
        match member.name {
            "UserPoolId" => input["UserPoolId"] = if spare { w.spare.as_str().into() } else { w.pool.as_str().into() },
            // The client stays: its deletion and change would make every later request meet nothing.
            "ClientId" if ["DeleteUserPoolClient", "UpdateUserPoolClient"].contains(&operation) => input["ClientId"] = "spare".into(),
            "ClientId" => input["ClientId"] = w.client.as_str().into(),
            "AccessToken" => {
                input["AccessToken"] =
                    if ["DeleteUser", "GlobalSignOut"].contains(&operation) { &w.doomed } else { &w.token }.as_str().into()
            }
            _ => {}
        }
    }
    input
}

/// Text that somebody careless or hostile might send.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("\0".into()),
        Just("a\0b".into()),
        Just(" ".into()),
        Just("\u{202e}\u{feff}\u{200b}".into()),
        Just("e\u{301}\u{1f468}\u{200d}\u{1f469}".into()),
        Just("'; DROP TABLE users; --".into()),
        Just("%00%ff../..".into()),
        Just("{####}{##x##}".into()),
        Just("\u{10ffff}".into()),
        Just("i\u{307}\u{130}\u{df}".into()),
        Just("a@b.example".into()),
        Just("+15555550100".into()),
        Just("2147483648".into()),
        (0_usize..6).prop_map(|n| "x".repeat([127, 128, 129, 2_048, 2_049, 131_073][n])),
        (0_usize..3).prop_map(|n| "\u{4f8b}".repeat([127, 128, 2_049][n])),
        "\\PC{0,40}",
        any::<String>(),
    ]
}

/// Values of any kind that somebody might send.
fn hostile() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!(0)),
        Just(json!(-1)),
        Just(json!(61)),
        Just(json!(u64::MAX)),
        Just(json!(1.5)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(
                (prop_oneof![Just("Name".to_owned()), Just("Value".to_owned()), Just("USERNAME".to_owned()), any::<String>()], inner),
                0..4
            )
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Every place in a request, as JSON pointers.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        out.push(format!("{at}/{name}"));
        places(child, &format!("{at}/{name}"), out);
    }
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone)]
enum Wrong {
    /// Other text where there is text, below what names the pool, the client and the token.
    Text(Index, String),
    /// Anything in place of anything.
    Value(Index, Value),
    /// Anything as a member that the operation knows.
    Member(Index, Value),
}

fn wrong() -> impl Strategy<Value = Wrong> {
    let at = any::<Index>;
    prop_oneof![
        5 => (at(), text()).prop_map(|(at, text)| Wrong::Text(at, text)),
        1 => (at(), hostile()).prop_map(|(at, value)| Wrong::Value(at, value)),
        1 => (at(), hostile()).prop_map(|(at, value)| Wrong::Member(at, value)),
    ]
}

fn spoil(operation: &str, mut input: Value, wrongs: &[Wrong]) -> Value {
    for wrong in wrongs {
        let mut all = Vec::new();
        places(&input, "", &mut all);
        let names = shape::input_members(operation);
        let (place, value) = match wrong {
            Wrong::Text(at, text) => {
                let kept = ["/UserPoolId", "/ClientId", "/AccessToken", "/AuthFlow", "/ChallengeName"];
                all.retain(|place| !kept.contains(&place.as_str()) && input.pointer(place).is_some_and(Value::is_string));
                ((!all.is_empty()).then(|| all[at.index(all.len())].clone()), Value::from(text.as_str()))
            }
            Wrong::Value(at, value) => ((!all.is_empty()).then(|| all[at.index(all.len())].clone()), value.clone()),
            Wrong::Member(at, value) => {
                let name = (!names.is_empty()).then(|| names[at.index(names.len())].name);
                if let Some(name) = name {
                    input[name] = Value::Null;
                }
                (name.map(|name| format!("/{name}")), value.clone())
            }
        };
        if let Some(place) = place {
            *input.pointer_mut(&place).expect("a place of this request") = value;
        }
    }
    input
}

#[track_caller]
fn holds(answer: &Answer, what: &str) {
    assert!([200, 400, 413].contains(&answer.status), "{} {} to {what:.2000}", answer.status, answer.body);
    let body = answer.json();
    assert!(body.is_object() && body["__type"] != "InternalErrorException", "{} to {what:.2000}", answer.body);
}

async fn every_operation_holds(db: Db, cases: u32) {
    let site = Site::new(db).await;
    let w = world(&site).await;
    let mut runner = TestRunner::new_with_rng(Config { cases, ..Config::default() }, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let wrongs = prop::collection::vec(wrong(), 1..3);
    let mut served = 0;
    for entry in dispatch::entries() {
        let base = good(entry.name, &w);
        for _ in 0..cases {
            let input = spoil(entry.name, base.clone(), &wrongs.new_tree(&mut runner).expect("a case").current());
            let answer = site.api(entry.name, input.clone()).await;
            holds(&answer, &format!("{} {input}", entry.name));
            served += u32::from(answer.status == 200);
            site.advance(60_000);
        }
    }
    let sent = cases * dispatch::entries().count() as u32;
    assert!(served * 20 > sent, "only {served} of {sent} requests came as far as their operation: the good ones are not good any more");
    // And it still serves.
    let client = site.client(&w.pool, json!({})).await;
    site.user(&w.pool, "afterwards").await;
    site.sign_in(&client, "afterwards").await;
}

#[tokio::test]
async fn every_operation_holds_on_sqlite() {
    let test = testing::sqlite().await;
    every_operation_holds(test.db.clone(), 64).await;
    test.db.close().await;
}

#[tokio::test]
async fn every_operation_holds_on_postgres() {
    let Some(test) = testing::postgres().await else { return };
    every_operation_holds(test.db.clone(), 16).await;
    test.db.close().await;
}

site_test!(bytes_that_are_no_request, |site: Site| async move {
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let nested = format!("{}1{}", "{\"a\":".repeat(2_000), "}".repeat(2_000));
    let bodies: Vec<Vec<u8>> = [
        "",
        "{",
        "null",
        "[]",
        "\"text\"",
        "7",
        "{}{}",
        "{\"a\":1,}",
        "{'a':1}",
        "\u{feff}{}",
        "{\"Username\":\"\\ud800\"}",
        "{\"ClientId\":\"a\",\"ClientId\":7}",
        "{\"Limit\":1e999}",
        "{\"\\u0000\":1}",
        "NaN",
        &deep,
        &nested,
    ]
    .into_iter()
    .map(|text| text.as_bytes().to_vec())
    .chain([vec![0xff, 0xfe], vec![0; 100], b"{\"Username\":\"\xff\"}".to_vec()])
    .collect();
    for entry in dispatch::entries() {
        for body in &bodies {
            let key = (entry.door == Door::Iam).then_some(("AKIAROOT", "root-secret-for-tests"));
            let answer = site.call(entry.name, body.clone(), key).await;
            holds(&answer, &format!("{} {}", entry.name, String::from_utf8_lossy(body)));
        }
    }
    for target in
        ["", "SignUp", "AWSCognitoIdentityProviderService.", "AWSCognitoIdentityProviderService.signup", "x".repeat(9_000).as_str()]
    {
        let headers = vec![("x-amz-target", target.to_owned())];
        let answer = site.send(Sent { method: Method::POST, path: "/", headers, body: b"{}".to_vec() }).await;
        assert_eq!(answer.refusal().0, "UnknownOperationException", "{target:.40}");
    }
});

site_test!(addresses_forms_and_cookies_of_every_kind, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let good = authorize(&client, &[]);
    let odd = ["%00", "%ff", "%", "a%2Fb", "\u{4f8b}", &"x".repeat(5_000), "%F0%9F%98%80", "..%2f..%2f", "%0d%0aSet-Cookie:x"];
    let encoded: Vec<String> = odd
        .iter()
        .map(|text| if text.is_ascii() { (*text).to_owned() } else { form_urlencoded::byte_serialize(text.as_bytes()).collect() })
        .collect();
    let pages = [
        "login",
        "signup",
        "confirmUser",
        "resendcode",
        "forgotPassword",
        "confirmForgotPassword",
        "changePassword",
        "logout",
        "error",
        "oauth2/authorize",
        "oauth2/token",
        "oauth2/userInfo",
        "oauth2/revoke",
        ".well-known/jwks.json",
        ".well-known/openid-configuration",
        "brand/ALL/style.css",
        "brand/ALL/logo",
    ];
    for page in pages {
        for value in &encoded {
            let paths = [
                format!("/{value}/{page}"),
                format!("/{pool}/{page}?{value}={value}&{value}={value}"),
                format!("/{pool}/{page}?{good}&state={value}&login_hint={value}&nonce={value}"),
                format!("/{pool}/{page}?client_id={client}&flow={value}&user_name={value}&confirmation_code={value}"),
                format!("/{pool}/{page}?client_id={value}&redirect_uri={value}&logout_uri={value}"),
            ];
            for path in paths {
                let cookie = format!("cognito={value}; XSRF-TOKEN={value}; ;=; {value}");
                let bearer = format!("Bearer {value}");
                let headers: Vec<_> = [("cookie", cookie), ("authorization", bearer)].into_iter().collect();
                let answer = site.send(Sent { method: Method::GET, path: &path, headers: headers.clone(), body: Vec::new() }).await;
                assert!(answer.status < 500, "GET {path:.300}: {} {}", answer.status, answer.body);
                let token = "t".repeat(43);
                let body = format!(
                    "_csrf={token}&username={value}&password={value}&code={value}&email={value}&token={value}&refresh_token={value}&grant_type=refresh_token&client_id={client}"
                );
                let mut headers = headers;
                headers[0].1 = format!("XSRF-TOKEN={token}; cognito={value}");
                headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
                let answer = site.send(Sent { method: Method::POST, path: &path, headers, body: body.into_bytes() }).await;
                assert!(answer.status < 500, "POST {path:.300}: {} {}", answer.status, answer.body);
            }
        }
    }
});
