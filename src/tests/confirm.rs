//! Confirming a sign-up: by code, by an administrator, and how often it may be tried.

use super::fixtures::{PASSWORD, sign_in};
use super::harness::{Site, attribute, site_test};
use crate::kit::clock::{DAY, HOUR};
use serde_json::{Value, json};

const MISMATCH: (&str, &str) = ("CodeMismatchException", "Invalid verification code provided, please try again.");
const EXPIRED: (&str, &str) = ("ExpiredCodeException", "Invalid code provided, please request a code again.");
const LIMIT: (&str, &str) = ("LimitExceededException", "Attempt limit exceeded, please try after some time.");

fn confirm(client: &str, name: &str, code: &str) -> Value {
    json!({ "ClientId": client, "Username": name, "ConfirmationCode": code })
}

fn resend(client: &str, name: &str) -> Value {
    json!({ "ClientId": client, "Username": name })
}

/// A code that is not this one.
fn other(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().expect("digits") + 1) % 1_000_000)
}

site_test!(the_right_code_confirms_and_proves_the_address, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    let code = site.code("jane@example.com").await;
    site.refused("ConfirmSignUp", confirm(&client, "jane", &other(&code)), MISMATCH.0, MISMATCH.1).await;
    assert_eq!(site.admin_get(&pool, "jane").await["UserStatus"], "UNCONFIRMED");
    let answer = site.ok("ConfirmSignUp", confirm(&client, "jane", &code)).await;
    assert!(answer.as_object().is_some_and(|o| o.len() == 1 && o["Session"].is_string()), "{answer}");
    let user = site.admin_get(&pool, "jane").await;
    assert_eq!((user["UserStatus"].as_str(), attribute(&user, "email_verified")), (Some("CONFIRMED"), Some("true")));
    site.sign_in(&client, "jane").await;
    assert_eq!((site.count("codes").await, site.outbox().await.len()), (0, 1));
    let message = "User cannot be confirmed. Current status is CONFIRMED";
    site.refused("ConfirmSignUp", confirm(&client, "jane", &code), "NotAuthorizedException", message).await;
    site.refused("ResendConfirmationCode", resend(&client, "jane"), "InvalidParameterException", "User is already confirmed.").await;
    site.refused("AdminConfirmSignUp", json!({ "UserPoolId": pool, "Username": "jane" }), "NotAuthorizedException", message).await;
});

site_test!(a_code_lives_a_day, |site: Site| async move {
    let (_, client) = site.pool_and_client().await;
    for (name, wait, lives) in [("in-time", DAY - 1, true), ("too-late", DAY, false)] {
        let email = format!("{name}@example.com");
        site.sign_up(&client, name, &email).await;
        let code = site.code(&email).await;
        site.advance(wait);
        if lives {
            site.ok("ConfirmSignUp", confirm(&client, name, &code)).await;
        } else {
            site.refused("ConfirmSignUp", confirm(&client, name, &code), EXPIRED.0, EXPIRED.1).await;
            site.ok("ResendConfirmationCode", resend(&client, name)).await;
            let code = site.code(&email).await;
            site.ok("ConfirmSignUp", confirm(&client, name, &code)).await;
        }
    }
});

site_test!(a_new_code_replaces_the_old, |site: Site| async move {
    let (_, client) = site.pool_and_client().await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    let first = site.code("jane@example.com").await;
    site.advance(1);
    let answer = site.ok("ResendConfirmationCode", resend(&client, "jane")).await;
    let delivery = json!({ "Destination": "j***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email" });
    assert_eq!(answer, json!({ "CodeDeliveryDetails": delivery }));
    let second = site.code("jane@example.com").await;
    assert_ne!(first, second);
    site.refused("ConfirmSignUp", confirm(&client, "jane", &first), MISMATCH.0, MISMATCH.1).await;
    site.ok("ConfirmSignUp", confirm(&client, "jane", &second)).await;
});

site_test!(fifteen_guesses_an_hour, |site: Site| async move {
    let (_, client) = site.pool_and_client().await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    let code = site.code("jane@example.com").await;
    for _ in 0..15 {
        site.refused("ConfirmSignUp", confirm(&client, "jane", &other(&code)), MISMATCH.0, MISMATCH.1).await;
    }
    site.refused("ConfirmSignUp", confirm(&client, "jane", &code), LIMIT.0, LIMIT.1).await;
    site.advance(HOUR - 1);
    site.refused("ConfirmSignUp", confirm(&client, "jane", &code), LIMIT.0, LIMIT.1).await;
    site.advance(1);
    site.ok("ConfirmSignUp", confirm(&client, "jane", &code)).await;
});

site_test!(five_new_codes_an_hour, |site: Site| async move {
    let (_, client) = site.pool_and_client().await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    for _ in 0..5 {
        site.ok("ResendConfirmationCode", resend(&client, "jane")).await;
    }
    site.refused("ResendConfirmationCode", resend(&client, "jane"), LIMIT.0, LIMIT.1).await;
    assert_eq!(site.outbox().await.len(), 6);
    site.advance(HOUR);
    site.ok("ResendConfirmationCode", resend(&client, "jane")).await;
});

site_test!(an_administrator_confirms_without_proving_the_address, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    site.ok("AdminConfirmSignUp", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    let user = site.admin_get(&pool, "jane").await;
    assert_eq!((user["UserStatus"].as_str(), attribute(&user, "email_verified")), (Some("CONFIRMED"), Some("false")));
    assert_eq!(site.count("codes").await, 0, "the code that was sent is withdrawn");
    site.sign_in(&client, "jane").await;
});

site_test!(a_code_of_one_user_or_purpose_is_none_of_another, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    site.sign_up(&client, "john", "john@example.com").await;
    let johns = site.code("john@example.com").await;
    if johns != site.code("jane@example.com").await {
        site.refused("ConfirmSignUp", confirm(&client, "jane", &johns), MISMATCH.0, MISMATCH.1).await;
    }
    let reset = json!({ "ClientId": client, "Username": "john", "ConfirmationCode": johns, "Password": "Other0ne!" });
    site.refused("ConfirmForgotPassword", reset, EXPIRED.0, EXPIRED.1).await;
    site.refused("AdminGetUser", json!({ "UserPoolId": pool, "Username": "jim" }), "UserNotFoundException", "User does not exist.").await;
});

site_test!(an_unknown_name_is_told_where_the_client_tells, |site: Site| async move {
    let (_, client) = site.pool_and_client().await;
    let unknown = ("UserNotFoundException", "User does not exist.");
    site.refused("ConfirmSignUp", confirm(&client, "nobody", "123456"), unknown.0, unknown.1).await;
    site.refused("ResendConfirmationCode", resend(&client, "nobody"), unknown.0, unknown.1).await;
    site.refused("InitiateAuth", sign_in(&client, "nobody", PASSWORD), unknown.0, unknown.1).await;
    assert!(site.outbox().await.is_empty());
});
