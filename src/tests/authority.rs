//! Who may call what: every operation, by every kind of caller.

use super::fixtures::PASSWORD;
use super::harness::{Site, site_test};
use crate::api::{Cx, Door, dispatch};
use crate::kit::clock::{DAY, HOUR};
use crate::tokens::jwt::Claims;
use crate::tokens::keys::{self, Use};
use serde_json::{Value, json};

const DEVICE: &str = "us-east-1_00000000-0000-4000-8000-000000000000";
pub const NOBODY: &str = "us-east-1_nowhere00";

fn behind(door: Door) -> impl Iterator<Item = &'static str> {
    dispatch::entries().filter(move |e| e.door == door).map(|e| e.name)
}

/// What an operation needs besides its access token.
fn with_token(operation: &str, token: &str) -> Value {
    let mut input = match operation {
        "ChangePassword" => json!({ "PreviousPassword": PASSWORD, "ProposedPassword": "Other0ne!" }),
        "UpdateUserAttributes" => json!({ "UserAttributes": [{ "Name": "name", "Value": "Jane" }] }),
        "DeleteUserAttributes" => json!({ "UserAttributeNames": ["name"] }),
        "GetUserAttributeVerificationCode" => json!({ "AttributeName": "email" }),
        "VerifyUserAttribute" => json!({ "AttributeName": "email", "Code": "123456" }),
        "SetUserSettings" => json!({ "MFAOptions": [] }),
        "GetUserAuthFactors" | "SetUserMFAPreference" => json!({}),
        "ConfirmDevice" | "GetDevice" | "UpdateDeviceStatus" | "ForgetDevice" => json!({ "DeviceKey": DEVICE }),
        "ListDevices" => json!({}),
        "GetUser" | "DeleteUser" | "GlobalSignOut" => json!({}),
        "StartWebAuthnRegistration" | "ListWebAuthnCredentials" => json!({}),
        "CompleteWebAuthnRegistration" => json!({ "Credential": {} }),
        "DeleteWebAuthnCredential" => json!({ "CredentialId": "AQID" }),
        "ListUserSessions" => json!({}),
        "RevokeUserSession" => json!({ "SessionId": format!("tkn{}", "a".repeat(25)) }),
        other => panic!("say what {other} needs"),
    };
    input["AccessToken"] = token.into();
    input
}

/// A request that only its client's absence keeps from being served.
fn of_unknown_client(operation: &str) -> Value {
    let mut input = match operation {
        "SignUp" => json!({ "Username": "jane", "Password": PASSWORD }),
        "ConfirmSignUp" => json!({ "Username": "jane", "ConfirmationCode": "123456" }),
        "ResendConfirmationCode" | "ForgotPassword" => json!({ "Username": "jane" }),
        "ConfirmForgotPassword" => json!({ "Username": "jane", "ConfirmationCode": "123456", "Password": PASSWORD }),
        "InitiateAuth" => json!({ "AuthFlow": "USER_PASSWORD_AUTH" }),
        "RespondToAuthChallenge" => json!({ "ChallengeName": "PASSWORD_VERIFIER" }),
        "GetTokensFromRefreshToken" => json!({ "RefreshToken": "x" }),
        "RevokeToken" => json!({ "Token": "x" }),
        "GetClientToken" => json!({ "Secret": "x".repeat(24) }),
        "GetDerivedToken" => json!({ "SubjectToken": "x", "SubjectTokenType": "ACCESS_TOKEN" }),
        // Names its pool instead.
        "UpdateAuthEventFeedback" => {
            return json!({ "UserPoolId": NOBODY, "Username": "jane", "EventId": "e", "FeedbackToken": "x", "FeedbackValue": "Valid" });
        }
        other => panic!("say what {other} needs"),
    };
    input["ClientId"] = "nobody".into();
    input
}

fn unknown_arn() -> String {
    format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{NOBODY}")
}

/// What is said of what [`of_unknown_client`] names.
fn absence(input: &Value) -> String {
    match input.get("UserPoolId").and_then(Value::as_str) {
        Some(pool) => format!("User pool {pool} does not exist."),
        None => "User pool client nobody does not exist.".to_owned(),
    }
}

/// A request that only its pool's absence keeps from being served; `None` for operations that name no pool.
pub fn of_unknown_pool(operation: &str) -> Option<Value> {
    let mut input = match operation {
        "CreateUserPool" | "ListUserPools" | "DescribeUserPoolDomain" => return None,
        "GetProvisionedLimit" | "UpdateProvisionedLimit" => return None,
        "TagResource" => json!({ "ResourceArn": unknown_arn(), "Tags": { "a": "b" } }),
        "UntagResource" => json!({ "ResourceArn": unknown_arn(), "TagKeys": ["a"] }),
        "ListTagsForResource" => json!({ "ResourceArn": unknown_arn() }),
        "CreateUserPoolReplica" | "DeleteUserPoolReplica" => json!({ "RegionName": "eu-west-1" }),
        "UpdateUserPoolReplica" => json!({ "RegionName": "eu-west-1", "Status": "ACTIVE" }),
        "AddCustomAttributes" => json!({ "CustomAttributes": [{ "Name": "tier", "AttributeDataType": "String" }] }),
        "CreateUserPoolClient" => json!({ "ClientName": "app" }),
        "DescribeUserPoolClient" | "UpdateUserPoolClient" | "DeleteUserPoolClient" => json!({ "ClientId": "nobody" }),
        "AddUserPoolClientSecret" | "ListUserPoolClientSecrets" => json!({ "ClientId": "nobody" }),
        "DeleteUserPoolClientSecret" => json!({ "ClientId": "nobody", "ClientSecretId": "nobody--1" }),
        "CreateResourceServer" | "UpdateResourceServer" => json!({ "Identifier": "api", "Name": "API" }),
        "DescribeResourceServer" | "DeleteResourceServer" => json!({ "Identifier": "api" }),
        "CreateUserPoolDomain" | "UpdateUserPoolDomain" | "DeleteUserPoolDomain" => json!({ "Domain": "acme" }),
        "AdminInitiateAuth" => json!({ "ClientId": "nobody", "AuthFlow": "ADMIN_USER_PASSWORD_AUTH" }),
        "AdminRespondToAuthChallenge" => json!({ "ClientId": "nobody", "ChallengeName": "PASSWORD_VERIFIER" }),
        "AdminSetUserPassword" => json!({ "Username": "jane", "Password": PASSWORD }),
        "CreateIdentityProvider" => json!({ "ProviderName": "Google", "ProviderType": "Google", "ProviderDetails": {} }),
        "DescribeIdentityProvider" | "UpdateIdentityProvider" | "DeleteIdentityProvider" => json!({ "ProviderName": "Google" }),
        "GetIdentityProviderByIdentifier" => json!({ "IdpIdentifier": "corp.example" }),
        "AdminLinkProviderForUser" => json!({ "DestinationUser": {}, "SourceUser": {} }),
        "AdminDisableProviderForUser" => json!({ "User": {} }),
        "AdminUpdateUserAttributes" => json!({ "Username": "jane", "UserAttributes": [] }),
        "AdminDeleteUserAttributes" => json!({ "Username": "jane", "UserAttributeNames": ["name"] }),
        "AdminSetUserSettings" => json!({ "Username": "jane", "MFAOptions": [] }),
        "CreateGroup" | "GetGroup" | "UpdateGroup" | "DeleteGroup" | "ListUsersInGroup" => json!({ "GroupName": "staff" }),
        "AdminAddUserToGroup" | "AdminRemoveUserFromGroup" => json!({ "Username": "jane", "GroupName": "staff" }),
        "AdminGetDevice" | "AdminUpdateDeviceStatus" | "AdminForgetDevice" => json!({ "Username": "jane", "DeviceKey": DEVICE }),
        "CreateManagedLoginBranding" | "DescribeManagedLoginBrandingByClient" => json!({ "ClientId": "nobody" }),
        "DescribeManagedLoginBranding" | "UpdateManagedLoginBranding" | "DeleteManagedLoginBranding" => {
            json!({ "ManagedLoginBrandingId": "63f30090-6b1f-4278-b885-2bbb81f8e545" })
        }
        "CreateTerms" => json!({ "ClientId": "nobody", "TermsName": "terms-of-use", "TermsSource": "LINK", "Enforcement": "NONE" }),
        "DescribeTermsByClient" => json!({ "ClientId": "nobody", "TermsName": "terms-of-use" }),
        "DescribeTerms" | "UpdateTerms" | "DeleteTerms" => json!({ "TermsId": "63f30090-6b1f-4278-b885-2bbb81f8e545" }),
        "AdminUpdateAuthEventFeedback" => json!({ "Username": "jane", "EventId": "e", "FeedbackValue": "Valid" }),
        "AdminRevokeUserSession" => json!({ "Username": "jane", "SessionId": format!("tkn{}", "a".repeat(25)) }),
        "SetLogDeliveryConfiguration" => json!({ "LogConfigurations": [] }),
        "SetUserPoolSessionConfiguration" => json!({ "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": 20 } }),
        "GetUserPoolClientSessionConfiguration" => json!({ "ClientId": "nobody" }),
        "SetUserPoolClientSessionConfiguration" => json!({ "ClientId": "nobody", "SSOSession": { "MaxValidityMinutes": 60 } }),
        "CreateUserImportJob" => json!({ "JobName": "people", "CloudWatchLogsRoleArn": "arn:aws:iam::000000000000:role/import" }),
        "DescribeUserImportJob" | "StartUserImportJob" | "StopUserImportJob" => json!({ "JobId": "import-nobody" }),
        "ListUserImportJobs" => json!({ "MaxResults": 10 }),
        name if name.starts_with("Admin") => json!({ "Username": "jane" }),
        _ => json!({}),
    };
    input["UserPoolId"] = NOBODY.into();
    Some(input)
}

site_test!(without_a_signature_nothing_of_an_administrator_is_told, |site: Site| async move {
    for operation in behind(Door::Iam) {
        for body in ["{}", "not json", "", r#"{"UserPoolId":7}"#] {
            let answer = site.call(operation, body.into(), None).await;
            answer.expect_refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
        }
    }
    assert_eq!(site.rows().await.values().sum::<i64>(), 0);
});

site_test!(a_wrong_key_opens_nothing, |site: Site| async move {
    for operation in behind(Door::Iam) {
        let body = of_unknown_pool(operation).unwrap_or_else(|| json!({})).to_string().into_bytes();
        let stranger = site.call(operation, body.clone(), Some(("AKIASTRANGER", "secret"))).await;
        stranger.expect_refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
        let forger = site.call(operation, body, Some(("AKIAROOT", "guessed"))).await;
        assert_eq!(forger.refusal().0, "InvalidSignatureException", "{operation}");
        assert!(forger.refusal().1.starts_with("The request signature we calculated does not match"), "{operation}");
    }
    assert_eq!(site.rows().await.values().sum::<i64>(), 0);
});

site_test!(the_root_key_opens_everything_and_a_pool_must_exist, |site: Site| async move {
    for operation in behind(Door::Iam) {
        let Some(input) = of_unknown_pool(operation) else { continue };
        let message = format!("User pool {NOBODY} does not exist.");
        site.refused(operation, input, "ResourceNotFoundException", &message).await;
    }
});

site_test!(a_public_operation_needs_a_client_and_ignores_signatures, |site: Site| async move {
    for operation in behind(Door::Public) {
        let input = of_unknown_client(operation);
        let message = absence(&input);
        site.refused(operation, input.clone(), "ResourceNotFoundException", &message).await;
        let signed = site.call(operation, input.to_string().into_bytes(), Some(("AKIASTRANGER", "secret"))).await;
        signed.expect_refusal("ResourceNotFoundException", &message);
        let empty = site.call(operation, b"{}".to_vec(), None).await;
        assert_eq!(empty.refusal().0, "InvalidParameterException", "{operation}: {}", empty.body);
    }
});

site_test!(an_operation_for_clients_takes_no_strangers_signature, |site: Site| async move {
    for operation in behind(Door::ClientOrIam) {
        let input = of_unknown_client(operation);
        site.refused(operation, input.clone(), "ResourceNotFoundException", "User pool client nobody does not exist.").await;
        let body = input.to_string().into_bytes();
        let stranger = site.call(operation, body.clone(), Some(("AKIASTRANGER", "secret"))).await;
        stranger.expect_refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
        let forger = site.call(operation, body, Some(("AKIAROOT", "guessed"))).await;
        assert_eq!(forger.refusal().0, "InvalidSignatureException", "{operation}");
    }
});

site_test!(what_is_no_access_token_opens_nothing, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    let (head, tail) = tokens.access.rsplit_once('.').expect("three parts");
    let none = format!("{}.{}.", crate::kit::text::base64url(br#"{"alg":"none"}"#), head.split_once('.').expect("two parts").1);
    let unverified = "Could not verify signature for Access Token";
    let cases = [
        ("garbage".to_owned(), "Invalid Access Token"),
        ("a.b.c".to_owned(), "Invalid Access Token"),
        (tokens.refresh.clone(), "Invalid Access Token"),
        (tokens.id.clone(), "Invalid Access Token"),
        (none, "Invalid Access Token"),
        (format!("{head}.{}", tail.chars().rev().collect::<String>()), unverified),
    ];
    for operation in behind(Door::AccessToken) {
        for (token, message) in &cases {
            site.refused(operation, with_token(operation, token), "NotAuthorizedException", message).await;
        }
        let mut without = with_token(operation, "");
        without["AccessToken"] = Value::Null;
        let message = "1 validation error detected: Value null at 'accessToken' failed to satisfy constraint: Member must not be null";
        site.refused(operation, without, "InvalidParameterException", message).await;
    }
});

site_test!(an_expired_or_revoked_token_opens_nothing, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let revoked = site.sign_in(&client, "jane").await;
    site.ok("RevokeToken", json!({ "ClientId": client, "Token": revoked.refresh })).await;
    for operation in behind(Door::AccessToken) {
        let input = with_token(operation, &revoked.access);
        site.refused(operation, input, "NotAuthorizedException", "Access Token has been revoked").await;
    }
    let expired = site.sign_in(&client, "jane").await;
    site.advance(HOUR);
    for operation in behind(Door::AccessToken) {
        let input = with_token(operation, &expired.access);
        site.refused(operation, input, "NotAuthorizedException", "Access Token has expired").await;
    }
});

site_test!(a_pools_key_vouches_for_no_other_pool, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let (other, _) = site.pool_and_client().await;
    let sub = site.user(&pool, "jane").await;
    let genuine = site.sign_in(&client, "jane").await.access_claims();
    let now = site.now() / 1_000;
    let forged = |change: Value| {
        let mut claims: Claims = genuine.clone();
        claims.extend(change.as_object().cloned().unwrap_or_default());
        claims
    };
    let issuer = |pool: &str| site.app.config.issuer(pool);
    let mut cx = Cx::internal(site.app.clone());
    let keys = keys::load(&mut cx, &other).await.unwrap();
    let own = keys::load(&mut cx, &pool).await.unwrap();
    let foreign = keys.signer(Use::Access, site.now()).unwrap();
    let cases = [
        (foreign.sign(&genuine).unwrap(), "Could not verify signature for Access Token"),
        // The other pool's own token about somebody who is not in it.
        (foreign.sign(&forged(json!({ "iss": issuer(&other) }))).unwrap(), "User does not exist."),
        (foreign.sign(&forged(json!({ "iss": "https://evil.example/us-east-1_x" }))).unwrap(), "Invalid Access Token"),
        (own.signer(Use::Access, site.now()).unwrap().sign(&forged(json!({ "token_use": "id" }))).unwrap(), "Invalid Access Token"),
        (own.signer(Use::Access, site.now()).unwrap().sign(&forged(json!({ "exp": now }))).unwrap(), "Access Token has expired"),
        (
            own.signer(Use::Access, site.now()).unwrap().sign(&forged(json!({ "scope": "openid" }))).unwrap(),
            "Access Token does not have required scopes",
        ),
    ];
    for operation in behind(Door::AccessToken) {
        for (token, message) in &cases {
            let exception = if message.starts_with("User does") { "UserNotFoundException" } else { "NotAuthorizedException" };
            site.refused(operation, with_token(operation, token), exception, message).await;
        }
    }
    assert_eq!(site.admin_get(&pool, "jane").await["UserAttributes"][0]["Value"], sub.as_str());
});

site_test!(a_deleted_or_disabled_users_token_opens_nothing, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    for name in ["gone", "off"] {
        site.user(&pool, name).await;
    }
    let (gone, off) = (site.sign_in(&client, "gone").await, site.sign_in(&client, "off").await);
    site.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "gone" })).await;
    site.ok("AdminDisableUser", json!({ "UserPoolId": pool, "Username": "off" })).await;
    for operation in behind(Door::AccessToken) {
        site.refused(operation, with_token(operation, &gone.access), "UserNotFoundException", "User does not exist.").await;
        let message = "Access Token has been revoked";
        site.refused(operation, with_token(operation, &off.access), "NotAuthorizedException", message).await;
    }
    // Nor does it open anything again later.
    site.ok("AdminEnableUser", json!({ "UserPoolId": pool, "Username": "off" })).await;
    site.refused("GetUser", json!({ "AccessToken": off.access }), "NotAuthorizedException", "Access Token has been revoked").await;
    site.advance(2 * DAY);
    site.refused("GetUser", json!({ "AccessToken": off.access }), "NotAuthorizedException", "Access Token has expired").await;
});
