//! Assertions: the challenge that a browser gets, and which answers to it are a passkey's.

use super::authenticator::{Authenticator, BE, BS, Ceremony, UP, UV, complete, for_localhost};
use super::harness::{Site, merged, site_test};
use crate::api::{Cx, Result};
use crate::passkeys::assertion::{self, Verified};
use crate::pools::Pool;
use crate::pools::mfa::WebAuthn;
use crate::users::{User, lookup};
use serde_json::{Value, json};
use std::sync::Arc;

/// A sign-in under way.
struct Door {
    cx: Cx,
    pool: Arc<Pool>,
    user: Option<User>,
    challenge: Vec<u8>,
    ceremony: Ceremony,
}

async fn ask(site: &Site, pool: &str, name: &str) -> Door {
    let mut cx = Cx::internal(site.app.clone());
    let pool = crate::pools::load(&mut cx, pool).await.unwrap();
    let user = lookup::find(&mut cx, &pool, name).await.unwrap();
    let (options, challenge) = assertion::request_options(&mut cx, &pool, user.as_ref(), name).await.unwrap();
    Door { cx, pool, user, challenge, ceremony: Ceremony::sign_in(&options) }
}

impl Door {
    async fn try_text(&mut self, credential: &str) -> Result<Verified> {
        assertion::verify(&mut self.cx, &self.pool, self.user.as_ref(), &self.challenge, credential).await
    }

    async fn try_with(&mut self, authenticator: &Authenticator, change: impl Fn(&mut Ceremony)) -> Result<Verified> {
        let mut ceremony = self.ceremony.clone();
        change(&mut ceremony);
        self.try_text(&authenticator.sign_in(&ceremony).to_string()).await
    }

    async fn note(&mut self, verified: &Verified) -> Result<()> {
        let now = self.cx.now();
        let mut tx = self.cx.begin().await?;
        assertion::used(&mut tx, &self.pool.id, verified, now).await?;
        tx.commit().await
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T>, what: &str) {
    let error = result.expect_err(what);
    assert_eq!(error.exception().map(|e| e.name()), Some("NotAuthorizedException"), "{what}");
    assert_eq!(error.message(), "Invalid WebAuthn credential.", "{what}");
}

site_test!(a_passkey_signs_in, |site: Site| async move {
    let (pool, _, token) = site.passkeys().await;
    let (platform, roaming) = (Authenticator::es256(&[1; 16]), Authenticator::rs256(&[2; 64]));
    for passkey in [&platform, &roaming] {
        site.register(&token, passkey).await;
    }
    let mut door = ask(&site, &pool, "jane").await;
    let sub = door.user.as_ref().unwrap().sub.clone();
    let verified = door.try_with(&platform, |_| {}).await.unwrap();
    assert_eq!((verified.credential_id.as_str(), verified.amr), (platform.credential_id().as_str(), "swk"));
    assert_eq!((verified.user_verified, verified.backup_eligible), (true, false));
    door.try_with(&platform, |c| c.user_handle = Some(String::new())).await.unwrap();
    let unverified = |c: &mut Ceremony| (c.flags, c.user_handle) = (UP, Some(sub.clone()));
    let verified = door.try_with(&roaming, unverified).await.unwrap();
    assert_eq!((verified.user_verified, verified.amr), (false, "hwk"));
    door.note(&verified).await.unwrap();
    let mut cx = Cx::internal(site.app.clone());
    let mut tx = cx.read().await.unwrap();
    assert_eq!(assertion::count(&mut tx, &pool, &sub).await.unwrap(), 2);
    assert!(assertion::has_any(&mut tx, &pool, &sub).await.unwrap());
    assert!(!assertion::has_any(&mut tx, &pool, "nobody").await.unwrap());
});

site_test!(the_challenge_is_cognitos_and_tells_nothing_of_who_exists, |site: Site| async move {
    let pool = site.pool(json!({ "UsernameConfiguration": { "CaseSensitive": false } })).await;
    let client = site.client(&pool, json!({})).await;
    site.set_web_authn(&pool, for_localhost()).await;
    site.user(&pool, "jane").await;
    let token = site.sign_in(&client, "jane").await.access;
    let passkey = Authenticator::es256(&[1; 16]);
    site.register(&token, &passkey).await;
    site.user(&pool, "bare").await;
    let mut cx = Cx::internal(site.app.clone());
    let loaded = crate::pools::load(&mut cx, &pool).await.unwrap();
    let mut options = Vec::new();
    for name in ["jane", "bare", "nobody", "NOBODY", "nemo"] {
        let user = lookup::find(&mut cx, &loaded, name).await.unwrap();
        let (text, challenge) = assertion::request_options(&mut cx, &loaded, user.as_ref(), name).await.unwrap();
        let parsed: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed["challenge"], crate::kit::text::base64url(&challenge));
        options.push(parsed);
    }
    let expected = json!({
        "challenge": options[0]["challenge"], "timeout": 180000, "rpId": "localhost",
        "allowCredentials": [{ "type": "public-key", "id": passkey.credential_id(), "transports": ["hybrid", "internal"] }],
        "userVerification": "preferred",
    });
    assert_eq!(options[0], expected);
    let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for other in &options[1..] {
        assert_eq!(members(other), members(&options[0]));
        assert_eq!(members(&other["allowCredentials"][0]), members(&options[0]["allowCredentials"][0]));
    }
    let invented = |n: usize| options[n]["allowCredentials"].clone();
    assert_eq!(invented(2), invented(3), "the same name, however it is written");
    assert_ne!(invented(2), invented(4));
    let again = assertion::request_options(&mut cx, &loaded, None, "nobody").await.unwrap().0;
    assert_eq!(serde_json::from_str::<Value>(&again).unwrap()["allowCredentials"], invented(2));
});

site_test!(an_assertion_for_anything_else_is_refused_alike, |site: Site| async move {
    let (pool, client, token) = site.passkeys().await;
    let passkey = Authenticator::es256(&[1; 16]);
    site.register(&token, &passkey).await;
    site.user(&pool, "eve").await;
    let eve = Authenticator::es256(&[2; 16]);
    let eve_token = site.sign_in(&client, "eve").await.access;
    site.register(&eve_token, &eve).await;
    let mut door = ask(&site, &pool, "jane").await;
    let other = ask(&site, &pool, "jane").await.ceremony.challenge;
    refused(door.try_with(&passkey, |c| c.challenge = other.clone()).await, "another challenge");
    refused(door.try_with(&passkey, |c| c.challenge = String::new()).await, "no challenge");
    refused(door.try_with(&passkey, |c| c.kind = "webauthn.create").await, "a registration");
    refused(door.try_with(&passkey, |c| c.origin = "https://evil.example".into()).await, "another origin");
    refused(door.try_with(&passkey, |c| c.origin = "http://evil.example".into()).await, "plain http");
    refused(door.try_with(&passkey, |c| c.more = json!({ "crossOrigin": true })).await, "a frame");
    refused(door.try_with(&passkey, |c| c.rp_id = "evil.example".into()).await, "another relying party");
    refused(door.try_with(&passkey, |c| c.flags = UV).await, "nobody present");
    refused(door.try_with(&passkey, |c| c.flags = UP | UV | BS).await, "backed up and not eligible");
    refused(door.try_with(&passkey, |c| c.flags = UP | UV | BE).await, "eligible all at once");
    refused(door.try_with(&passkey, |c| c.user_handle = Some("somebody".into())).await, "somebody else's handle");
    refused(door.try_with(&eve, |_| {}).await, "somebody else's passkey");
    refused(door.try_with(&Authenticator::es256(&[1; 16]), |_| {}).await, "another key under the same id");
    refused(door.try_with(&Authenticator::es256(&[9; 16]), |_| {}).await, "an unknown passkey");
    door.try_with(&passkey, |_| {}).await.unwrap();
    let delete = json!({ "AccessToken": token, "CredentialId": passkey.credential_id() });
    site.ok("DeleteWebAuthnCredential", delete).await;
    refused(door.try_with(&passkey, |_| {}).await, "a deleted passkey");
    let mut nobody = ask(&site, &pool, "nobody").await;
    refused(nobody.try_with(&eve, |_| {}).await, "a user who does not exist");
    // Another pool's user of the same name has not this passkey.
    let (elsewhere, _, _) = site.passkeys().await;
    refused(ask(&site, &elsewhere, "jane").await.try_with(&eve, |_| {}).await, "another pool");
});

site_test!(what_is_altered_does_not_verify, |site: Site| async move {
    let (pool, _, token) = site.passkeys().await;
    let passkey = Authenticator::es256(&[1; 16]);
    site.register(&token, &passkey).await;
    let mut door = ask(&site, &pool, "jane").await;
    let good = passkey.sign_in(&door.ceremony);
    for member in ["clientDataJSON", "authenticatorData", "signature"] {
        let bytes = crate::kit::text::from_base64url(good["response"][member].as_str().unwrap()).unwrap();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            let mut credential = good.clone();
            credential["response"][member] = crate::kit::text::base64url(&altered).into();
            refused(door.try_text(&credential.to_string()).await, member);
        }
        let mut credential = good.clone();
        credential["response"][member] = "".into();
        refused(door.try_text(&credential.to_string()).await, member);
        credential["response"].as_object_mut().unwrap().remove(member);
        refused(door.try_text(&credential.to_string()).await, member);
    }
    for text in ["", "null", "{}", "[]", "\"x\"", "{\"id\":", &merged(good.clone(), json!({ "rawId": "AQID" })).to_string()] {
        refused(door.try_text(text).await, text);
    }
    door.try_text(&good.to_string()).await.unwrap();
});

site_test!(a_pool_that_requires_verification_gets_it, |site: Site| async move {
    let (pool, _, token) = site.passkeys().await;
    let passkey = Authenticator::es256(&[1; 16]);
    site.register(&token, &passkey).await;
    for web_authn in [
        WebAuthn { user_verification: Some("required".into()), ..for_localhost() },
        WebAuthn { factor_configuration: Some("MULTI_FACTOR_WITH_USER_VERIFICATION".into()), ..for_localhost() },
    ] {
        site.set_web_authn(&pool, web_authn).await;
        let mut door = ask(&site, &pool, "jane").await;
        refused(door.try_with(&passkey, |c| c.flags = UP).await, "not verified");
        assert!(door.try_with(&passkey, |_| {}).await.unwrap().user_verified);
    }
});

site_test!(a_counter_only_rises, |site: Site| async move {
    let (pool, _, token) = site.passkeys().await;
    let (counting, still) = (Authenticator::es256(&[1; 16]), Authenticator::es256(&[2; 16]));
    let ceremony = Ceremony { counter: 5, ..site.start(&token).await };
    site.ok("CompleteWebAuthnRegistration", complete(&token, &counting.register(&ceremony))).await;
    site.register(&token, &still).await;
    let mut door = ask(&site, &pool, "jane").await;
    for count in [0, 4, 5] {
        refused(door.try_with(&counting, |c| c.counter = count).await, "a counter that does not rise");
    }
    // Two sign-ins with the same count: the first that is noted wins.
    let (one, two) =
        (door.try_with(&counting, |c| c.counter = 6).await.unwrap(), door.try_with(&counting, |c| c.counter = 6).await.unwrap());
    door.note(&one).await.unwrap();
    refused(door.note(&two).await, "the same count again");
    refused(door.try_with(&counting, |c| c.counter = 6).await, "the count that was used");
    door.try_with(&counting, |c| c.counter = u32::MAX).await.unwrap();
    // An authenticator that does not count may be used again and again, until it begins to count.
    for _ in 0..2 {
        let verified = door.try_with(&still, |_| {}).await.unwrap();
        door.note(&verified).await.unwrap();
    }
    let first = door.try_with(&still, |c| c.counter = 1).await.unwrap();
    door.note(&first).await.unwrap();
    refused(door.try_with(&still, |_| {}).await, "a counter that stopped");
    let gone = door.try_with(&counting, |c| c.counter = 9).await.unwrap();
    site.ok("DeleteWebAuthnCredential", json!({ "AccessToken": token, "CredentialId": counting.credential_id() })).await;
    refused(door.note(&gone).await, "deleted before it was noted");
});

site_test!(a_synced_passkey_says_so_each_time, |site: Site| async move {
    let (pool, _, token) = site.passkeys().await;
    let synced = Authenticator::es256(&[1; 16]);
    let ceremony = Ceremony { flags: UP | UV | BE, ..site.start(&token).await };
    site.ok("CompleteWebAuthnRegistration", complete(&token, &synced.register(&ceremony))).await;
    let mut door = ask(&site, &pool, "jane").await;
    let verified = door.try_with(&synced, |c| c.flags = UP | UV | BE | BS).await.unwrap();
    assert!(verified.backup_eligible);
    door.note(&verified).await.unwrap();
    refused(door.try_with(&synced, |c| c.flags = UP | UV).await, "eligible no more");
});
