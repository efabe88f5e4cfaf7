//! Nothing that anybody sends breaks the server: generated requests, each a good one with something wrong in it.

use super::fixtures::PASSWORD;
use super::harness::{Answer, Sent, Site, attributes, site_test};
use super::hostile::{spoil, wrong};
use crate::api::{Door, dispatch, shape};
use crate::store::{Db, testing};
use axum::http::Method;
use proptest::strategy::{Strategy as _, ValueTree as _};
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
        "CreateUserImportJob" => {
            json!({ "JobName": "people", "CloudWatchLogsRoleArn": "arn:aws:iam::000000000000:role/import", "PasswordHashingAlgorithm": "BCRYPT" })
        }
        "DescribeUserImportJob" | "StartUserImportJob" | "StopUserImportJob" => json!({ "JobId": "import-nobody" }),
        "ListUserImportJobs" => json!({ "MaxResults": 5, "PaginationToken": "x" }),
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
    let wrongs = proptest::collection::vec(wrong(), 1..3);
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
