//! Forgotten and changed passwords.

use super::fixtures::{PASSWORD, sign_in};
use super::harness::{Site, attribute, attributes, merged, site_test};
use crate::kit::clock::HOUR;
use serde_json::{Value, json};

const NEW: &str = "Other0ne!";
const MISMATCH: (&str, &str) = ("CodeMismatchException", "Invalid verification code provided, please try again.");
const EXPIRED: (&str, &str) = ("ExpiredCodeException", "Invalid code provided, please request a code again.");
const LIMIT: (&str, &str) = ("LimitExceededException", "Attempt limit exceeded, please try after some time.");
const WRONG: (&str, &str) = ("NotAuthorizedException", "Incorrect username or password.");

fn forgot(client: &str, name: &str) -> Value {
    json!({ "ClientId": client, "Username": name })
}

fn confirm(client: &str, name: &str, code: &str, password: &str) -> Value {
    json!({ "ClientId": client, "Username": name, "ConfirmationCode": code, "Password": password })
}

site_test!(a_code_lets_choose_a_new_password_once, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let answer = site.ok("ForgotPassword", forgot(&client, "jane")).await;
    let delivery = json!({ "Destination": "j***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email" });
    assert_eq!(answer, json!({ "CodeDeliveryDetails": delivery }));
    let code = site.code("jane@example.com").await;
    site.sign_in(&client, "jane").await;
    let weak = "Password did not conform with policy: Password not long enough";
    site.refused("ConfirmForgotPassword", confirm(&client, "jane", &code, "Ab1!"), "InvalidPasswordException", weak).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    site.refused("ConfirmForgotPassword", confirm(&client, "jane", wrong, NEW), MISMATCH.0, MISMATCH.1).await;
    site.sign_in(&client, "jane").await;
    assert_eq!(site.ok("ConfirmForgotPassword", confirm(&client, "jane", &code, NEW)).await, json!({}));
    site.ok("InitiateAuth", sign_in(&client, "jane", NEW)).await;
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), WRONG.0, WRONG.1).await;
    site.refused("ConfirmForgotPassword", confirm(&client, "jane", &code, PASSWORD), EXPIRED.0, EXPIRED.1).await;
    assert_eq!(site.outbox().await.len(), 1);
});

site_test!(a_reset_code_lives_an_hour, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    site.ok("ForgotPassword", forgot(&client, "jane")).await;
    let code = site.code("jane@example.com").await;
    site.advance(HOUR);
    site.refused("ConfirmForgotPassword", confirm(&client, "jane", &code, NEW), EXPIRED.0, EXPIRED.1).await;
    site.ok("ForgotPassword", forgot(&client, "jane")).await;
    let code = site.code("jane@example.com").await;
    site.advance(HOUR - 1);
    site.ok("ConfirmForgotPassword", confirm(&client, "jane", &code, NEW)).await;
});

site_test!(asking_and_guessing_count_together, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    for _ in 0..10 {
        site.advance(1);
        site.ok("ForgotPassword", forgot(&client, "jane")).await;
    }
    let code = site.code("jane@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..10 {
        site.refused("ConfirmForgotPassword", confirm(&client, "jane", wrong, NEW), MISMATCH.0, MISMATCH.1).await;
    }
    site.refused("ConfirmForgotPassword", confirm(&client, "jane", &code, NEW), LIMIT.0, LIMIT.1).await;
    site.refused("ForgotPassword", forgot(&client, "jane"), LIMIT.0, LIMIT.1).await;
    assert_eq!(site.outbox().await.len(), 10);
    site.advance(HOUR);
    site.ok("ForgotPassword", forgot(&client, "jane")).await;
});

site_test!(who_cannot_receive_a_code_gets_none, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let unproved = "Cannot reset password for the user as there is no registered/verified email or phone_number";
    let state = "User password cannot be reset in the current state.";
    site.user_with(&pool, "unproved", attributes(&[("email", "unproved@example.com")])).await;
    site.user_with(&pool, "nowhere", json!([])).await;
    site.user(&pool, "off").await;
    site.ok("AdminDisableUser", json!({ "UserPoolId": pool, "Username": "off" })).await;
    let fresh = json!({ "UserPoolId": pool, "Username": "fresh", "MessageAction": "SUPPRESS", "UserAttributes": attributes(&[("email", "f@example.com"), ("email_verified", "true")]) });
    site.ok("AdminCreateUser", fresh).await;
    for (name, exception, message) in [
        ("unproved", "InvalidParameterException", unproved),
        ("nowhere", "InvalidParameterException", unproved),
        ("off", "NotAuthorizedException", "User is disabled."),
        ("fresh", "NotAuthorizedException", state),
        ("nobody", "UserNotFoundException", "User does not exist."),
    ] {
        site.refused("ForgotPassword", forgot(&client, name), exception, message).await;
        let by_admin = json!({ "UserPoolId": pool, "Username": name });
        site.refused("AdminResetUserPassword", by_admin, exception, message).await;
    }
    assert!(site.outbox().await.is_empty());
});

site_test!(recovery_follows_the_pools_priorities, |site: Site| async move {
    let both =
        [("email", "jane@example.com"), ("email_verified", "true"), ("phone_number", "+15555550100"), ("phone_number_verified", "true")];
    let mechanism = |names: &[&str]| {
        let list: Vec<_> = names.iter().zip(1..).map(|(name, priority)| json!({ "Name": name, "Priority": priority })).collect();
        json!({ "AccountRecoverySetting": { "RecoveryMechanisms": list } })
    };
    for (setting, expected) in [
        (json!({}), Ok("SMS")),
        (mechanism(&["verified_email", "verified_phone_number"]), Ok("EMAIL")),
        (mechanism(&["verified_phone_number", "verified_email"]), Ok("SMS")),
        (mechanism(&["verified_email"]), Ok("EMAIL")),
        (mechanism(&["admin_only"]), Err("Contact administrator to reset password.")),
    ] {
        let pool = site.pool(setting).await;
        let client = site.client(&pool, json!({})).await;
        site.user_with(&pool, "jane", attributes(&both)).await;
        match expected {
            Ok(medium) => {
                let answer = site.ok("ForgotPassword", forgot(&client, "jane")).await;
                assert_eq!(answer["CodeDeliveryDetails"]["DeliveryMedium"], medium);
            }
            Err(message) => site.refused("ForgotPassword", forgot(&client, "jane"), "NotAuthorizedException", message).await,
        }
    }
});

site_test!(one_phone_is_not_both_factors, |site: Site| async move {
    let sms = json!({ "SnsCallerArn": "arn:aws:iam::000000000000:role/sms" });
    let list = json!([{ "Name": "verified_phone_number", "Priority": 1 }, { "Name": "verified_email", "Priority": 2 }]);
    let settings =
        json!({ "MfaConfiguration": "OPTIONAL", "SmsConfiguration": sms, "AccountRecoverySetting": { "RecoveryMechanisms": list } });
    let pool = site.pool(settings).await;
    let client = site.client(&pool, json!({})).await;
    let both =
        [("email", "jane@example.com"), ("email_verified", "true"), ("phone_number", "+15555550100"), ("phone_number_verified", "true")];
    site.user_with(&pool, "jane", attributes(&both)).await;
    let medium = |answer: Value| answer["CodeDeliveryDetails"]["DeliveryMedium"].clone();
    assert_eq!(medium(site.ok("ForgotPassword", forgot(&client, "jane")).await), "SMS");
    let jane = json!({ "UserPoolId": pool, "Username": "jane" });
    site.ok("AdminSetUserMFAPreference", merged(jane.clone(), json!({ "SMSMfaSettings": { "Enabled": true } }))).await;
    assert_eq!(medium(site.ok("ForgotPassword", forgot(&client, "jane")).await), "EMAIL");
    site.ok("AdminDeleteUserAttributes", merged(jane, json!({ "UserAttributeNames": ["email"] }))).await;
    let message = "Cannot reset password for the user as there is no registered/verified email or phone_number";
    site.refused("ForgotPassword", forgot(&client, "jane"), "InvalidParameterException", message).await;
});

site_test!(an_administrators_reset_bars_the_way_until_it_is_done, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    site.ok("AdminResetUserPassword", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    assert_eq!(site.admin_get(&pool, "jane").await["UserStatus"], "RESET_REQUIRED");
    let barred = ("PasswordResetRequiredException", "Password reset required for the user");
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), barred.0, barred.1).await;
    let code = site.code("jane@example.com").await;
    site.ok("ConfirmForgotPassword", confirm(&client, "jane", &code, NEW)).await;
    assert_eq!(site.admin_get(&pool, "jane").await["UserStatus"], "CONFIRMED");
    site.ok("InitiateAuth", sign_in(&client, "jane", NEW)).await;
});

site_test!(a_reset_confirms_nobody, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    let proved = json!({ "UserPoolId": pool, "Username": "jane", "UserAttributes": attributes(&[("email_verified", "true")]) });
    site.ok("AdminUpdateUserAttributes", proved).await;
    site.empty_outbox().await;
    site.ok("ForgotPassword", forgot(&client, "jane")).await;
    let code = site.code("jane@example.com").await;
    site.ok("ConfirmForgotPassword", confirm(&client, "jane", &code, NEW)).await;
    let user = site.admin_get(&pool, "jane").await;
    assert_eq!((user["UserStatus"].as_str(), attribute(&user, "email_verified")), (Some("UNCONFIRMED"), Some("true")));
    site.refused("InitiateAuth", sign_in(&client, "jane", NEW), "UserNotConfirmedException", "User is not confirmed.").await;
});

site_test!(changing_needs_the_old_password_five_times_an_hour_at_most, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    let change = |old: &str, new: &str| json!({ "AccessToken": tokens.access, "PreviousPassword": old, "ProposedPassword": new });
    site.refused("ChangePassword", change("Wr0ng-one!", NEW), WRONG.0, WRONG.1).await;
    let weak = "Password did not conform with policy: Password must have symbol characters";
    site.refused("ChangePassword", change(PASSWORD, "Passw0rds"), "InvalidPasswordException", weak).await;
    let without = json!({ "AccessToken": tokens.access, "ProposedPassword": NEW });
    site.refused("ChangePassword", without, "InvalidParameterException", "PreviousPassword is required.").await;
    site.ok("ChangePassword", change(PASSWORD, NEW)).await;
    site.ok("InitiateAuth", sign_in(&client, "jane", NEW)).await;
    site.ok("ChangePassword", change(NEW, PASSWORD)).await;
    site.refused("ChangePassword", change(PASSWORD, NEW), LIMIT.0, LIMIT.1).await;
    site.sign_in(&client, "jane").await;
});
