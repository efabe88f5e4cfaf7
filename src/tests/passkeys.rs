//! Passkeys: what a pool asks for, which a user has, and what is not theirs.

use super::authenticator::{Authenticator, Ceremony, complete, for_localhost};
use super::harness::{Site, attributes, merged, site_test};
use crate::api::Cx;
use crate::kit::clock::HOUR;
use crate::kit::text;
use crate::pools::mfa::WebAuthn;
use serde_json::{Value, json};

fn of(token: &str, more: Value) -> Value {
    merged(json!({ "AccessToken": token }), more)
}

async fn list(site: &Site, token: &str) -> Vec<Value> {
    site.ok("ListWebAuthnCredentials", of(token, json!({}))).await["Credentials"].as_array().expect("a list").clone()
}

site_test!(the_options_are_cognitos, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.set_web_authn(&pool, for_localhost()).await;
    let sub = site.user(&pool, "jane").await;
    let token = site.sign_in(&client, "jane").await.access;
    let options = |answer: Value| answer["CredentialCreationOptions"].clone();
    let first = options(site.ok("StartWebAuthnRegistration", of(&token, json!({}))).await);
    let challenge = first["challenge"].as_str().unwrap();
    assert_eq!(text::from_base64url(challenge).unwrap().len(), 32);
    let expected = json!({
        "authenticatorSelection": { "requireResidentKey": true, "residentKey": "required", "userVerification": "preferred" },
        "challenge": challenge,
        "excludeCredentials": [],
        "pubKeyCredParams": [{ "alg": -7, "type": "public-key" }, { "alg": -257, "type": "public-key" }],
        "rp": { "id": "localhost", "name": "localhost" },
        "timeout": 60000,
        "user": { "displayName": "jane", "id": text::base64url(sub.as_bytes()), "name": "jane" },
    });
    assert_eq!(first, expected);
    let passkey = Authenticator::es256(&[1; 16]);
    site.register(&token, &passkey).await;
    site.set_web_authn(&pool, WebAuthn { user_verification: Some("required".into()), ..for_localhost() }).await;
    let second = options(site.ok("StartWebAuthnRegistration", of(&token, json!({}))).await);
    assert_ne!(second["challenge"], first["challenge"]);
    assert_eq!(second["excludeCredentials"], json!([{ "id": passkey.credential_id(), "type": "public-key" }]));
    assert_eq!(second["authenticatorSelection"]["userVerification"], "required");
    let two_factors = WebAuthn { factor_configuration: Some("MULTI_FACTOR_WITH_USER_VERIFICATION".into()), ..for_localhost() };
    site.set_web_authn(&pool, two_factors).await;
    let third = options(site.ok("StartWebAuthnRegistration", of(&token, json!({}))).await);
    assert_eq!(third["authenticatorSelection"]["userVerification"], "required", "two factors need the user's verification");
});

site_test!(a_person_sees_the_address_that_they_sign_in_with, |site: Site| async move {
    let pool = site.pool(json!({ "UsernameAttributes": ["email"] })).await;
    let client = site.client(&pool, json!({})).await;
    site.set_web_authn(&pool, for_localhost()).await;
    site.user_with(&pool, "jane@example.com", attributes(&[("email", "jane@example.com"), ("email_verified", "true")])).await;
    let token = site.sign_in(&client, "jane@example.com").await.access;
    let started = site.ok("StartWebAuthnRegistration", of(&token, json!({}))).await;
    assert_eq!(started["CredentialCreationOptions"]["user"]["name"], "jane@example.com");
});

site_test!(a_pool_without_passkeys_or_without_a_name_for_them_registers_none, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let token = site.sign_in(&client, "jane").await.access;
    let passkey = Authenticator::es256(&[1; 16]);
    let ceremony = Ceremony::registration(&json!({ "rp": { "id": "localhost" }, "challenge": "AQID" }));
    let registration = complete(&token, &passkey.register(&ceremony));
    for (operation, input) in [("StartWebAuthnRegistration", of(&token, json!({}))), ("CompleteWebAuthnRegistration", registration.clone())]
    {
        let message = "WebAuthn is not enabled for the user pool.";
        site.refused(operation, input, "WebAuthnNotEnabledException", message).await;
    }
    site.set_web_authn(&pool, WebAuthn::default()).await;
    for (operation, input) in [("StartWebAuthnRegistration", of(&token, json!({}))), ("CompleteWebAuthnRegistration", registration)] {
        let message = "The user pool has neither a relying party ID nor a domain for WebAuthn.";
        site.refused(operation, input, "WebAuthnConfigurationMissingException", message).await;
    }
    assert_eq!(list(&site, &token).await, [] as [Value; 0], "a list needs neither");
});

site_test!(the_relying_party_is_what_was_set_or_a_domain, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let token = site.sign_in(&client, "jane").await.access;
    // A first factor alone switches passkeys on.
    let mut cx = Cx::internal(site.app.clone());
    let loaded = crate::pools::load(&mut cx, &pool).await.unwrap();
    let mut document = loaded.document.clone();
    document.settings.policies.sign_in_policy.allowed_first_auth_factors = vec!["PASSWORD".into(), "WEB_AUTHN".into()];
    crate::pools::ops::update::replace(&mut cx, &loaded, loaded.name.clone(), document).await.unwrap();
    site.ok("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "acme" })).await;
    let by_prefix = site.start(&token).await;
    assert_eq!(by_prefix.rp_id, "acme.auth.localhost");
    let local = Ceremony { origin: "http://acme.auth.localhost:8080".into(), ..by_prefix };
    site.ok("CompleteWebAuthnRegistration", complete(&token, &Authenticator::es256(&[1; 16]).register(&local))).await;
    let custom = json!({ "UserPoolId": pool, "Domain": "login.acme.example", "CustomDomainConfig": { "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/x-1" } });
    site.ok("CreateUserPoolDomain", custom).await;
    site.register(&token, &Authenticator::es256(&[2; 16])).await;
    site.set_web_authn(&pool, WebAuthn { relying_party_id: Some("Acme.example".into()), ..WebAuthn::default() }).await;
    site.register(&token, &Authenticator::es256(&[3; 16])).await;
    let mut names: Vec<_> = list(&site, &token).await.iter().map(|c| c["RelyingPartyId"].as_str().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, ["acme.auth.localhost", "acme.example", "login.acme.example"]);
});

site_test!(passkeys_are_listed_in_pages_and_deleted, |site: Site| async move {
    let (pool, client, token) = site.passkeys().await;
    let icloud = [0xfb, 0xfc, 0x30, 0x07, 0x15, 0x4e, 0x4e, 0xcc, 0x8c, 0x0b, 0x6e, 0x02, 0x05, 0x57, 0xd7, 0xbd];
    let first = Authenticator::es256(&[9; 20]).of(icloud);
    let second = Authenticator::rs256(&[1; 64]);
    let third = Authenticator::es256(&[5; 16]).attached("elsewhere");
    for passkey in [&first, &second, &third] {
        site.register(&token, passkey).await;
        site.advance(1_000);
    }
    let all = list(&site, &token).await;
    let expected = json!({
        "CredentialId": first.credential_id(), "FriendlyCredentialName": "iCloud Keychain", "RelyingPartyId": "localhost",
        "AuthenticatorAttachment": "platform", "AuthenticatorTransports": ["hybrid", "internal"], "CreatedAt": 1_767_225_600.0,
    });
    assert_eq!(all[0], expected);
    assert_eq!((&all[1]["FriendlyCredentialName"], &all[1]["AuthenticatorAttachment"]), (&json!("Passkey"), &json!("cross-platform")));
    assert!(all[2].get("AuthenticatorAttachment").is_none());
    let page = site.ok("ListWebAuthnCredentials", of(&token, json!({ "MaxResults": 2 }))).await;
    assert_eq!(page["Credentials"], json!(all[..2]));
    let rest = site.ok("ListWebAuthnCredentials", of(&token, json!({ "MaxResults": 2, "NextToken": page["NextToken"] }))).await;
    assert_eq!(rest, json!({ "Credentials": all[2..] }));

    site.user(&pool, "eve").await;
    let eve = site.sign_in(&client, "eve").await.access;
    let foreign = of(&eve, json!({ "NextToken": page["NextToken"] }));
    site.refused("ListWebAuthnCredentials", foreign, "InvalidParameterException", "Invalid pagination token given.").await;
    let unknown = ("ResourceNotFoundException", "The WebAuthn credential does not exist.");
    for id in [first.credential_id(), "AQID".into(), "not base64url!".into(), String::new()] {
        site.refused("DeleteWebAuthnCredential", of(&eve, json!({ "CredentialId": id })), unknown.0, unknown.1).await;
    }
    let delete = of(&token, json!({ "CredentialId": first.credential_id() }));
    assert_eq!(site.ok("DeleteWebAuthnCredential", delete.clone()).await, json!({}));
    site.refused("DeleteWebAuthnCredential", delete, unknown.0, unknown.1).await;
    assert_eq!(list(&site, &token).await, all[1..]);
    assert_eq!(list(&site, &eve).await, [] as [Value; 0]);
    site.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    assert_eq!(site.count("passkeys").await, 0, "they go with their user");
});

site_test!(a_user_has_twenty_passkeys_at_most, |site: Site| async move {
    let (pool, client, token) = site.passkeys().await;
    let other_client = site.client(&pool, json!({})).await;
    let other = site.sign_in(&other_client, "jane").await.access;
    for n in 0..19 {
        site.register(&token, &Authenticator::es256(&[n; 16])).await;
    }
    // Two registrations for the last place: each has a challenge, one gets the place.
    let (one, two) = (Authenticator::es256(&[100; 16]), Authenticator::es256(&[101; 16]));
    let (a, b) = (site.start(&token).await, site.start(&other).await);
    let (a, b) = tokio::join!(
        site.api("CompleteWebAuthnRegistration", complete(&token, &one.register(&a))),
        site.api("CompleteWebAuthnRegistration", complete(&other, &two.register(&b))),
    );
    assert_eq!([a.status, b.status].iter().filter(|s| **s == 200).count(), 1, "{} {}", a.body, b.body);
    assert_eq!(list(&site, &token).await.len(), 20);
    let limit = ("LimitExceededException", "The user has the maximum number of WebAuthn credentials.");
    site.refused("StartWebAuthnRegistration", of(&token, json!({})), limit.0, limit.1).await;
    // One that began in time is refused too, and a place that comes free can be taken.
    let id = text::base64url(&[7; 16]);
    site.ok("DeleteWebAuthnCredential", of(&token, json!({ "CredentialId": id }))).await;
    let late = site.start(&token).await;
    site.register(&other, &Authenticator::es256(&[102; 16])).await;
    let input = complete(&token, &Authenticator::es256(&[103; 16]).register(&late));
    site.refused("CompleteWebAuthnRegistration", input, limit.0, limit.1).await;
    site.advance(HOUR);
    let token = site.sign_in(&client, "jane").await.access;
    assert_eq!(list(&site, &token).await.len(), 20);
});

site_test!(who_must_set_a_new_password_touches_no_passkey, |site: Site| async move {
    let (pool, _, token) = site.passkeys().await;
    let mut cx = Cx::internal(site.app.clone());
    let loaded = crate::pools::load(&mut cx, &pool).await.unwrap();
    let mut user = crate::users::lookup::require(&mut cx, &loaded, "jane").await.unwrap();
    user.status = crate::users::Status::ResetRequired;
    let mut tx = cx.begin().await.unwrap();
    crate::users::store::update(&mut tx, &loaded, &user).await.unwrap();
    tx.commit().await.unwrap();
    for (operation, more) in [
        ("StartWebAuthnRegistration", json!({})),
        ("CompleteWebAuthnRegistration", json!({ "Credential": {} })),
        ("ListWebAuthnCredentials", json!({})),
        ("DeleteWebAuthnCredential", json!({ "CredentialId": "AQID" })),
    ] {
        site.refused(operation, of(&token, more), "PasswordResetRequiredException", "Password reset required for the user").await;
    }
});
