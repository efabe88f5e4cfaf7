//! Users whom an administrator makes: invitations, temporary passwords and the demand for one's own.

use super::fixtures::{PASSWORD, Tokens, sign_in};
use super::harness::{Site, attribute, attributes, merged, site_test};
use crate::kit::clock::{DAY, MINUTE};
use serde_json::{Value, json};

const INVALID: &str = "Invalid session for the user.";

fn create(pool: &str, name: &str) -> Value {
    json!({ "UserPoolId": pool, "Username": name, "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS" })
}

fn respond(client: &str, session: &Value, name: &str, more: &[(&str, &str)]) -> Value {
    let mut answers = json!({ "USERNAME": name, "NEW_PASSWORD": "Other0ne!" });
    for (name, value) in more {
        answers[*name] = (*value).into();
    }
    json!({ "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session, "ChallengeResponses": answers })
}

async fn session(site: &Site, client: &str, name: &str) -> Value {
    let answer = site.ok("InitiateAuth", sign_in(client, name, PASSWORD)).await;
    assert_eq!((answer["ChallengeName"].as_str(), answer.get("AuthenticationResult")), (Some("NEW_PASSWORD_REQUIRED"), None));
    answer["Session"].clone()
}

site_test!(an_invitation_carries_the_temporary_password, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let to = attributes(&[("email", "jane@example.com")]);
    let answer = site.ok("AdminCreateUser", json!({ "UserPoolId": pool, "Username": "jane", "UserAttributes": to })).await;
    assert_eq!((&answer["User"]["UserStatus"], &answer["User"]["Enabled"]), (&json!("FORCE_CHANGE_PASSWORD"), &json!(true)));
    let sent = site.outbox().await;
    assert_eq!((sent.len(), sent[0].to.as_str()), (1, "jane@example.com"));
    let words = sent[0].text.split_whitespace().map(|word| word.trim_end_matches('.').to_owned());
    let mut admitted = 0;
    for word in words.filter(|w| w.len() >= 8 && w.is_ascii()) {
        if site.api("InitiateAuth", sign_in(&client, "jane", &word)).await.status == 200 {
            admitted += 1;
            break;
        }
        site.advance(20 * MINUTE);
    }
    assert_eq!(admitted, 1, "{}", sent[0].text);
});

site_test!(an_invitation_is_suppressed_renewed_or_impossible, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let mut jane = create(&pool, "jane");
    jane["UserAttributes"] = attributes(&[("email", "jane@example.com")]);
    site.ok("AdminCreateUser", jane.clone()).await;
    assert!(site.outbox().await.is_empty());
    site.refused("AdminCreateUser", jane.clone(), "UsernameExistsException", "User already exists").await;
    site.advance(6 * DAY);
    jane["MessageAction"] = "RESEND".into();
    jane["TemporaryPassword"] = "Second0ne!".into();
    site.ok("AdminCreateUser", jane.clone()).await;
    assert!(site.outbox().await[0].text.contains("Second0ne!"));
    site.advance(6 * DAY);
    let answer = site.ok("InitiateAuth", sign_in(&client, "jane", "Second0ne!")).await;
    assert_eq!(answer["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "NotAuthorizedException", "Incorrect username or password.").await;

    site.user(&pool, "john").await;
    let mut john = create(&pool, "john");
    john["MessageAction"] = "RESEND".into();
    let message = "Resend not possible. john status is not FORCE_CHANGE_PASSWORD";
    site.refused("AdminCreateUser", john, "UnsupportedUserStateException", message).await;
    let mut nobody = create(&pool, "nobody");
    nobody["MessageAction"] = "RESEND".into();
    site.refused("AdminCreateUser", nobody, "UserNotFoundException", "User does not exist.").await;
    let by_sms = json!({ "UserPoolId": pool, "Username": "jim", "DesiredDeliveryMediums": ["SMS"] });
    let message = "The user has no phone_number to send the invitation to.";
    site.refused("AdminCreateUser", by_sms, "InvalidParameterException", message).await;
});

site_test!(a_temporary_password_expires, |site: Site| async move {
    for (days, policy) in
        [(7, json!({})), (7, json!({ "TemporaryPasswordValidityDays": 0 })), (2, json!({ "TemporaryPasswordValidityDays": 2 }))]
    {
        let policy = merged(json!({ "MinimumLength": 8 }), policy);
        let pool = site.pool(json!({ "Policies": { "PasswordPolicy": policy } })).await;
        let client = site.client(&pool, json!({})).await;
        site.ok("AdminCreateUser", create(&pool, "jane")).await;
        site.advance(days * DAY - 1);
        let asked = session(&site, &client, "jane").await;
        site.advance(1);
        let message = "Temporary password has expired and must be reset by an administrator.";
        site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "NotAuthorizedException", message).await;
        site.refused("RespondToAuthChallenge", respond(&client, &asked, "jane", &[]), "NotAuthorizedException", message).await;
        site.ok("AdminSetUserPassword", json!({ "UserPoolId": pool, "Username": "jane", "Password": PASSWORD, "Permanent": false })).await;
        session(&site, &client, "jane").await;
    }
});

site_test!(ones_own_password_ends_the_demand, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.ok("AdminCreateUser", create(&pool, "jane")).await;
    let asked = session(&site, &client, "jane").await;
    let weak = respond(&client, &asked, "jane", &[("NEW_PASSWORD", "Passw0rds")]);
    let message = "Password did not conform with policy: Password must have symbol characters";
    site.refused("RespondToAuthChallenge", weak, "InvalidPasswordException", message).await;
    let answer = site.ok("RespondToAuthChallenge", respond(&client, &asked, "jane", &[])).await;
    site.ok("GetUser", json!({ "AccessToken": Tokens::of(&answer).access })).await;
    assert_eq!(site.admin_get(&pool, "jane").await["UserStatus"], "CONFIRMED");
    let message = "Invalid session for the user, session can only be used once.";
    site.refused("RespondToAuthChallenge", respond(&client, &asked, "jane", &[]), "NotAuthorizedException", message).await;
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "NotAuthorizedException", "Incorrect username or password.").await;
    site.ok("InitiateAuth", sign_in(&client, "jane", "Other0ne!")).await;
});

site_test!(what_is_missing_is_asked_for_and_what_is_there_is_kept, |site: Site| async move {
    let required = |name: &str| json!({ "Name": name, "AttributeDataType": "String", "Required": true, "Mutable": true });
    let pool = site.pool(json!({ "Schema": [required("given_name"), required("family_name"), required("email")] })).await;
    let client = site.client(&pool, json!({})).await;
    let mut jane = create(&pool, "jane");
    jane["UserAttributes"] = attributes(&[("email", "jane@example.com"), ("email_verified", "true")]);
    site.ok("AdminCreateUser", jane).await;
    let answer = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    let parameters = &answer["ChallengeParameters"];
    let parsed = |name: &str| serde_json::from_str::<Value>(parameters[name].as_str().unwrap()).unwrap();
    let mut missing: Vec<_> = parsed("requiredAttributes").as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect();
    missing.sort_unstable();
    assert_eq!(missing, ["userAttributes.family_name", "userAttributes.given_name"]);
    assert_eq!(parsed("userAttributes"), json!({ "email": "jane@example.com", "email_verified": "true" }));
    assert_eq!(parameters["USER_ID_FOR_SRP"], "jane");
    let asked = &answer["Session"];
    let (given, family) = (("userAttributes.given_name", "Jane"), ("userAttributes.family_name", "Doe"));
    for (more, message) in [
        (vec![family], "Invalid attributes given, given_name is missing"),
        (vec![given, family, ("userAttributes.email", "other@example.com")], "Cannot modify an already provided email"),
    ] {
        site.refused("RespondToAuthChallenge", respond(&client, asked, "jane", &more), "InvalidParameterException", message).await;
    }
    let unwritable = respond(&client, asked, "jane", &[given, family, ("userAttributes.phone_number_verified", "true")]);
    let message = "A client attempted to write unauthorized attribute";
    site.refused("RespondToAuthChallenge", unwritable, "NotAuthorizedException", message).await;
    site.ok("RespondToAuthChallenge", respond(&client, asked, "jane", &[given, family])).await;
    assert_eq!(attribute(&site.admin_get(&pool, "jane").await, "family_name"), Some("Doe"));
});

site_test!(a_session_holds_for_one_user_client_challenge_and_while, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let sibling = site.client(&pool, json!({ "AuthSessionValidity": 15 })).await;
    for name in ["jane", "john"] {
        site.ok("AdminCreateUser", create(&pool, name)).await;
    }
    let asked = session(&site, &client, "jane").await;
    let mut altered = asked.as_str().unwrap().to_owned().into_bytes();
    altered[30] = if altered[30] == b'A' { b'B' } else { b'A' };
    let altered = json!(String::from_utf8(altered).unwrap());
    for refused in [
        respond(&client, &asked, "john", &[]),
        respond(&sibling, &asked, "jane", &[]),
        respond(&client, &altered, "jane", &[]),
        respond(&client, &json!("a string that was never a session"), "jane", &[]),
    ] {
        site.refused("RespondToAuthChallenge", refused, "NotAuthorizedException", INVALID).await;
    }
    let mut other = respond(&client, &asked, "jane", &[("ANSWER", "PASSWORD")]);
    other["ChallengeName"] = "SELECT_CHALLENGE".into();
    site.refused("RespondToAuthChallenge", other, "NotAuthorizedException", INVALID).await;
    let without = respond(&client, &Value::Null, "jane", &[]);
    site.refused("RespondToAuthChallenge", without, "InvalidParameterException", "Missing required parameter Session").await;
    let longer = session(&site, &sibling, "john").await;
    site.advance(3 * MINUTE);
    let message = "Invalid session for the user, session is expired.";
    site.refused("RespondToAuthChallenge", respond(&client, &asked, "jane", &[]), "NotAuthorizedException", message).await;
    site.ok("RespondToAuthChallenge", respond(&sibling, &longer, "john", &[])).await;
});

site_test!(an_administrator_answers_too, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.ok("AdminCreateUser", create(&pool, "jane")).await;
    let parameters = json!({ "USERNAME": "jane", "PASSWORD": PASSWORD });
    let start = json!({ "UserPoolId": pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters });
    let answer = site.ok("AdminInitiateAuth", start).await;
    let mut input = respond(&client, &answer["Session"], "jane", &[]);
    input["UserPoolId"] = pool.as_str().into();
    assert!(site.ok("AdminRespondToAuthChallenge", input).await["AuthenticationResult"]["IdToken"].is_string());
    let other = site.pool(json!({})).await;
    let parameters = json!({ "USERNAME": "jane", "PASSWORD": "Other0ne!" });
    let elsewhere =
        json!({ "UserPoolId": other, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters });
    let message = format!("User pool client {client} does not exist.");
    site.refused("AdminInitiateAuth", elsewhere, "ResourceNotFoundException", &message).await;
});
