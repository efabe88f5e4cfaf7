//! CompleteWebAuthnRegistration: which credentials are taken, and every reason why one is not.

use super::authenticator::{Authenticator, BS, Ceremony, UP, UV, attestation, complete, for_localhost};
use super::harness::{Site, merged, site_test};
use super::hostile::{spoil, wrong};
use crate::kit::clock::{MINUTE, SECOND};
use crate::kit::text;
use crate::passkeys::authenticator_data;
use crate::pools::mfa::WebAuthn;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

const OPERATION: &str = "CompleteWebAuthnRegistration";
const UNSUPPORTED: &str = "WebAuthnCredentialNotSupportedException";
const MALFORMED: (&str, &str) = (UNSUPPORTED, "The credential is malformed.");
const NOT_FOUND: (&str, &str) =
    ("WebAuthnChallengeNotFoundException", "The registration's challenge was not found, has expired or was used already.");

site_test!(both_algorithms_register_once, |site: Site| async move {
    let (_, _, token) = site.passkeys().await;
    for passkey in [Authenticator::es256(&[1; 16]), Authenticator::rs256(&[2; 32])] {
        let ceremony = site.start(&token).await;
        let input = complete(&token, &passkey.register(&ceremony));
        assert_eq!(site.ok(OPERATION, input.clone()).await, json!({}));
        site.refused(OPERATION, input, NOT_FOUND.0, NOT_FOUND.1).await;
    }
    assert_eq!((site.count("passkeys").await, site.count("webauthn_challenges").await), (2, 0));
});

site_test!(a_challenge_is_its_clients_and_its_users_for_five_minutes, |site: Site| async move {
    let (pool, client, token) = site.passkeys().await;
    let passkey = Authenticator::es256(&[1; 16]);
    let older = site.start(&token).await;
    let ceremony = site.start(&token).await;
    site.refused(OPERATION, complete(&token, &passkey.register(&older)), NOT_FOUND.0, NOT_FOUND.1).await;
    let other_client = site.client(&pool, json!({})).await;
    let other = site.sign_in(&other_client, "jane").await.access;
    let mismatch = "The registration was started with an access token of another app client.";
    site.refused(OPERATION, complete(&other, &passkey.register(&ceremony)), "WebAuthnClientMismatchException", mismatch).await;
    site.user(&pool, "eve").await;
    let eve = site.sign_in(&client, "eve").await.access;
    site.refused(OPERATION, complete(&eve, &passkey.register(&ceremony)), NOT_FOUND.0, NOT_FOUND.1).await;
    for challenge in ["", "AQID", "not base64url!", ceremony.challenge.trim_end_matches(|c| c != '_')] {
        let guessed = Ceremony { challenge: challenge.into(), ..ceremony.clone() };
        site.refused(OPERATION, complete(&token, &passkey.register(&guessed)), NOT_FOUND.0, NOT_FOUND.1).await;
    }
    site.advance(5 * MINUTE - SECOND);
    let mut cx = crate::api::Cx::internal(site.app.clone());
    crate::passkeys::jobs::sweep(&mut cx).await.unwrap();
    assert_eq!(site.count("webauthn_challenges").await, 1);
    site.advance(SECOND);
    site.refused(OPERATION, complete(&token, &passkey.register(&ceremony)), NOT_FOUND.0, NOT_FOUND.1).await;
    crate::passkeys::jobs::sweep(&mut cx).await.unwrap();
    assert_eq!(site.count("webauthn_challenges").await, 0);
});

site_test!(of_two_completions_at_once_one_is_refused, |site: Site| async move {
    let (_, _, token) = site.passkeys().await;
    let ceremony = site.start(&token).await;
    let inputs = [1, 2].map(|n| complete(&token, &Authenticator::es256(&[n; 16]).register(&ceremony)));
    let (a, b) = tokio::join!(site.api(OPERATION, inputs[0].clone()), site.api(OPERATION, inputs[1].clone()));
    assert_eq!([a.status, b.status].iter().filter(|s| **s == 200).count(), 1, "{} {}", a.body, b.body);
    assert_eq!(site.count("passkeys").await, 1);
});

site_test!(what_browser_and_authenticator_say_must_fit, |site: Site| async move {
    let (pool, _, token) = site.passkeys().await;
    site.set_web_authn(&pool, WebAuthn { user_verification: Some("required".into()), ..for_localhost() }).await;
    let good = site.start(&token).await;
    let passkey = Authenticator::es256(&[1; 16]);
    let origin = ("WebAuthnOriginNotAllowedException", "The origin of the credential is not allowed for the relying party.");
    let party = "The credential belongs to another relying party than the user pool's.";
    let changed = |change: &dyn Fn(&mut Ceremony)| {
        let mut ceremony = good.clone();
        change(&mut ceremony);
        ceremony
    };
    for (ceremony, (exception, message)) in [
        (changed(&|c| c.kind = "webauthn.get"), (UNSUPPORTED, "The credential was not made by a registration.")),
        (changed(&|c| c.origin = "https://evil.example".into()), origin),
        (changed(&|c| c.origin = "https://localhost.evil.example".into()), origin),
        (changed(&|c| c.origin = "android:apk-key-hash:AAAA".into()), origin),
        (changed(&|c| c.more = json!({ "crossOrigin": true })), origin),
        (changed(&|c| c.rp_id = "evil.example".into()), ("WebAuthnRelyingPartyMismatchException", party)),
        (changed(&|c| c.flags = UP), (UNSUPPORTED, "The user pool requires user verification.")),
        (changed(&|c| c.flags = UV), (UNSUPPORTED, "The authenticator did not test for the user's presence.")),
        (changed(&|c| c.flags = UP | UV | BS), MALFORMED),
    ] {
        site.refused(OPERATION, complete(&token, &passkey.register(&ceremony)), exception, message).await;
    }
    site.ok(OPERATION, complete(&token, &passkey.register(&good))).await;
});

site_test!(a_credential_has_one_owner, |site: Site| async move {
    let (pool, client, token) = site.passkeys().await;
    let passkey = Authenticator::es256(&[1; 16]);
    site.register(&token, &passkey).await;
    site.user(&pool, "eve").await;
    let eve = site.sign_in(&client, "eve").await.access;
    let twin = Authenticator::es256(&[1; 16]);
    for (token, authenticator) in [(&eve, &twin), (&eve, &passkey), (&token, &passkey)] {
        let ceremony = site.start(token).await;
        let input = complete(token, &authenticator.register(&ceremony));
        site.refused(OPERATION, input, UNSUPPORTED, "The credential is registered already.").await;
    }
    // Another pool is another world.
    let (_, _, elsewhere) = site.passkeys().await;
    site.register(&elsewhere, &twin).await;
});

site_test!(only_keys_that_can_be_used_are_taken, |site: Site| async move {
    let (_, _, token) = site.passkeys().await;
    let ceremony = site.start(&token).await;
    let passkey = Authenticator::es256(&[1; 16]);
    let algorithm = (UNSUPPORTED, "The credential's algorithm is not supported: only ES256 and RS256 are.");
    let key = |hex: &str| attestation(&passkey.new_credential_with(&ceremony, &text::from_hex(hex).unwrap()));
    let zeros = "00".repeat(32);
    for (what, object, (exception, message)) in [
        ("EdDSA", key(&format!("a401010327200621 5820{zeros}").replace(' ', "")), algorithm),
        ("ES384", key("a301020338222002"), algorithm),
        ("no point", key(&format!("a5010203262001215820{zeros}225820{zeros}")), MALFORMED),
        ("a short RSA key", key("a4010303390100200121430100 01".replace(' ', "").as_str()), MALFORMED),
        ("no key", key(""), MALFORMED),
        ("a list", key("80"), MALFORMED),
    ] {
        let answer = site.api(OPERATION, complete(&token, &passkey.register_with(&ceremony, &object))).await;
        assert_eq!(answer.refusal(), (exception.to_owned(), message.to_owned()), "{what}");
    }
    assert_eq!(site.count("passkeys").await, 0);
});

site_test!(attestation_is_not_trusted_but_well_formed, |site: Site| async move {
    let (_, _, token) = site.passkeys().await;
    let passkey = Authenticator::es256(&[1; 16]);
    let ceremony = site.start(&token).await;
    let good = attestation(&passkey.new_credential(&ceremony));
    let replaced = |from: &[u8], to: &[u8]| {
        let at = good.windows(from.len()).position(|w| w == from).expect("what is replaced");
        [&good[..at], to, &good[at + from.len()..]].concat()
    };
    for (what, object) in [
        ("nothing", vec![]),
        ("no CBOR", b"{}".to_vec()),
        ("an end too soon", good[..good.len() - 1].to_vec()),
        ("an end too late", [&good[..], &[0]].concat()),
        ("no format", replaced(b"\x63fmt", b"\x63fmz")),
        ("a statement where there is none", replaced(b"attStmt\xa0", b"attStmt\xa1\x61x\x01")),
        ("a statement that is no map", replaced(b"attStmt\xa0", b"attStmt\x80")),
        ("data as text", replaced(b"authData\x59", b"authData\x79")),
        ("no credential", attestation(&passkey.new_credential(&ceremony)[..37])),
    ] {
        let answer = site.api(OPERATION, complete(&token, &passkey.register_with(&ceremony, &object))).await;
        assert_eq!(answer.refusal(), (MALFORMED.0.to_owned(), MALFORMED.1.to_owned()), "{what}");
    }
    let other_id = merged(passkey.register(&ceremony), json!({ "id": "AQID", "rawId": "AQID" }));
    site.refused(OPERATION, complete(&token, &other_id), MALFORMED.0, MALFORMED.1).await;
    let other_format = replaced(b"\x64none\x67attStmt\xa0", b"\x66packed\x67attStmt\xa2\x63alg\x26\x63sig\x41\x00");
    site.ok(OPERATION, complete(&token, &passkey.register_with(&ceremony, &other_format))).await;
});

site_test!(a_document_that_is_no_registration, |site: Site| async move {
    let (_, _, token) = site.passkeys().await;
    let good = Authenticator::es256(&[1; 16]).register(&site.start(&token).await);
    let invalid = ("InvalidParameterException", "Credential is not a registration response.");
    for credential in [
        json!({}),
        json!([]),
        json!(7),
        json!("text"),
        merged(good.clone(), json!({ "type": "password" })),
        merged(good.clone(), json!({ "rawId": "AQID" })),
        merged(good.clone(), json!({ "id": "" })),
        merged(good.clone(), json!({ "response": {} })),
        merged(good.clone(), json!({ "response": { "clientDataJSON": "e30", "attestationObject": "!" } })),
        merged(good.clone(), json!({ "id": text::base64url(&[0; 1_024]), "rawId": text::base64url(&[0; 1_024]) })),
    ] {
        site.refused(OPERATION, complete(&token, &credential), invalid.0, invalid.1).await;
    }
    // Whatever else is wrong with it, it is refused and breaks nothing.
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let wrongs = proptest::collection::vec(wrong(), 1..3);
    for _ in 0..100 {
        let wrongs = wrongs.new_tree(&mut runner).expect("a case").current();
        let answer = site.api(OPERATION, spoil(OPERATION, complete(&token, &good), &wrongs)).await;
        assert!([200, 400, 413].contains(&answer.status), "{}", answer.body);
        assert_ne!(answer.json()["__type"], "InternalErrorException", "{}", answer.body);
    }
});

/// A good attestation object, of a key that is made once.
fn object() -> &'static [u8] {
    static OBJECT: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
        let options: Value = json!({ "rp": { "id": "localhost" }, "challenge": "AQID" });
        attestation(&Authenticator::rs256(&[1; 16]).new_credential(&Ceremony::registration(&options)))
    });
    &OBJECT
}

proptest! {
    #[test]
    fn an_altered_attestation_object_breaks_nothing(at: prop::sample::Index, bytes in prop::collection::vec(any::<u8>(), 0..6), cut: prop::sample::Index) {
        let mut altered = object().to_vec();
        let at = at.index(altered.len());
        altered.splice(at..(at + bytes.len()).min(object().len()), bytes);
        let _ = authenticator_data::of_attestation(&altered);
        altered.truncate(cut.index(altered.len()));
        prop_assert!(authenticator_data::of_attestation(&altered).is_err(), "a part of it is not it");
    }
}
