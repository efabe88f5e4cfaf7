//! Devices in the sign-in: handed out, remembered, and standing in for a second factor.

use super::fixtures::{PASSWORD, Tokens, refresh, sign_in};
use super::harness::{Site, merged, site_test};
use super::second_factor::{all_factors, answer};
use crate::auth::srp::{self, Claim, client::Client};
use crate::kit::text;
use serde_json::{Value, json};

const SECRET: &str = "the secret of a device";
const SALT: [u8; 16] = [9; 16];
const TIMESTAMP: &str = "Thu Jan 1 00:00:00 UTC 2026";

/// A pool that remembers devices, a client, and jane, who has a second factor.
async fn world(site: &Site, challenged: bool) -> (String, String, String) {
    let (pool, client) = site.mfa_pool("OPTIONAL", all_factors()).await;
    let mut settings = site.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await["UserPool"].clone();
    settings["DeviceConfiguration"] = json!({ "ChallengeRequiredOnNewDevice": challenged, "DeviceOnlyRememberedOnUserPrompt": false });
    let keep = ["AutoVerifiedAttributes", "SmsConfiguration", "MfaConfiguration", "DeviceConfiguration"];
    let mut update = json!({ "UserPoolId": pool });
    for name in keep {
        update[name] = settings[name].clone();
    }
    site.ok("UpdateUserPool", update).await;
    site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    let seed = site.associate(&tokens.access).await;
    let on = json!({ "UserPoolId": pool, "Username": "jane", "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true } });
    site.ok("AdminSetUserMFAPreference", on).await;
    site.advance(60_000);
    (pool, client, seed)
}

/// Signs in with password and app, and confirms the device that is handed out.
async fn remembered(site: &Site, client: &str, seed: &str) -> (Tokens, Value) {
    let asked = site.ok("InitiateAuth", sign_in(client, "jane", PASSWORD)).await;
    let right = answer(client, &asked, json!({ "SOFTWARE_TOKEN_MFA_CODE": site.totp(seed) }));
    let given = site.ok("RespondToAuthChallenge", right).await;
    let device = given["AuthenticationResult"]["NewDeviceMetadata"].clone();
    let key = |name: &str| device[name].as_str().unwrap().to_owned();
    let verifier = srp::verifier(&key("DeviceGroupKey"), &key("DeviceKey"), SECRET, SALT);
    let padded = |number: &[u8]| text::base64(&[&[0], number].concat());
    let config = json!({ "PasswordVerifier": padded(&verifier.v), "Salt": padded(&SALT) });
    let tokens = Tokens::of(&given);
    let confirm = json!({ "AccessToken": tokens.access, "DeviceKey": device["DeviceKey"], "DeviceSecretVerifierConfig": config });
    assert_eq!(site.ok("ConfirmDevice", confirm).await["UserConfirmationNecessary"], false);
    (tokens, device)
}

fn with_device(input: Value, device: &Value) -> Value {
    let mut input = input;
    input["AuthParameters"]["DEVICE_KEY"] = device["DeviceKey"].clone();
    input
}

fn respond(client: &str, challenge: &str, session: Option<&Value>, responses: Value) -> Value {
    let mut input = json!({ "ClientId": client, "ChallengeName": challenge, "ChallengeResponses": responses });
    if let Some(session) = session {
        input["Session"] = session.clone();
    }
    input
}

/// Answers DEVICE_SRP_AUTH, and gives the answer to what follows with this secret.
async fn prove(site: &Site, client: &str, asked: &Value, device: &Value, secret: &str) -> Value {
    let srp = Client::new(&[5; 32]);
    let given = json!({ "USERNAME": "jane", "DEVICE_KEY": device["DeviceKey"], "SRP_A": srp.srp_a() });
    let next = site.ok("RespondToAuthChallenge", respond(client, "DEVICE_SRP_AUTH", Some(&asked["Session"]), given)).await;
    assert_eq!(next["ChallengeName"], "DEVICE_PASSWORD_VERIFIER");
    let parameters = &next["ChallengeParameters"];
    let value = |name: &str| parameters[name].as_str().unwrap().to_owned();
    let bytes = |hex: String| text::from_hex(&format!("{}{hex}", if hex.len() % 2 == 1 { "0" } else { "" })).unwrap();
    let block = text::from_base64(&value("SECRET_BLOCK")).unwrap();
    let claim = Claim {
        pool_name: device["DeviceGroupKey"].as_str().unwrap(),
        username: device["DeviceKey"].as_str().unwrap(),
        secret_block: &block,
        timestamp: TIMESTAMP,
    };
    let signature = srp.signature(&claim, secret, &bytes(value("SALT")), &bytes(value("SRP_B"))).unwrap();
    let responses = json!({
        "USERNAME": "jane", "DEVICE_KEY": device["DeviceKey"], "PASSWORD_CLAIM_SECRET_BLOCK": value("SECRET_BLOCK"),
        "PASSWORD_CLAIM_SIGNATURE": text::base64(&signature), "TIMESTAMP": TIMESTAMP,
    });
    respond(client, "DEVICE_PASSWORD_VERIFIER", None, responses)
}

site_test!(a_remembered_device_takes_the_place_of_a_second_factor, |site: Site| async move {
    let (_, client, seed) = world(&site, true).await;
    let (tokens, device) = remembered(&site, &client, &seed).await;
    assert_eq!(tokens.access_claims()["device_key"], device["DeviceKey"]);
    let asked = site.ok("InitiateAuth", with_device(sign_in(&client, "jane", PASSWORD), &device)).await;
    assert_eq!(asked["ChallengeName"], "DEVICE_SRP_AUTH");
    let wrong = prove(&site, &client, &asked, &device, "another secret").await;
    let refusal = site.api("RespondToAuthChallenge", wrong).await;
    refusal.expect_refusal("NotAuthorizedException", "Incorrect username or password.");
    let right = prove(&site, &client, &asked, &device, SECRET).await;
    let answer = site.ok("RespondToAuthChallenge", right.clone()).await;
    assert!(answer["AuthenticationResult"]["NewDeviceMetadata"].is_null(), "it has one");
    assert!(!Tokens::of(&answer).access.is_empty());
    let again = site.api("RespondToAuthChallenge", right).await;
    assert_eq!(again.refusal().0, "NotAuthorizedException");
    // Without the device, the app is asked for.
    assert_eq!(site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await["ChallengeName"], "SOFTWARE_TOKEN_MFA");
});

site_test!(where_the_pool_says_so_the_second_factor_is_asked_for_all_the_same, |site: Site| async move {
    let (_, client, seed) = world(&site, false).await;
    let (_, device) = remembered(&site, &client, &seed).await;
    let asked = site.ok("InitiateAuth", with_device(sign_in(&client, "jane", PASSWORD), &device)).await;
    let right = prove(&site, &client, &asked, &device, SECRET).await;
    assert_eq!(site.ok("RespondToAuthChallenge", right).await["ChallengeName"], "SOFTWARE_TOKEN_MFA");
});

site_test!(a_device_of_somebody_else_is_none, |site: Site| async move {
    let (pool, client, seed) = world(&site, true).await;
    let (_, device) = remembered(&site, &client, &seed).await;
    site.user(&pool, "mallory").await;
    let stolen = with_device(sign_in(&client, "mallory", PASSWORD), &device);
    site.refused("InitiateAuth", stolen, "ResourceNotFoundException", "Device does not exist.").await;
});

site_test!(tokens_of_a_device_are_refreshed_by_it_only, |site: Site| async move {
    let (_, client, seed) = world(&site, true).await;
    let (tokens, device) = remembered(&site, &client, &seed).await;
    let input = refresh(&client, &tokens.refresh);
    let invalid = "Invalid Refresh Token.";
    site.refused("InitiateAuth", input.clone(), "NotAuthorizedException", invalid).await;
    site.ok("InitiateAuth", with_device(input, &device)).await;
    let by_name = json!({ "ClientId": client, "RefreshToken": tokens.refresh });
    site.refused("GetTokensFromRefreshToken", by_name.clone(), "NotAuthorizedException", invalid).await;
    site.ok("GetTokensFromRefreshToken", merged(by_name, json!({ "DeviceKey": device["DeviceKey"] }))).await;
});
