//! Signing in with SRP, by a client that does what the SDKs do.

use super::fixtures::{PASSWORD, Tokens};
use super::harness::{Site, attributes, site_test};
use crate::auth::srp::{Claim, client::Client};
use crate::kit::clock::MINUTE;
use crate::kit::text;
use serde_json::{Value, json};

const TIMESTAMP: &str = "Thu Jan 1 00:00:00 UTC 2026";
const WRONG: (&str, &str) = ("NotAuthorizedException", "Incorrect username or password.");

/// The challenge for a name, and the client that it is answered with.
pub async fn challenge(site: &Site, client: &str, name: &str) -> (Client, Value) {
    let srp = Client::new(&[7; 32]);
    let parameters = json!({ "USERNAME": name, "SRP_A": srp.srp_a() });
    let answer = site.ok("InitiateAuth", json!({ "ClientId": client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters })).await;
    assert_eq!(answer["ChallengeName"], "PASSWORD_VERIFIER");
    (srp, answer["ChallengeParameters"].clone())
}

/// The answer to a challenge with this password.
pub fn response(pool: &str, client: &str, (srp, parameters): &(Client, Value), password: &str) -> Value {
    let text = |name: &str| parameters[name].as_str().expect("a parameter");
    let padded = |hex: &str| text::from_hex(&format!("{}{hex}", if hex.len() % 2 == 1 { "0" } else { "" })).expect("hexadecimal");
    let block = text::from_base64(text("SECRET_BLOCK")).expect("Base64");
    let pool_name = pool.split_once('_').expect("a pool id").1;
    let claim = Claim { pool_name, username: text("USER_ID_FOR_SRP"), secret_block: &block, timestamp: TIMESTAMP };
    let signature = srp.signature(&claim, password, &padded(text("SALT")), &padded(text("SRP_B"))).expect("an acceptable B");
    json!({ "ClientId": client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": {
        "USERNAME": text("USER_ID_FOR_SRP"), "PASSWORD_CLAIM_SECRET_BLOCK": text("SECRET_BLOCK"),
        "PASSWORD_CLAIM_SIGNATURE": text::base64(&signature), "TIMESTAMP": TIMESTAMP,
    } })
}

site_test!(a_right_password_proves_itself, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let asked = challenge(&site, &client, "jane").await;
    let mut members: Vec<_> = asked.1.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP"]);
    assert_eq!((&asked.1["USERNAME"], &asked.1["USER_ID_FOR_SRP"]), (&json!("jane"), &json!("jane")));
    assert_eq!(site.count("sessions").await, 0, "asking writes nothing");
    let answer = site.ok("RespondToAuthChallenge", response(&pool, &client, &asked, PASSWORD)).await;
    assert_eq!(answer["ChallengeParameters"], json!({}));
    site.ok("GetUser", json!({ "AccessToken": Tokens::of(&answer).access })).await;
});

site_test!(a_secret_block_serves_once, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let asked = challenge(&site, &client, "jane").await;
    let answer = response(&pool, &client, &asked, PASSWORD);
    site.ok("RespondToAuthChallenge", answer.clone()).await;
    let again = site.api("RespondToAuthChallenge", answer).await;
    assert_eq!((again.status, again.refusal().0.as_str()), (400, "NotAuthorizedException"));
    assert_eq!(site.count("sessions").await, 1);
});

site_test!(a_wrong_password_proves_nothing, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    for _ in 0..5 {
        let asked = challenge(&site, &client, "jane").await;
        site.refused("RespondToAuthChallenge", response(&pool, &client, &asked, "Wr0ng-one!"), WRONG.0, WRONG.1).await;
    }
    let asked = challenge(&site, &client, "jane").await;
    let locked = response(&pool, &client, &asked, PASSWORD);
    site.refused("RespondToAuthChallenge", locked.clone(), "NotAuthorizedException", "Password attempts exceeded").await;
    site.advance(1_000);
    site.ok("RespondToAuthChallenge", locked).await;
});

site_test!(a_block_holds_for_its_client_and_time, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let sibling = site.client(&pool, json!({})).await;
    site.user(&pool, "jane").await;
    let asked = challenge(&site, &client, "jane").await;
    let elsewhere = response(&pool, &sibling, &asked, PASSWORD);
    site.refused("RespondToAuthChallenge", elsewhere, "NotAuthorizedException", "Invalid session for the user.").await;
    site.advance(3 * MINUTE);
    let late = response(&pool, &client, &asked, PASSWORD);
    let message = "Invalid session for the user, session is expired.";
    site.refused("RespondToAuthChallenge", late, "NotAuthorizedException", message).await;
});

site_test!(what_is_no_answer_is_refused, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let good = response(&pool, &client, &challenge(&site, &client, "jane").await, PASSWORD);
    let missing = |name: &str| format!("Missing required parameter {name}");
    for (name, value, exception, message) in [
        ("USERNAME", "", "InvalidParameterException", missing("USERNAME")),
        ("TIMESTAMP", "", "InvalidParameterException", missing("TIMESTAMP")),
        ("PASSWORD_CLAIM_SIGNATURE", "", "InvalidParameterException", missing("PASSWORD_CLAIM_SIGNATURE")),
        ("PASSWORD_CLAIM_SECRET_BLOCK", "", "InvalidParameterException", missing("PASSWORD_CLAIM_SECRET_BLOCK")),
        ("TIMESTAMP", "now", "InvalidParameterException", "TIMESTAMP is not of the form EEE MMM d HH:mm:ss UTC yyyy.".into()),
        ("TIMESTAMP", "Fri Jan 2 00:00:00 UTC 2026", WRONG.0, WRONG.1.into()),
        ("PASSWORD_CLAIM_SIGNATURE", "AAAA", WRONG.0, WRONG.1.into()),
        ("PASSWORD_CLAIM_SIGNATURE", "!", WRONG.0, WRONG.1.into()),
        ("PASSWORD_CLAIM_SECRET_BLOCK", "AAAA", "NotAuthorizedException", "Invalid session for the user.".into()),
    ] {
        let mut bad = good.clone();
        bad["ChallengeResponses"][name] = value.into();
        site.refused("RespondToAuthChallenge", bad, exception, &message).await;
    }
    site.ok("RespondToAuthChallenge", good).await;
});

site_test!(only_a_number_of_the_group_is_a_public_value, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let modulus = text::hex(&crate::kit::bignum::Group::srp3072().modulus()[..]);
    for a in ["0", "000", &modulus, &format!("0{modulus}"), &"f".repeat(768), &"1".repeat(800)] {
        let parameters = json!({ "USERNAME": "jane", "SRP_A": a });
        let input = json!({ "ClientId": client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters });
        site.refused("InitiateAuth", input, "InvalidParameterException", "SRP_A is not a valid public value.").await;
    }
    let parameters = json!({ "USERNAME": "jane", "SRP_A": "xyz" });
    let input = json!({ "ClientId": client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters });
    let pattern = "Member must satisfy regular expression pattern: ^[0-9a-fA-F]+$";
    let message = format!("1 validation error detected: Value 'xyz' at 'a' failed to satisfy constraint: {pattern}");
    site.refused("InitiateAuth", input, "InvalidParameterException", &message).await;
});

site_test!(an_alias_leads_to_the_internal_name, |site: Site| async move {
    let pool = site.pool(json!({ "UsernameAttributes": ["email"] })).await;
    let client = site.client(&pool, json!({})).await;
    let sub = site.user_with(&pool, "jane@example.com", attributes(&[("email_verified", "true")])).await;
    let asked = challenge(&site, &client, "jane@example.com").await;
    assert_eq!(asked.1["USER_ID_FOR_SRP"], sub.as_str());
    site.ok("RespondToAuthChallenge", response(&pool, &client, &asked, PASSWORD)).await;
});

site_test!(a_temporary_password_leads_on_to_a_new_one, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let create = json!({ "UserPoolId": pool, "Username": "jane", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS" });
    site.ok("AdminCreateUser", create).await;
    let asked = challenge(&site, &client, "jane").await;
    let answer = response(&pool, &client, &asked, PASSWORD);
    let next = site.ok("RespondToAuthChallenge", answer.clone()).await;
    assert_eq!((next["ChallengeName"].as_str(), next.get("AuthenticationResult")), (Some("NEW_PASSWORD_REQUIRED"), None));
    assert_eq!(site.api("RespondToAuthChallenge", answer).await.status, 400, "the block is used up");
    let input = json!({ "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": next["Session"],
        "ChallengeResponses": { "USERNAME": "jane", "NEW_PASSWORD": "Other0ne!" } });
    site.ok("RespondToAuthChallenge", input).await;
    let asked = challenge(&site, &client, "jane").await;
    site.ok("RespondToAuthChallenge", response(&pool, &client, &asked, "Other0ne!")).await;
});
