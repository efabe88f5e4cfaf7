//! The operations of identity pools: who may call them, and that nothing that anybody sends breaks the server.

use super::harness::{Answer, Site, merged, site_test};
use super::hostile::{spoil_as, wrong};
use super::identity_fixtures::{GUEST_ROLE, ROLE, SERVICE, World};
use crate::api::{Door, Service, dispatch};
use crate::store::{Db, testing};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

const ROOT: (&str, &str) = ("AKIAROOT", "root-secret-for-tests");

fn behind(door: Door) -> impl Iterator<Item = String> {
    dispatch::entries(Service::IdentityPools).filter(move |e| e.door == door).map(|e| format!("{SERVICE}.{}", e.name))
}

site_test!(administrators_operations_need_a_signature_of_this_service, |site: Site| async move {
    assert_eq!(behind(Door::Iam).count() + behind(Door::Public).count(), 23);
    for operation in behind(Door::Iam) {
        for body in ["{}", "not json", ""] {
            let answer = site.call(&operation, body.into(), None).await;
            answer.expect_refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        let stranger = site.call(&operation, b"{}".to_vec(), Some(("AKIASTRANGER", "secret"))).await;
        stranger.expect_refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
        let forger = site.call(&operation, b"{}".to_vec(), Some(("AKIAROOT", "guessed"))).await;
        assert_eq!(forger.refusal().0, "InvalidSignatureException", "{operation}");
    }
    assert_eq!(site.rows().await.values().sum::<i64>(), 0);
});

site_test!(public_operations_ignore_signatures, |site: Site| async move {
    for operation in behind(Door::Public) {
        let answer = site.call(&operation, b"{}".to_vec(), Some(("AKIASTRANGER", "secret"))).await;
        assert_eq!(answer.refusal().0, "ValidationException", "{operation}: {}", answer.body);
    }
    // One service does not answer to the other's name.
    for target in [format!("{SERVICE}.SignUp"), "AWSCognitoIdentityProviderService.GetId".to_owned(), format!("{SERVICE}.")] {
        assert_eq!(site.call(&target, b"{}".to_vec(), None).await.refusal().0, "UnknownOperationException", "{target}");
    }
});

/// A request that would be served, with as many members as it can have.
fn good(operation: &str, w: &World, identity: &str, token: &str) -> Value {
    let settings = json!({ "IdentityPoolName": "app", "AllowUnauthenticatedIdentities": true, "AllowClassicFlow": true,
        "SupportedLoginProviders": { "accounts.google.com": "1" }, "OpenIdConnectProviderARNs": ["arn:aws:iam::000000000000:oidc-provider/idp.example"],
        "CognitoIdentityProviders": [{ "ProviderName": w.provider, "ClientId": w.client, "ServerSideTokenCheck": true }],
        "IdentityPoolTags": { "a": "b" }, "DeveloperProviderName": "login.acme", "PoolhouseSts": { "Endpoint": "https://sts.example/" } });
    let rule = json!({ "Claim": "email", "MatchType": "Contains", "Value": "a", "RoleARN": ROLE });
    let mapping = json!({ "Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": { "Rules": [rule] } });
    let developer = json!({ "login.acme": "u1" });
    let mut input = match operation {
        "CreateIdentityPool" => return settings,
        "UpdateIdentityPool" => merged(settings, json!({ "PoolhouseSts": {} })),
        "DeleteIdentityPool" => return json!({ "IdentityPoolId": "us-east-1:00000000-0000-4000-8000-000000000000" }),
        "ListIdentityPools" | "ListIdentities" => json!({ "MaxResults": 5, "HideDisabled": true }),
        "SetIdentityPoolRoles" => {
            json!({ "Roles": { "authenticated": ROLE, "unauthenticated": GUEST_ROLE }, "RoleMappings": { "accounts.google.com": mapping } })
        }
        "SetPrincipalTagAttributeMap" => {
            json!({ "IdentityProviderName": w.provider, "PrincipalTags": { "a": "sub" }, "UseDefaults": false })
        }
        "GetPrincipalTagAttributeMap" => json!({ "IdentityProviderName": w.provider }),
        "TagResource" | "UntagResource" | "ListTagsForResource" => {
            let arn = format!("arn:aws:cognito-identity:us-east-1:000000000000:identitypool/{}", w.pool);
            json!({ "ResourceArn": arn, "Tags": { "a": "b" }, "TagKeys": ["a"] })
        }
        "GetId" => json!({ "Logins": w.logins(token), "AccountId": "000000000000" }),
        "GetOpenIdToken" | "GetCredentialsForIdentity" => json!({ "Logins": w.logins(token), "CustomRoleArn": ROLE }),
        "GetOpenIdTokenForDeveloperIdentity" => json!({ "Logins": developer, "TokenDuration": 60, "PrincipalTags": { "a": "b" } }),
        "DeleteIdentities" => json!({ "IdentityIdsToDelete": ["us-east-1:00000000-0000-4000-8000-000000000000"] }),
        "LookupDeveloperIdentity" => json!({ "DeveloperUserIdentifier": "u1", "MaxResults": 5 }),
        "MergeDeveloperIdentities" => {
            json!({ "SourceUserIdentifier": "u2", "DestinationUserIdentifier": "u3", "DeveloperProviderName": "login.acme" })
        }
        "UnlinkDeveloperIdentity" => json!({ "DeveloperProviderName": "login.acme", "DeveloperUserIdentifier": "u4" }),
        "UnlinkIdentity" => json!({ "Logins": w.logins(token), "LoginsToRemove": ["accounts.google.com"] }),
        _ => json!({}),
    };
    for member in Service::IdentityPools.model().input_members(operation) {
        match member.name {
            "IdentityPoolId" => input["IdentityPoolId"] = w.pool.as_str().into(),
            "IdentityId" if !["GetOpenIdTokenForDeveloperIdentity", "LookupDeveloperIdentity"].contains(&operation) => {
                input["IdentityId"] = identity.into();
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
    let w = site.identity_world(json!({ "DeveloperProviderName": "login.acme" })).await;
    site.user(&w.user_pool, "jane").await;
    for user in ["u1", "u2", "u3", "u4"] {
        let input = json!({ "IdentityPoolId": w.pool, "Logins": { "login.acme": user } });
        site.ok("GetOpenIdTokenForDeveloperIdentity", input).await;
    }
    let mut runner = TestRunner::new_with_rng(Config { cases, ..Config::default() }, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let wrongs = proptest::collection::vec(wrong(), 1..3);
    let mut served = 0;
    for entry in dispatch::entries(Service::IdentityPools) {
        let token = site.sign_in(&w.client, "jane").await.id;
        let guest = site.identity(&w.pool, &json!({})).await;
        let base = good(entry.name, &w, &guest, &token);
        let target = format!("{SERVICE}.{}", entry.name);
        for _ in 0..cases {
            let wrong = wrongs.new_tree(&mut runner).expect("a case").current();
            let input = spoil_as(Service::IdentityPools, entry.name, base.clone(), &wrong);
            let answer = site.api(&target, input.clone()).await;
            holds(&answer, &format!("{} {input}", entry.name));
            served += u32::from(answer.status == 200);
        }
        for body in ["", "{", "null", "[]", "7", "{\"IdentityId\":\"a\\u0000\"}", "{\"Logins\":{\"a\":null}}"] {
            let key = (entry.door == Door::Iam).then_some(ROOT);
            holds(&site.call(&target, body.into(), key).await, &format!("{} {body}", entry.name));
        }
    }
    assert!(served * 20 > cases * 23, "only {served} requests came as far as their operation: the good ones are not good any more");
    site.identity(&w.pool, &json!({})).await;
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
