//! Passwords that a user had before are not taken again, on every way to a new one.

use super::fixtures::{PASSWORD, sign_in};
use super::harness::{Site, site_test};
use crate::kit::clock::HOUR;
use serde_json::{Value, json};

const USED: (&str, &str) = ("PasswordHistoryPolicyViolationException", "Password has previously been used");

fn policy(size: i64) -> Value {
    json!({ "Policies": { "PasswordPolicy": { "MinimumLength": 8, "PasswordHistorySize": size } } })
}

fn set(pool: &str, password: &str) -> Value {
    json!({ "UserPoolId": pool, "Username": "jane", "Password": password, "Permanent": true })
}

site_test!(an_administrator_gives_no_earlier_password, |site: Site| async move {
    let pool = site.pool(policy(2)).await;
    site.user(&pool, "jane").await;
    // The temporary one that the service made was the first, PASSWORD the second.
    site.refused("AdminSetUserPassword", set(&pool, PASSWORD), USED.0, USED.1).await;
    for new in ["Second-1!", "Third-11!"] {
        site.ok("AdminSetUserPassword", set(&pool, new)).await;
    }
    for used in [PASSWORD, "Second-1!", "Third-11!"] {
        site.refused("AdminSetUserPassword", set(&pool, used), USED.0, USED.1).await;
    }
    site.ok("AdminSetUserPassword", set(&pool, "Fourth-1!")).await;
    assert_eq!(site.count("password_history").await, 2, "no more than count are kept");
    site.ok("AdminSetUserPassword", set(&pool, PASSWORD)).await;
    site.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    assert_eq!(site.count("password_history").await, 0);
});

site_test!(a_user_changes_to_no_earlier_password, |site: Site| async move {
    let pool = site.pool(policy(1)).await;
    let client = site.client(&pool, json!({})).await;
    site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    let change = |from: &str, to: &str| json!({ "AccessToken": tokens.access, "PreviousPassword": from, "ProposedPassword": to });
    site.refused("ChangePassword", change(PASSWORD, PASSWORD), USED.0, USED.1).await;
    site.ok("ChangePassword", change(PASSWORD, "Second-1!")).await;
    site.refused("ChangePassword", change("Second-1!", PASSWORD), USED.0, USED.1).await;
    // Whoever does not know the password learns nothing about those before it.
    site.refused("ChangePassword", change("Wrong-11!", PASSWORD), "NotAuthorizedException", "Incorrect username or password.").await;
});

site_test!(a_reset_leads_to_no_earlier_password, |site: Site| async move {
    let pool = site.pool(policy(1)).await;
    let client = site.client(&pool, json!({})).await;
    site.user(&pool, "jane").await;
    site.ok("ForgotPassword", json!({ "ClientId": client, "Username": "jane" })).await;
    let code = site.code("jane@example.com").await;
    let confirm =
        |code: &str, password: &str| json!({ "ClientId": client, "Username": "jane", "ConfirmationCode": code, "Password": password });
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let mismatch = "Invalid verification code provided, please try again.";
    site.refused("ConfirmForgotPassword", confirm(wrong, PASSWORD), "CodeMismatchException", mismatch).await;
    site.refused("ConfirmForgotPassword", confirm(&code, PASSWORD), USED.0, USED.1).await;
    site.ok("ConfirmForgotPassword", confirm(&code, "Second-1!")).await;
    site.refused("AdminSetUserPassword", set(&pool, PASSWORD), USED.0, USED.1).await;
});

site_test!(a_temporary_password_is_replaced_by_another, |site: Site| async move {
    let pool = site.pool(policy(3)).await;
    let client = site.client(&pool, json!({})).await;
    let jane = json!({ "UserPoolId": pool, "Username": "jane", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS" });
    site.ok("AdminCreateUser", jane).await;
    let asked = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    let answer = |password: &str| {
        json!({ "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"],
                "ChallengeResponses": { "USERNAME": "jane", "NEW_PASSWORD": password } })
    };
    site.refused("RespondToAuthChallenge", answer(PASSWORD), USED.0, USED.1).await;
    site.ok("RespondToAuthChallenge", answer("Second-1!")).await;
    assert_eq!(site.count("password_history").await, 1);
});

site_test!(without_a_history_nothing_is_kept, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    site.user(&pool, "jane").await;
    site.advance(HOUR);
    site.ok("AdminSetUserPassword", set(&pool, PASSWORD)).await;
    assert_eq!(site.count("password_history").await, 0);
});
