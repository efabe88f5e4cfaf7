//! Signing in by a code alone, signing up without a password, and signing in right after a sign-up.

use super::fixtures::{PASSWORD, Tokens, sign_up};
use crate::kit::clock::{HOUR, MINUTE};
use crate::tests::harness::{Site, merged, site_test};
use serde_json::{Value, json};

async fn pool_and_client(site: &Site, hides: bool) -> (String, String) {
    let policies = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } });
    let pool = site.pool(json!({ "Policies": policies })).await;
    let hidden = if hides { "ENABLED" } else { "LEGACY" };
    let client = site.client(&pool, json!({ "PreventUserExistenceErrors": hidden })).await;
    (pool, client)
}

fn begin(client: &str, name: &str, preferred: Option<&str>) -> Value {
    let mut parameters = json!({ "USERNAME": name });
    if let Some(preferred) = preferred {
        parameters["PREFERRED_CHALLENGE"] = preferred.into();
    }
    json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters })
}

fn code_answer(client: &str, name: &str, asked: &Value, code: &str) -> Value {
    let responses = json!({ "USERNAME": name, "EMAIL_OTP_CODE": code });
    json!({ "ClientId": client, "ChallengeName": "EMAIL_OTP", "Session": asked["Session"], "ChallengeResponses": responses })
}

/// The eight digits that were sent last.
async fn sent_code(site: &Site, to: &str) -> String {
    let sent = site.outbox().await.into_iter().find(|m| m.to == to).expect("a message");
    sent.text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 8).expect("a code").to_owned()
}

site_test!(a_code_by_email_signs_in, |site: Site| async move {
    let (pool, client) = pool_and_client(&site, false).await;
    site.user(&pool, "jane").await;
    let choice = site.ok("InitiateAuth", begin(&client, "jane", None)).await;
    assert_eq!(choice["AvailableChallenges"], json!(["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"]));
    assert_eq!(choice["ChallengeName"], "SELECT_CHALLENGE");
    let asked = site.ok("InitiateAuth", begin(&client, "jane", Some("EMAIL_OTP"))).await;
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
    assert_eq!(asked["AvailableChallenges"], choice["AvailableChallenges"]);
    let destination = json!({ "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL", "CODE_DELIVERY_DESTINATION": "j***@e***" });
    assert_eq!(asked["ChallengeParameters"], destination);
    let code = sent_code(&site, "jane@example.com").await;
    // A wrong code leaves the session as it was.
    let mismatch = "Invalid code or auth state for the user.";
    for _ in 0..6 {
        let wrong = code_answer(&client, "jane", &asked, "00000000");
        site.refused("RespondToAuthChallenge", wrong, "CodeMismatchException", mismatch).await;
    }
    let right = code_answer(&client, "jane", &asked, &code);
    let tokens = Tokens::of(&site.ok("RespondToAuthChallenge", right.clone()).await);
    site.ok("GetUser", json!({ "AccessToken": tokens.access })).await;
    let once = "Invalid session for the user, session can only be used once.";
    site.refused("RespondToAuthChallenge", right, "NotAuthorizedException", once).await;
});

site_test!(guesses_at_a_code_are_few_and_lock_nobody_out, |site: Site| async move {
    let (pool, client) = pool_and_client(&site, false).await;
    site.user(&pool, "jane").await;
    let asked = site.ok("InitiateAuth", begin(&client, "jane", Some("EMAIL_OTP"))).await;
    let code = sent_code(&site, "jane@example.com").await;
    for _ in 0..10 {
        site.api("RespondToAuthChallenge", code_answer(&client, "jane", &asked, "00000000")).await;
    }
    let late = code_answer(&client, "jane", &asked, &code);
    site.refused("RespondToAuthChallenge", late, "NotAuthorizedException", "Invalid session for the user.").await;
    // Another session is another matter, and the password was never in danger.
    let again = site.ok("InitiateAuth", begin(&client, "jane", Some("EMAIL_OTP"))).await;
    let code = sent_code(&site, "jane@example.com").await;
    site.ok("RespondToAuthChallenge", code_answer(&client, "jane", &again, &code)).await;
    site.sign_in(&client, "jane").await;
    // Nor are codes sent without end.
    for _ in 0..18 {
        site.ok("InitiateAuth", begin(&client, "jane", Some("EMAIL_OTP"))).await;
    }
    let limit = "Attempt limit exceeded, please try after some time.";
    site.refused("InitiateAuth", begin(&client, "jane", Some("EMAIL_OTP")), "LimitExceededException", limit).await;
    site.advance(HOUR);
    site.ok("InitiateAuth", begin(&client, "jane", Some("EMAIL_OTP"))).await;
});

site_test!(a_code_lives_as_long_as_its_session, |site: Site| async move {
    let (pool, client) = pool_and_client(&site, false).await;
    site.user(&pool, "jane").await;
    let asked = site.ok("InitiateAuth", begin(&client, "jane", Some("EMAIL_OTP"))).await;
    let right = code_answer(&client, "jane", &asked, &sent_code(&site, "jane@example.com").await);
    site.advance(3 * MINUTE);
    let expired = "Invalid session for the user, session is expired.";
    site.refused("RespondToAuthChallenge", right, "NotAuthorizedException", expired).await;
});

site_test!(nobody_is_answered_like_somebody, |site: Site| async move {
    let (pool, client) = pool_and_client(&site, true).await;
    site.user(&pool, "jane").await;
    let known = site.ok("InitiateAuth", begin(&client, "jane", Some("EMAIL_OTP"))).await;
    let before = site.outbox().await.len();
    let unknown = site.ok("InitiateAuth", begin(&client, "nobody@example.com", Some("EMAIL_OTP"))).await;
    assert_eq!(site.outbox().await.len(), before, "no mail to nobody");
    assert_eq!(known["AvailableChallenges"], unknown["AvailableChallenges"]);
    assert_eq!(unknown["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"], "n***@e***");
    let mismatch = "Invalid code or auth state for the user.";
    let wrong = code_answer(&client, "nobody@example.com", &unknown, "12345678");
    site.refused("RespondToAuthChallenge", wrong, "CodeMismatchException", mismatch).await;
    // Where nothing is hidden, it is said.
    let (_, open) = pool_and_client(&site, false).await;
    site.refused("InitiateAuth", begin(&open, "nobody", None), "UserNotFoundException", "User does not exist.").await;
});

site_test!(an_unproved_address_signs_nobody_in, |site: Site| async move {
    let (pool, client) = pool_and_client(&site, false).await;
    let unproved = crate::tests::harness::attributes(&[("email", "victim@example.com")]);
    site.user_with(&pool, "jane", unproved).await;
    let choice = site.ok("InitiateAuth", begin(&client, "jane", Some("EMAIL_OTP"))).await;
    assert_eq!(choice["AvailableChallenges"], json!(["PASSWORD_SRP", "PASSWORD"]));
    assert_eq!(choice["ChallengeName"], "SELECT_CHALLENGE");
    assert!(site.outbox().await.is_empty());
});

site_test!(signing_up_without_a_password, |site: Site| async move {
    let (pool, client) = pool_and_client(&site, false).await;
    let mut input = sign_up(&client, "jane", "jane@example.com");
    input.as_object_mut().unwrap().remove("Password");
    site.ok("SignUp", input.clone()).await;
    // By a code, the account is confirmed and signed in at once.
    let asked = site.ok("InitiateAuth", begin(&client, "jane", Some("EMAIL_OTP"))).await;
    let code = sent_code(&site, "jane@example.com").await;
    site.ok("RespondToAuthChallenge", code_answer(&client, "jane", &asked, &code)).await;
    assert_eq!(site.admin_get(&pool, "jane").await["UserStatus"], "CONFIRMED");
    // Where there is no other way to sign in, a password is required.
    let bare = site.pool(json!({})).await;
    let client = site.client(&bare, json!({})).await;
    input["ClientId"] = client.into();
    site.refused("SignUp", input, "InvalidParameterException", "Password is required.").await;
});

site_test!(a_sign_up_leads_to_a_sign_in, |site: Site| async move {
    let (pool, client) = pool_and_client(&site, false).await;
    let signed_up = site.sign_up(&client, "jane", "jane@example.com").await;
    let code = site.code("jane@example.com").await;
    let confirm = json!({ "ClientId": client, "Username": "jane", "ConfirmationCode": code, "Session": signed_up["Session"] });
    let with = |session: &Value| merged(begin(&client, "jane", None), json!({ "Session": session }));
    // A session that nothing was confirmed with opens nothing.
    let early = with(&signed_up["Session"]);
    site.refused("InitiateAuth", early, "NotAuthorizedException", "Invalid session for the user.").await;
    let confirmed = site.ok("ConfirmSignUp", confirm).await;
    let tokens = Tokens::of(&site.ok("InitiateAuth", with(&confirmed["Session"])).await);
    assert_eq!(tokens.access_claims()["username"], "jane");
    let once = "Invalid session for the user, session can only be used once.";
    site.refused("InitiateAuth", with(&confirmed["Session"]), "NotAuthorizedException", once).await;
    let changed = json!({ "UserPoolId": pool, "Username": "jane", "Password": PASSWORD, "Permanent": true });
    site.ok("AdminSetUserPassword", changed).await;
});
