//! Which flows a client may begin, the choice-based one, and the hash of a client's secret.

use super::fixtures::{PASSWORD, Tokens, refresh, sign_in};
use super::harness::{Site, merged, site_test};
use super::srp::{challenge, response};
use crate::auth::srp::client::Client;
use crate::kit::{mac, text};
use serde_json::{Value, json};

fn initiate(client: &str, flow: &str, parameters: Value) -> Value {
    json!({ "ClientId": client, "AuthFlow": flow, "AuthParameters": parameters })
}

fn respond(client: &str, challenge: &str, session: &Value, answers: Value) -> Value {
    json!({ "ClientId": client, "ChallengeName": challenge, "Session": session, "ChallengeResponses": answers })
}

site_test!(a_flow_must_be_enabled_and_is_named_in_the_refusal, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let bare = site.client(&pool, json!({ "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"] })).await;
    site.user(&pool, "jane").await;
    let parameters = json!({ "USERNAME": "jane", "PASSWORD": PASSWORD, "SRP_A": "2" });
    for flow in ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"] {
        let message = format!("{flow} flow not enabled for this client");
        site.refused("InitiateAuth", initiate(&bare, flow, parameters.clone()), "InvalidParameterException", &message).await;
    }
    for flow in ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"] {
        let unsupported = "Initiate Auth method not supported.";
        site.refused("InitiateAuth", initiate(&bare, flow, parameters.clone()), "InvalidParameterException", unsupported).await;
        let admin = merged(initiate(&bare, flow, parameters.clone()), json!({ "UserPoolId": pool }));
        site.refused("AdminInitiateAuth", admin, "InvalidParameterException", "Auth flow not enabled for this client").await;
    }
    let custom = "Custom auth lambda trigger is not configured for the user pool.";
    let allowed = site.client(&pool, json!({ "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] })).await;
    site.refused("InitiateAuth", initiate(&allowed, "CUSTOM_AUTH", parameters.clone()), "InvalidParameterException", custom).await;
});

site_test!(a_client_with_the_defaults_uses_srp_and_refreshes, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let answer = site.ok("CreateUserPoolClient", json!({ "UserPoolId": pool, "ClientName": "app" })).await;
    let client = answer["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned();
    site.user(&pool, "jane").await;
    let asked = challenge(&site, &client, "jane").await;
    let tokens = Tokens::of(&site.ok("RespondToAuthChallenge", response(&pool, &client, &asked, PASSWORD)).await);
    site.ok("InitiateAuth", refresh(&client, &tokens.refresh)).await;
    let message = "USER_PASSWORD_AUTH flow not enabled for this client";
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "InvalidParameterException", message).await;
});

site_test!(missing_parameters_are_named, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    for (flow, parameters, missing) in [
        ("USER_PASSWORD_AUTH", json!({}), "USERNAME"),
        ("USER_PASSWORD_AUTH", json!({ "USERNAME": "jane" }), "PASSWORD"),
        ("USER_SRP_AUTH", json!({ "SRP_A": "2" }), "USERNAME"),
        ("USER_SRP_AUTH", json!({ "USERNAME": "jane" }), "SRP_A"),
        ("USER_AUTH", json!({}), "USERNAME"),
        ("REFRESH_TOKEN_AUTH", json!({}), "REFRESH_TOKEN"),
    ] {
        let message = format!("Missing required parameter {missing}");
        site.refused("InitiateAuth", initiate(&client, flow, parameters.clone()), "InvalidParameterException", &message).await;
    }
    let admin = merged(initiate(&client, "ADMIN_USER_PASSWORD_AUTH", json!({})), json!({ "UserPoolId": pool }));
    site.refused("AdminInitiateAuth", admin, "InvalidParameterException", "Missing required parameter USERNAME").await;
});

site_test!(choosing_by_password, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let direct = json!({ "USERNAME": "jane", "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD });
    assert!(site.ok("InitiateAuth", initiate(&client, "USER_AUTH", direct)).await["AuthenticationResult"].is_object());

    let asked = site.ok("InitiateAuth", initiate(&client, "USER_AUTH", json!({ "USERNAME": "jane" }))).await;
    assert_eq!(
        (&asked["ChallengeName"], &asked["AvailableChallenges"]),
        (&json!("SELECT_CHALLENGE"), &json!(["PASSWORD_SRP", "PASSWORD"]))
    );
    let inline = json!({ "USERNAME": "jane", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let answer = respond(&client, "SELECT_CHALLENGE", &asked["Session"], inline);
    assert!(site.ok("RespondToAuthChallenge", answer.clone()).await["AuthenticationResult"].is_object());
    let once = "Invalid session for the user, session can only be used once.";
    site.refused("RespondToAuthChallenge", answer, "NotAuthorizedException", once).await;

    let asked = site.ok("InitiateAuth", initiate(&client, "USER_AUTH", json!({ "USERNAME": "jane" }))).await;
    let chosen = json!({ "USERNAME": "jane", "ANSWER": "PASSWORD" });
    let next = site.ok("RespondToAuthChallenge", respond(&client, "SELECT_CHALLENGE", &asked["Session"], chosen)).await;
    assert_eq!(next["ChallengeName"], "PASSWORD");
    let given = json!({ "USERNAME": "jane", "PASSWORD": PASSWORD });
    assert!(
        site.ok("RespondToAuthChallenge", respond(&client, "PASSWORD", &next["Session"], given)).await["AuthenticationResult"].is_object()
    );

    let asked = site.ok("InitiateAuth", initiate(&client, "USER_AUTH", json!({ "USERNAME": "jane" }))).await;
    let none = json!({ "USERNAME": "jane", "ANSWER": "WEB_AUTHN" });
    let input = respond(&client, "SELECT_CHALLENGE", &asked["Session"], none);
    site.refused("RespondToAuthChallenge", input, "InvalidParameterException", "The selected challenge is not available.").await;
});

site_test!(choosing_by_srp, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let srp_a = Client::new(&[9; 32]).srp_a();
    let preferred = json!({ "USERNAME": "jane", "PREFERRED_CHALLENGE": "PASSWORD_SRP" });
    let offered = site.ok("InitiateAuth", initiate(&client, "USER_AUTH", preferred)).await;
    assert_eq!(offered["ChallengeName"], "PASSWORD_SRP");
    let given = json!({ "USERNAME": "jane", "SRP_A": srp_a });
    let asked = site.ok("RespondToAuthChallenge", respond(&client, "PASSWORD_SRP", &offered["Session"], given)).await;
    assert_eq!(asked["ChallengeName"], "PASSWORD_VERIFIER");
    let answer = response(&pool, &client, &(Client::new(&[9; 32]), asked["ChallengeParameters"].clone()), PASSWORD);
    assert!(site.ok("RespondToAuthChallenge", answer).await["AuthenticationResult"].is_object());
    let direct = json!({ "USERNAME": "jane", "PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": srp_a });
    assert_eq!(site.ok("InitiateAuth", initiate(&client, "USER_AUTH", direct)).await["ChallengeName"], "PASSWORD_VERIFIER");
});

fn hash(secret: &str, name: &str, client: &str) -> String {
    text::base64(&mac::hmac_sha256(secret.as_bytes(), &[name.as_bytes(), client.as_bytes()]))
}

site_test!(a_client_with_a_secret_proves_it_everywhere, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let secret = "abcdefghijklmnopqrstuvwxyz012345";
    let client = site.client(&pool, json!({ "ClientSecret": secret })).await;
    site.user(&pool, "jane").await;
    let missing = format!("Client {client} is configured with secret but SECRET_HASH was not received");
    let wrong = format!("Unable to verify secret hash for client {client}");
    for (operation, input) in [
        ("SignUp", json!({ "Username": "new", "Password": PASSWORD })),
        ("ConfirmSignUp", json!({ "Username": "jane", "ConfirmationCode": "123456" })),
        ("ResendConfirmationCode", json!({ "Username": "jane" })),
        ("ForgotPassword", json!({ "Username": "jane" })),
        ("ConfirmForgotPassword", json!({ "Username": "jane", "ConfirmationCode": "123456", "Password": PASSWORD })),
    ] {
        let input = merged(input, json!({ "ClientId": client }));
        site.refused(operation, input.clone(), "NotAuthorizedException", &missing).await;
        let other = merged(input, json!({ "SecretHash": hash(secret, "somebody-else", &client) }));
        site.refused(operation, other, "NotAuthorizedException", &wrong).await;
    }
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "NotAuthorizedException", &missing).await;
    let mut input = sign_in(&client, "jane", PASSWORD);
    input["AuthParameters"]["SECRET_HASH"] = hash(secret, "jane", &client).into();
    let tokens = Tokens::of(&site.ok("InitiateAuth", input).await);
    assert!(site.outbox().await.is_empty());

    site.refused("InitiateAuth", refresh(&client, &tokens.refresh), "NotAuthorizedException", &missing).await;
    let mut again = refresh(&client, &tokens.refresh);
    again["AuthParameters"]["SECRET_HASH"] = hash(secret, "jane", &client).into();
    site.ok("InitiateAuth", again).await;
    let get = json!({ "ClientId": client, "RefreshToken": tokens.refresh });
    let message = format!("Unable to verify the secret of client {client}");
    site.refused("GetTokensFromRefreshToken", get.clone(), "NotAuthorizedException", &message).await;
    site.ok("GetTokensFromRefreshToken", merged(get, json!({ "ClientSecret": secret }))).await;
    let revoke = json!({ "ClientId": client, "Token": tokens.refresh, "ClientSecret": "abcdefghijklmnopqrstuvwxyz" });
    site.refused("RevokeToken", revoke, "UnauthorizedException", "Unable to verify the client's secret.").await;
});

site_test!(a_client_without_a_secret_takes_no_hash, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let mut input = sign_in(&client, "jane", PASSWORD);
    input["AuthParameters"]["SECRET_HASH"] = hash("any", "jane", &client).into();
    let message = format!("Unable to verify secret hash for client {client}");
    site.refused("InitiateAuth", input, "NotAuthorizedException", &message).await;
});
