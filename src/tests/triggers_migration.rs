//! UserMigration: users who are elsewhere until they sign in or ask for a reset.

use super::fake_functions::{Fakes, Reply, failures};
use super::fixtures::{PASSWORD, Tokens, sign_in};
use super::harness::{Site, attribute, merged, site_test};
use crate::triggers::Failure;
use serde_json::{Value, json};

const ENABLED: &str = "ENABLED";

fn jane(more: Value) -> Value {
    let attributes = json!({ "email": "jane@example.com", "email_verified": "true" });
    merged(json!({ "userAttributes": attributes, "finalUserStatus": "CONFIRMED", "messageAction": "SUPPRESS" }), more)
}

async fn site_with(site: &Site, pool: Value, client: Value) -> (Fakes, String, String) {
    let fakes = Fakes::install(site);
    let pool = fakes.pool(site, &["UserMigration"], pool).await;
    let client = site.client(&pool, client).await;
    (fakes, pool, client)
}

site_test!(who_signs_in_is_taken_over, |site: Site| async move {
    let (fakes, pool, client) = site_with(&site, json!({}), json!({})).await;
    fakes.respond("UserMigration", jane(json!({})));
    // The pool's policy does not hold for a password that somebody has already.
    let given = merged(sign_in(&client, "jane", "weak"), json!({ "ClientMetadata": { "a": "b" } }));
    let tokens = Tokens::of(&site.ok("InitiateAuth", given).await);
    assert_eq!(tokens.id_claims()["email"], "jane@example.com");
    assert_eq!(
        fakes.only(),
        json!({
            "version": "1", "region": "us-east-1", "userPoolId": pool, "userName": "jane",
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
            "triggerSource": "UserMigration_Authentication",
            "request": { "validationData": { "a": "b" }, "password": "weak" },
            "response": { "userAttributes": null, "forceAliasCreation": null, "enableSMSMFA": null, "finalUserStatus": null,
                "messageAction": null, "desiredDeliveryMediums": null },
        })
    );
    site.ok("InitiateAuth", sign_in(&client, "jane", "weak")).await;
    crate::tests::srp::challenge(&site, &client, "jane").await;
    assert_eq!((fakes.take().len(), site.outbox().await.len()), (0, 0), "who is here is not asked for again");
});

site_test!(a_reset_takes_over_too, |site: Site| async move {
    let (fakes, pool, client) = site_with(&site, json!({}), json!({})).await;
    fakes.respond("UserMigration", jane(json!({ "finalUserStatus": null })));
    site.ok("ForgotPassword", json!({ "ClientId": client, "Username": "jane", "ClientMetadata": { "a": "b" } })).await;
    let event = fakes.only();
    assert_eq!(
        (&event["triggerSource"], &event["request"]),
        (&json!("UserMigration_ForgotPassword"), &json!({ "validationData": null, "clientMetadata": { "a": "b" } }))
    );
    assert_eq!(site.admin_get(&pool, "jane").await["UserStatus"], "RESET_REQUIRED");
    assert_eq!(site.outbox().await.len(), 1);
    let code = site.code("jane@example.com").await;
    let input = json!({ "ClientId": client, "Username": "jane", "ConfirmationCode": code, "Password": PASSWORD });
    site.ok("ConfirmForgotPassword", input).await;
    site.sign_in(&client, "jane").await;
});

site_test!(a_user_who_must_reset_is_sent_the_code, |site: Site| async move {
    let (fakes, _, client) = site_with(&site, json!({}), json!({})).await;
    fakes.respond("UserMigration", jane(json!({ "finalUserStatus": null, "messageAction": null, "desiredDeliveryMediums": ["EMAIL"] })));
    let required = "Password reset required for the user";
    site.api("InitiateAuth", sign_in(&client, "jane", "Old-pass-1")).await.expect_refusal("PasswordResetRequiredException", required);
    let sent = site.outbox().await;
    assert!(sent.len() == 1 && !sent[0].text.contains("Old-pass-1"), "a password is sent to nobody");
    let code = site.code("jane@example.com").await;
    let input = json!({ "ClientId": client, "Username": "jane", "ConfirmationCode": code, "Password": PASSWORD });
    site.ok("ConfirmForgotPassword", input).await;
});

site_test!(where_it_fails_nobody_is_made, |site: Site| async move {
    let (fakes, pool, client) = site_with(&site, json!({}), json!({})).await;
    let hiding = site.client(&pool, json!({ "PreventUserExistenceErrors": ENABLED })).await;
    let exception = format!("Exception migrating user in app client {client}");
    let wrong = "Incorrect username or password.";
    let mut replies: Vec<_> = failures("UserMigration").into_iter().map(|(reply, ..)| reply).collect();
    for response in [
        jane(json!({ "finalUserStatus": "WHATEVER" })),
        jane(json!({ "userAttributes": { "shoe_size": "44" } })),
        jane(json!({ "userAttributes": { "email": 7 } })),
        jane(json!({ "userAttributes": { "username": "somebody-else" } })),
        jane(json!({ "enableSMSMFA": "yes" })),
    ] {
        replies.push(Reply::Response(response));
    }
    for reply in replies {
        fakes.on("UserMigration", reply);
        site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "UserNotFoundException", &exception).await;
        site.refused("InitiateAuth", sign_in(&hiding, "jane", PASSWORD), "NotAuthorizedException", wrong).await;
        site.refused("ForgotPassword", json!({ "ClientId": client, "Username": "jane" }), "UserNotFoundException", &exception).await;
        site.advance(crate::kit::clock::HOUR);
    }
    fakes.respond("UserMigration", json!({}));
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "UserNotFoundException", "User does not exist.").await;
    let simulated = site.ok("ForgotPassword", json!({ "ClientId": hiding, "Username": "jane" })).await;
    assert!(simulated["CodeDeliveryDetails"]["Destination"].is_string());
    assert_eq!((site.count("users").await, site.outbox().await.len()), (0, 0));
});

site_test!(guesses_lock, |site: Site| async move {
    let (fakes, _, client) = site_with(&site, json!({}), json!({})).await;
    fakes.respond("UserMigration", json!({}));
    for _ in 0..5 {
        site.refused("InitiateAuth", sign_in(&client, "jane", "Guess-1!"), "UserNotFoundException", "User does not exist.").await;
    }
    fakes.respond("UserMigration", jane(json!({})));
    fakes.take();
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "NotAuthorizedException", "Password attempts exceeded").await;
    fakes.on("UserMigration", Reply::Fails(Failure::Unreachable("Socket timeout".into())));
    let exception = format!("Exception migrating user in app client {client}");
    for _ in 0..7 {
        site.refused("InitiateAuth", sign_in(&client, "joe", PASSWORD), "UserNotFoundException", &exception).await;
    }
    fakes.take();
    assert_eq!(fakes.take().len(), 0);
});

site_test!(names_fit_the_pool, |site: Site| async move {
    let (fakes, pool, client) = site_with(&site, json!({ "AliasAttributes": ["email"] }), json!({})).await;
    let named = json!({ "username": "jane", "email": "jane@example.com", "email_verified": "true" });
    fakes.respond("UserMigration", jane(json!({ "userAttributes": named })));
    site.ok("InitiateAuth", sign_in(&client, "jane@example.com", PASSWORD)).await;
    assert_eq!(site.admin_get(&pool, "jane@example.com").await["Username"], "jane");
    let unnamed = json!({ "username": "joe", "email": "other@example.com", "email_verified": "true" });
    fakes.respond("UserMigration", jane(json!({ "userAttributes": unnamed })));
    let exception = format!("Exception migrating user in app client {client}");
    site.refused("InitiateAuth", sign_in(&client, "joe@example.com", PASSWORD), "UserNotFoundException", &exception).await;
    let taken = json!({ "username": "ann", "email": "jane@example.com", "email_verified": "true" });
    fakes.respond("UserMigration", jane(json!({ "userAttributes": taken })));
    site.refused("InitiateAuth", sign_in(&client, "ann", PASSWORD), "UserNotFoundException", &exception).await;
    fakes.respond("UserMigration", jane(json!({ "userAttributes": taken, "forceAliasCreation": true })));
    site.ok("InitiateAuth", sign_in(&client, "ann", PASSWORD)).await;
    assert_eq!(attribute(&site.admin_get(&pool, "jane").await, "email_verified"), Some("false"));
});

site_test!(where_addresses_are_names_the_service_makes_one, |site: Site| async move {
    let (fakes, pool, client) = site_with(&site, json!({ "UsernameAttributes": ["email"] }), json!({})).await;
    fakes.respond("UserMigration", jane(json!({})));
    let tokens = Tokens::of(&site.ok("InitiateAuth", sign_in(&client, "jane@example.com", PASSWORD)).await);
    let user = site.admin_get(&pool, "jane@example.com").await;
    assert_eq!(
        (&user["Username"], tokens.access_claims()["sub"].as_str()),
        (&user["UserAttributes"][0]["Value"], user["Username"].as_str())
    );
});

site_test!(flows_without_a_password_ask_for_nobody, |site: Site| async move {
    let (fakes, _, client) = site_with(&site, json!({}), json!({ "PreventUserExistenceErrors": ENABLED })).await;
    fakes.respond("UserMigration", jane(json!({})));
    crate::tests::srp::challenge(&site, &client, "jane").await;
    let asked =
        site.ok("InitiateAuth", json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": { "USERNAME": "jane" } })).await;
    assert_eq!((&asked["AvailableChallenges"], fakes.take().len()), (&json!(["PASSWORD_SRP", "PASSWORD"]), 0));
    let responses = json!({ "USERNAME": "jane", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let answer =
        json!({ "ClientId": client, "ChallengeName": "SELECT_CHALLENGE", "Session": asked["Session"], "ChallengeResponses": responses });
    assert!(site.ok("RespondToAuthChallenge", answer).await["AuthenticationResult"].is_object());
});
