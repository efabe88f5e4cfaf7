//! Nothing that anybody sends breaks the server: generated requests, each a good one with something wrong in it.

use super::fixtures::PASSWORD;
use super::harness::{Answer, Sent, Site, attributes, site_test};
use super::hostile::{spoil, wrong};
use crate::api::{Door, Service, dispatch, shape};
use crate::store::{Db, testing};
use axum::http::Method;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

const DEVICE: &str = "us-east-1_00000000-0000-4000-8000-000000000000";
const ROLE: &str = "arn:aws:iam::123456789012:role/staff";

/// What good requests refer to.
struct World {
    pool: String,
    spare: String,
    client: String,
    token: String,
    doomed: String,
    refresh: String,
    /// A client that machines use, with the secret below.
    machine: String,
}

const SECRET: &str = "robust0123456789012345678901";

async fn world(site: &Site) -> World {
    let pool = site.pool(json!({ "DeviceConfiguration": { "ChallengeRequiredOnNewDevice": false } })).await;
    // Every request lets a minute pass: a token must live longer than an hour to be of use.
    let client = site.client(&pool, json!({ "AccessTokenValidity": 24 })).await;
    site.watch(&pool).await;
    let spare = site.pool(json!({})).await;
    site.set_web_authn(&pool, super::authenticator::for_localhost()).await;
    for name in ["jane", "doomed", "holder"] {
        site.user(&pool, name).await;
    }
    for group in ["staff", "doomed"] {
        site.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": group })).await;
    }
    let exchanging = json!({ "UserPoolId": pool, "ClientId": client, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"] });
    site.ok("UpdateUserPoolClient", exchanging).await;
    let api =
        json!({ "UserPoolId": pool, "Identifier": "api", "Name": "API", "Scopes": [{ "ScopeName": "read", "ScopeDescription": "Read" }] });
    site.ok("CreateResourceServer", api).await;
    let machine = json!({ "UserPoolId": pool, "ClientName": "machine", "ClientSecret": SECRET, "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"],
        "AllowedOAuthScopes": ["api/read"] });
    let machine = site.ok("CreateUserPoolClient", machine).await["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned();
    let tokens = site.sign_in(&client, "jane").await;
    let doomed = site.sign_in(&client, "doomed").await.access;
    World { pool, spare, client, token: tokens.access, doomed, refresh: tokens.refresh, machine }
}

/// Another access token, of a user that no administrator's request is about: tokens expire, and passwords change on the way.
async fn renew(site: &Site, w: &mut World) {
    let password = json!({ "UserPoolId": w.pool, "Username": "holder", "Password": PASSWORD, "Permanent": true });
    site.ok("AdminSetUserPassword", password).await;
    w.token = site.sign_in(&w.client, "holder").await.access;
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
        "CompleteWebAuthnRegistration" => {
            json!({ "Credential": { "id": "AQID", "rawId": "AQID", "type": "public-key", "response": { "clientDataJSON": "e30", "attestationObject": "oA" } } })
        }
        "DeleteWebAuthnCredential" => json!({ "CredentialId": "AQID" }),
        "ListWebAuthnCredentials" => json!({ "MaxResults": 5 }),
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
            json!({ "PoolName": "p", "AutoVerifiedAttributes": ["email"], "Policies": { "PasswordPolicy": { "MinimumLength": 8 } }, "MfaConfiguration": "OFF",
            "PoolhouseIdentity": { "Schema": [{ "Name": "name", "Mutable": true }] } })
        }
        "AddCustomAttributes" => json!({ "CustomAttributes": [attribute] }),
        "SetUserPoolMfaConfig" => {
            json!({ "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": { "Enabled": true }, "WebAuthnConfiguration": { "RelyingPartyId": "acme.example" } })
        }
        "TagResource" | "UntagResource" | "ListTagsForResource" => {
            let arn = format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{}", w.pool);
            json!({ "ResourceArn": arn, "Tags": { "team": "a" }, "TagKeys": ["team"] })
        }
        "CreateUserPoolReplica" | "UpdateUserPoolReplica" | "DeleteUserPoolReplica" => {
            json!({ "RegionName": "eu-west-1", "Status": "INACTIVE", "UserPoolTags": { "team": "a" } })
        }
        "GetProvisionedLimit" | "UpdateProvisionedLimit" => {
            json!({ "LimitDefinition": { "LimitClass": "API_CATEGORY", "Attributes": { "Category": "UserFederation" } }, "RequestedLimitValue": 25 })
        }
        "CreateUserPoolClient" | "UpdateUserPoolClient" => {
            json!({ "ClientName": "c", "RefreshTokenValidity": 30, "CallbackURLs": ["https://app.example/cb"], "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"], "AllowedOAuthFlowsUserPoolClient": true, "TokenValidityUnits": { "AccessToken": "hours" }, "ReadAttributes": ["email"] })
        }
        "CreateUserPoolDomain" | "UpdateUserPoolDomain" | "DeleteUserPoolDomain" | "DescribeUserPoolDomain" => json!({ "Domain": "acme" }),
        "SetUICustomization" => json!({ "CSS": ".logo-customizable{max-width:50%}", "ImageFile": "iVBORw0KGgo=" }),
        "CreateIdentityProvider" => {
            json!({ "ProviderName": "corp", "ProviderType": "OIDC", "AttributeMapping": { "email": "email" }, "IdpIdentifiers": ["corp.example"],
            "AcrMapping": { "Level1": "low" }, "ProviderDetails": { "client_id": "c", "client_secret": "s", "authorize_scopes": "openid",
            "oidc_issuer": "https://idp.example", "attributes_request_method": "GET" } })
        }
        "UpdateIdentityProvider" => {
            json!({ "ProviderName": "corp", "AttributeMapping": { "email": "email" }, "IdpIdentifiers": ["corp.example"], "AcrMapping": { "Level1": "low" } })
        }
        "DescribeIdentityProvider" => json!({ "ProviderName": "corp" }),
        "DeleteIdentityProvider" => json!({ "ProviderName": "spare" }),
        "GetIdentityProviderByIdentifier" => json!({ "IdpIdentifier": "corp.example" }),
        "ListIdentityProviders" => json!({ "MaxResults": 5 }),
        "AdminLinkProviderForUser" => {
            json!({ "DestinationUser": { "ProviderName": "Cognito", "ProviderAttributeValue": "jane" },
            "SourceUser": { "ProviderName": "corp", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "1" } })
        }
        "AdminDisableProviderForUser" => {
            json!({ "User": { "ProviderName": "corp", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "1" } })
        }
        "CreateGroup" => json!({ "GroupName": "new", "Description": "d", "RoleArn": ROLE, "Precedence": 1 }),
        "UpdateGroup" => json!({ "GroupName": "staff", "Description": "d", "RoleArn": ROLE, "Precedence": 1 }),
        "GetGroup" => json!({ "GroupName": "staff" }),
        "DeleteGroup" => json!({ "GroupName": "doomed" }),
        "AdminAddUserToGroup" | "AdminRemoveUserFromGroup" => json!({ "Username": "jane", "GroupName": "staff" }),
        "ListUsersInGroup" => json!({ "GroupName": "staff", "Limit": 10 }),
        "ListGroups" => json!({ "Limit": 10 }),
        "AdminListGroupsForUser" => json!({ "Username": "jane", "Limit": 10 }),
        "ConfirmDevice" => {
            json!({ "DeviceKey": DEVICE, "DeviceName": "phone", "DeviceSecretVerifierConfig": { "PasswordVerifier": "Ag==", "Salt": "AQ==" } })
        }
        "GetDevice" | "ForgetDevice" => json!({ "DeviceKey": DEVICE }),
        "UpdateDeviceStatus" => json!({ "DeviceKey": DEVICE, "DeviceRememberedStatus": "remembered" }),
        "AdminGetDevice" | "AdminForgetDevice" => json!({ "Username": "jane", "DeviceKey": DEVICE }),
        "AdminUpdateDeviceStatus" => json!({ "Username": "jane", "DeviceKey": DEVICE, "DeviceRememberedStatus": "remembered" }),
        "ListDevices" => json!({ "Limit": 10 }),
        "AdminListDevices" => json!({ "Username": "jane", "Limit": 10 }),
        "GetClientToken" => json!({ "Secret": SECRET, "Scopes": ["api/read"], "ClientMetadata": { "a": "b" } }),
        "GetDerivedToken" => {
            json!({ "SubjectToken": w.token, "SubjectTokenType": "ACCESS_TOKEN", "ActorToken": w.token, "ActorTokenType": "ACCESS_TOKEN",
            "Scopes": [], "Audiences": ["billing"], "RequestedTokenType": "ACCESS_TOKEN" })
        }
        "DeleteUserPoolClientSecret" => json!({ "ClientSecretId": format!("{}--1767225600000", w.machine) }),
        "CreateResourceServer" | "UpdateResourceServer" => {
            json!({ "Identifier": "other", "Name": "Other", "Scopes": [{ "ScopeName": "read", "ScopeDescription": "Read" }] })
        }
        "DescribeResourceServer" => json!({ "Identifier": "api" }),
        "DeleteResourceServer" => json!({ "Identifier": "other" }),
        "ListResourceServers" => json!({ "MaxResults": 5, "NextToken": "x" }),
        "CreateManagedLoginBranding" => {
            json!({ "Settings": { "components": { "alert": { "borderRadius": 4.0 } } }, "Assets": [{ "Category": "FORM_LOGO", "ColorMode": "DARK",
            "Extension": "SVG", "Bytes": "PHN2Zy8+", "ResourceId": "logo" }] })
        }
        "UpdateManagedLoginBranding" => {
            json!({ "ManagedLoginBrandingId": "63f30090-6b1f-4278-b885-2bbb81f8e545", "Settings": { "categories": { "signUp": { "a": [1, "b"] } } } })
        }
        "DescribeManagedLoginBranding" | "DeleteManagedLoginBranding" => {
            json!({ "ManagedLoginBrandingId": "63f30090-6b1f-4278-b885-2bbb81f8e545", "ReturnMergedResources": true })
        }
        "DescribeManagedLoginBrandingByClient" => json!({ "ReturnMergedResources": true }),
        "CreateTerms" => {
            json!({ "TermsName": "terms-of-use", "TermsSource": "LINK", "Enforcement": "NONE", "Links": { "cognito:default": "https://example.com/terms" } })
        }
        "UpdateTerms" | "DescribeTerms" | "DeleteTerms" => {
            json!({ "TermsId": "63f30090-6b1f-4278-b885-2bbb81f8e545", "Links": { "cognito:french": "https://example.com/fr" } })
        }
        "DescribeTermsByClient" => json!({ "TermsName": "privacy-policy" }),
        "ListTerms" => json!({ "MaxResults": 5 }),
        "CreateUserImportJob" => {
            json!({ "JobName": "people", "CloudWatchLogsRoleArn": "arn:aws:iam::000000000000:role/import", "PasswordHashingAlgorithm": "BCRYPT" })
        }
        "DescribeUserImportJob" | "StartUserImportJob" | "StopUserImportJob" => json!({ "JobId": "import-nobody" }),
        "ListUserImportJobs" => json!({ "MaxResults": 5, "PaginationToken": "x" }),
        "ListUserPools" | "ListUserPoolClients" => json!({ "MaxResults": 5, "NextToken": "x" }),
        "AssociateSoftwareToken" => json!({}),
        "VerifySoftwareToken" => json!({ "UserCode": "123456", "FriendlyDeviceName": "phone" }),
        "SetUserMFAPreference" => {
            json!({ "SMSMfaSettings": { "Enabled": false, "PreferredMfa": false }, "SoftwareTokenMfaSettings": { "Enabled": false } })
        }
        "SetUserSettings" => json!({ "MFAOptions": [] }),
        "AdminSetUserSettings" => {
            json!({ "Username": "jane", "MFAOptions": [{ "DeliveryMedium": "SMS", "AttributeName": "phone_number" }] })
        }
        "AdminSetUserMFAPreference" => json!({ "Username": "jane", "EmailMfaSettings": { "Enabled": false, "PreferredMfa": false } }),
        "SetRiskConfiguration" => {
            let action = json!({ "Notify": true, "EventAction": "BLOCK" });
            let email = json!({ "Subject": "s", "HtmlBody": "<b>body</b>", "TextBody": "a body" });
            let notify = json!({ "From": "a@b.example", "ReplyTo": "a@b.example", "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/b.example",
                "BlockEmail": email, "NoActionEmail": email, "MfaEmail": email });
            json!({ "CompromisedCredentialsRiskConfiguration": { "EventFilter": ["SIGN_IN"], "Actions": { "EventAction": "BLOCK" } },
            "AccountTakeoverRiskConfiguration": { "NotifyConfiguration": notify, "Actions": { "LowAction": action, "HighAction": action } },
            "RiskExceptionConfiguration": { "BlockedIPRangeList": ["192.0.2.0/24"], "SkippedIPRangeList": ["2001:db8::/32"] } })
        }
        "AdminListUserAuthEvents" => json!({ "Username": "jane", "MaxResults": 5 }),
        "UpdateAuthEventFeedback" => json!({ "Username": "jane", "EventId": "e", "FeedbackToken": "x", "FeedbackValue": "Valid" }),
        "AdminUpdateAuthEventFeedback" => json!({ "Username": "jane", "EventId": "e", "FeedbackValue": "Valid" }),
        "SetLogDeliveryConfiguration" => {
            json!({ "LogConfigurations": [{ "LogLevel": "ERROR", "EventSource": "userNotification",
            "CloudWatchLogsConfiguration": { "LogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:pool" } }] })
        }
        "SetUserPoolSessionConfiguration" => json!({ "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": 20 } }),
        "SetUserPoolClientSessionConfiguration" => json!({ "SSOSession": { "MaxValidityMinutes": 60 } }),
        "RevokeUserSession" => json!({ "SessionId": format!("tkn{}", "a".repeat(25)), "RevokeAssociatedSessions": "LINKED" }),
        "AdminRevokeUserSession" => json!({ "Username": "jane", "SessionId": format!("sso{}", "a".repeat(25)) }),
        name if name.starts_with("Admin") => json!({ "Username": "jane" }),
        _ => json!({}),
    };
    let spare = ["DeleteUserPool", "UpdateUserPool", "AddCustomAttributes"].contains(&operation);
    for member in shape::input_members(operation) {
        match member.name {
            "UserPoolId" => input["UserPoolId"] = if spare { w.spare.as_str().into() } else { w.pool.as_str().into() },
            // The client stays: its deletion and change would make every later request meet nothing.
            "ClientId" if ["DeleteUserPoolClient", "UpdateUserPoolClient"].contains(&operation) => input["ClientId"] = "spare".into(),
            "ClientId" if operation == "GetClientToken" || operation.contains("ClientSecret") => {
                input["ClientId"] = w.machine.as_str().into();
            }
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
    let mut w = world(&site).await;
    let mut runner = TestRunner::new_with_rng(Config { cases, ..Config::default() }, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let wrongs = proptest::collection::vec(wrong(), 1..3);
    let mut served = 0;
    for entry in dispatch::entries(Service::UserPools) {
        renew(&site, &mut w).await;
        let base = good(entry.name, &w);
        for _ in 0..cases {
            let input = spoil(entry.name, base.clone(), &wrongs.new_tree(&mut runner).expect("a case").current());
            let answer = site.api(entry.name, input.clone()).await;
            holds(&answer, &format!("{} {input}", entry.name));
            served += u32::from(answer.status == 200);
            site.advance(60_000);
        }
    }
    let sent = cases * dispatch::entries(Service::UserPools).count() as u32;
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
    for entry in dispatch::entries(Service::UserPools) {
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
