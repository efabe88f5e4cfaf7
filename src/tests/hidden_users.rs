//! A client that hides users answers unknown names like known ones, in form and in words.

use super::fixtures::{PASSWORD, sign_in};
use super::harness::{Site, attributes, site_test};
use super::srp::{challenge, response};
use serde_json::{Value, json};

/// A pool with Jane, and a client that hides who is in it.
async fn hidden(site: &Site) -> (String, String) {
    let pool = site.pool(json!({})).await;
    let client = site.client(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    site.user(&pool, "jane").await;
    (pool, client)
}

/// A value's form: its members' names and kinds, and how long its strings are where that is fixed.
fn form(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), form(value))).collect(),
        Value::Array(items) => items.iter().map(form).collect(),
        Value::String(_) => "text".into(),
        Value::Number(_) => "number".into(),
        other => other.clone(),
    }
}

site_test!(a_password_is_wrong_either_way, |site: Site| async move {
    let (pool, client) = hidden(&site).await;
    for name in ["jane", "nobody"] {
        let message = "Incorrect username or password.";
        site.refused("InitiateAuth", sign_in(&client, name, "Wr0ng-one!"), "NotAuthorizedException", message).await;
        let parameters = json!({ "USERNAME": name, "PASSWORD": "Wr0ng-one!" });
        let admin = json!({ "UserPoolId": pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters });
        site.refused("AdminInitiateAuth", admin, "NotAuthorizedException", message).await;
    }
});

site_test!(a_status_is_told_only_to_who_knows_the_password, |site: Site| async move {
    let (pool, client) = hidden(&site).await;
    site.sign_up(&client, "new", "new@example.com").await;
    site.user(&pool, "off").await;
    site.ok("AdminDisableUser", json!({ "UserPoolId": pool, "Username": "off" })).await;
    site.user(&pool, "reset").await;
    site.ok("AdminResetUserPassword", json!({ "UserPoolId": pool, "Username": "reset" })).await;
    for (name, exception, message) in [
        ("new", "UserNotConfirmedException", "User is not confirmed."),
        ("off", "NotAuthorizedException", "User is disabled."),
        ("reset", "PasswordResetRequiredException", "Password reset required for the user"),
    ] {
        site.refused("InitiateAuth", sign_in(&client, name, PASSWORD), exception, message).await;
        let wrong = sign_in(&client, name, "Wr0ng-one!");
        site.refused("InitiateAuth", wrong, "NotAuthorizedException", "Incorrect username or password.").await;
    }
});

site_test!(an_srp_challenge_is_made_up_the_same_each_time, |site: Site| async move {
    let (pool, client) = hidden(&site).await;
    let known = challenge(&site, &client, "jane").await;
    let unknown = challenge(&site, &client, "nobody").await;
    let again = challenge(&site, &client, "nobody").await;
    assert_eq!(form(&known.1), form(&unknown.1));
    assert_eq!(known.1["SALT"].as_str().unwrap().len(), unknown.1["SALT"].as_str().unwrap().len());
    let shorter = known.1["SECRET_BLOCK"].as_str().unwrap().len().abs_diff(unknown.1["SECRET_BLOCK"].as_str().unwrap().len());
    assert_eq!((&unknown.1["SALT"], &unknown.1["USER_ID_FOR_SRP"]), (&again.1["SALT"], &again.1["USER_ID_FOR_SRP"]));
    assert_ne!(unknown.1["SRP_B"], again.1["SRP_B"]);
    assert!(shorter <= 100, "the blocks are of about one length, not {shorter} apart");
    for asked in [&known, &unknown] {
        let input = response(&pool, &client, asked, "Wr0ng-one!");
        site.refused("RespondToAuthChallenge", input, "NotAuthorizedException", "Incorrect username or password.").await;
    }
});

site_test!(in_a_pool_of_addresses_a_made_up_name_is_a_uuid, |site: Site| async move {
    let pool = site.pool(json!({ "UsernameAttributes": ["email"] })).await;
    let client = site.client(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    let other = site.pool(json!({ "UsernameAttributes": ["email"] })).await;
    let elsewhere = site.client(&other, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    let name = |asked: &Value| asked["USER_ID_FOR_SRP"].as_str().unwrap_or_default().to_owned();
    let here = name(&challenge(&site, &client, "nobody@example.com").await.1);
    assert!(uuid::Uuid::parse_str(&here).is_ok(), "{here}");
    assert_eq!(here, name(&challenge(&site, &client, "nobody@example.com").await.1));
    assert_ne!(here, name(&challenge(&site, &elsewhere, "nobody@example.com").await.1));
});

site_test!(a_forgotten_password_is_asked_for_either_way, |site: Site| async move {
    let (pool, client) = hidden(&site).await;
    site.user_with(&pool, "unproved", attributes(&[("email", "unproved@example.com")])).await;
    site.user(&pool, "off").await;
    site.ok("AdminDisableUser", json!({ "UserPoolId": pool, "Username": "off" })).await;
    let ask = |name: &str| json!({ "ClientId": client, "Username": name });
    let known = site.ok("ForgotPassword", ask("jane")).await;
    assert_eq!(site.outbox().await.len(), 1);
    for name in ["nobody", "unproved", "off"] {
        let first = site.ok("ForgotPassword", ask(name)).await;
        assert_eq!(form(&known), form(&first), "{name}");
        assert_eq!(first, site.ok("ForgotPassword", ask(name)).await, "{name}");
    }
    let by_address = site.ok("ForgotPassword", ask("who@example.org")).await;
    assert_eq!(by_address["CodeDeliveryDetails"]["Destination"], "w***@e***");
    let by_phone = site.ok("ForgotPassword", ask("+15555550199")).await;
    assert_eq!(by_phone["CodeDeliveryDetails"]["Destination"], "+*******0199");
    assert_eq!(site.outbox().await.len(), 1, "nobody else got mail");
    for name in ["jane", "nobody", "unproved", "off"] {
        let confirm = json!({ "ClientId": client, "Username": name, "ConfirmationCode": "000000", "Password": "Other0ne!" });
        let message = "Invalid verification code provided, please try again.";
        site.refused("ConfirmForgotPassword", confirm, "CodeMismatchException", message).await;
    }
});

site_test!(without_a_request_there_is_no_code_either_way, |site: Site| async move {
    let (_, client) = hidden(&site).await;
    let message = "Invalid code provided, please request a code again.";
    for name in ["jane", "nobody"] {
        let confirm = json!({ "ClientId": client, "Username": name, "ConfirmationCode": "000000", "Password": "Other0ne!" });
        site.refused("ConfirmForgotPassword", confirm, "ExpiredCodeException", message).await;
    }
});

site_test!(unknown_names_have_the_same_limits, |site: Site| async move {
    let (_, client) = hidden(&site).await;
    let limit = ("LimitExceededException", "Attempt limit exceeded, please try after some time.");
    for name in ["jane", "nobody"] {
        let ask = json!({ "ClientId": client, "Username": name });
        for _ in 0..20 {
            site.ok("ForgotPassword", ask.clone()).await;
        }
        site.refused("ForgotPassword", ask.clone(), limit.0, limit.1).await;
    }
    site.sign_up(&client, "new", "new@example.com").await;
    for name in ["new", "nobody"] {
        let ask = json!({ "ClientId": client, "Username": name });
        for _ in 0..5 {
            site.ok("ResendConfirmationCode", ask.clone()).await;
        }
        site.refused("ResendConfirmationCode", ask, limit.0, limit.1).await;
    }
});

site_test!(a_confirmed_name_resends_like_an_unknown_one, |site: Site| async move {
    let (_, client) = hidden(&site).await;
    for name in ["jane", "nobody"] {
        let ask = json!({ "ClientId": client, "Username": name });
        let answer = site.ok("ResendConfirmationCode", ask.clone()).await;
        assert_eq!(answer["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL", "{name}");
        for _ in 0..4 {
            site.ok("ResendConfirmationCode", ask.clone()).await;
        }
        let message = "Attempt limit exceeded, please try after some time.";
        site.refused("ResendConfirmationCode", ask, "LimitExceededException", message).await;
    }
    assert!(site.outbox().await.is_empty());
});

site_test!(choices_are_offered_either_way, |site: Site| async move {
    let (_, client) = hidden(&site).await;
    let mut forms = Vec::new();
    for name in ["jane", "nobody"] {
        let input = json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": { "USERNAME": name } });
        let answer = site.ok("InitiateAuth", input).await;
        assert_eq!(answer["ChallengeName"], "SELECT_CHALLENGE");
        let responses = json!({ "USERNAME": name, "ANSWER": "PASSWORD", "PASSWORD": "Wr0ng-one!" });
        let input = json!({ "ClientId": client, "ChallengeName": "SELECT_CHALLENGE", "Session": answer["Session"], "ChallengeResponses": responses });
        site.refused("RespondToAuthChallenge", input, "NotAuthorizedException", "Incorrect username or password.").await;
        forms.push(form(&answer));
    }
    assert_eq!(forms[0], forms[1]);
});
