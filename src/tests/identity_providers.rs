//! Identity providers: made, described, changed, listed and deleted, and what they refuse.

use super::harness::{Site, merged, site_test};
use serde_json::{Value, json};

pub fn google(pool: &str) -> Value {
    json!({ "UserPoolId": pool, "ProviderName": "Google", "ProviderType": "Google",
        "ProviderDetails": { "client_id": "g", "client_secret": "gs", "authorize_scopes": "email profile openid" } })
}

pub fn oidc(pool: &str, name: &str) -> Value {
    json!({ "UserPoolId": pool, "ProviderName": name, "ProviderType": "OIDC",
        "ProviderDetails": { "client_id": "o", "client_secret": "os", "authorize_scopes": "openid", "oidc_issuer": "https://idp.example",
            "attributes_request_method": "GET" } })
}

/// A SAML provider's metadata.
pub const METADATA: &str = r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/entity"><IDPSSODescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/in"/></IDPSSODescriptor></EntityDescriptor>"#;

pub fn saml(pool: &str, name: &str) -> Value {
    json!({ "UserPoolId": pool, "ProviderName": name, "ProviderType": "SAML", "ProviderDetails": { "MetadataFile": METADATA },
        "AttributeMapping": { "email": "mail" } })
}

async fn described(site: &Site, pool: &str, name: &str) -> Value {
    site.ok("DescribeIdentityProvider", json!({ "UserPoolId": pool, "ProviderName": name })).await["IdentityProvider"].clone()
}

site_test!(a_social_provider_shows_what_the_service_fills_in, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let made = site.ok("CreateIdentityProvider", google(&pool)).await["IdentityProvider"].clone();
    let details = json!({ "attributes_url": "https://people.googleapis.com/v1/people/me?personFields=", "attributes_url_add_attributes": "true",
        "authorize_scopes": "email profile openid", "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth", "client_id": "g",
        "client_secret": "gs", "oidc_issuer": "https://accounts.google.com", "token_request_method": "POST",
        "token_url": "https://www.googleapis.com/oauth2/v4/token" });
    let expected = json!({ "UserPoolId": pool, "ProviderName": "Google", "ProviderType": "Google", "ProviderDetails": details,
        "AttributeMapping": { "username": "sub" }, "IdpIdentifiers": [], "LastModifiedDate": 1_767_225_600.0, "CreationDate": 1_767_225_600.0 });
    assert_eq!(made, expected);
    assert_eq!(described(&site, &pool, "Google").await, expected);
    // What was described can be given back.
    let again = json!({ "UserPoolId": pool, "ProviderName": "Google", "ProviderDetails": details });
    assert_eq!(site.ok("UpdateIdentityProvider", again).await["IdentityProvider"]["ProviderDetails"], details);
});

site_test!(each_type_has_its_defaults, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let scopes = json!({ "client_id": "c", "client_secret": "s", "authorize_scopes": "email" });
    for (kind, given, subject, more) in [
        (
            "Facebook",
            merged(scopes.clone(), json!({ "api_version": "v21.0" })),
            "id",
            json!({ "attributes_url": "https://graph.facebook.com/v21.0/me?fields=", "attributes_url_add_attributes": "true",
                "authorize_url": "https://www.facebook.com/v21.0/dialog/oauth", "token_request_method": "GET",
                "token_url": "https://graph.facebook.com/v21.0/oauth/access_token" }),
        ),
        (
            "LoginWithAmazon",
            scopes.clone(),
            "user_id",
            json!({ "attributes_url": "https://api.amazon.com/user/profile", "attributes_url_add_attributes": "false",
                "authorize_url": "https://www.amazon.com/ap/oa", "token_request_method": "POST", "token_url": "https://api.amazon.com/auth/o2/token" }),
        ),
        (
            "SignInWithApple",
            json!({ "client_id": "c", "team_id": "t", "key_id": "k", "authorize_scopes": "email name" }),
            "sub",
            json!({ "attributes_url_add_attributes": "false", "authorize_url": "https://appleid.apple.com/auth/authorize",
                "oidc_issuer": "https://appleid.apple.com", "token_request_method": "POST", "token_url": "https://appleid.apple.com/auth/token" }),
        ),
    ] {
        let secret = if kind == "SignInWithApple" { json!({ "private_key": "pk" }) } else { json!({}) };
        let input =
            json!({ "UserPoolId": pool, "ProviderName": kind, "ProviderType": kind, "ProviderDetails": merged(given.clone(), secret) });
        let made = site.ok("CreateIdentityProvider", input).await["IdentityProvider"].clone();
        assert_eq!(
            (&made["ProviderDetails"], &made["AttributeMapping"]),
            (&merged(given, more), &json!({ "username": subject })),
            "{kind}"
        );
    }
    // A private key cannot be read back, so an update that leaves it out keeps it.
    let details = described(&site, &pool, "SignInWithApple").await["ProviderDetails"].clone();
    let update = json!({ "UserPoolId": pool, "ProviderName": "SignInWithApple", "ProviderDetails": details });
    site.ok("UpdateIdentityProvider", update).await;
    let made = site.ok("CreateIdentityProvider", oidc(&pool, "corp")).await["IdentityProvider"].clone();
    assert_eq!(made["ProviderDetails"]["attributes_url_add_attributes"], "false");
    assert_eq!(made["AttributeMapping"], json!({ "username": "sub" }));
});

site_test!(a_saml_provider_is_what_its_metadata_says, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let made = site.ok("CreateIdentityProvider", saml(&pool, "okta")).await["IdentityProvider"].clone();
    let certificate = made["ProviderDetails"]["ActiveEncryptionCertificate"].clone();
    assert!(certificate.as_str().is_some_and(|c| c.starts_with("MII")), "{certificate}");
    let details =
        json!({ "MetadataFile": METADATA, "SSORedirectBindingURI": "https://idp.example/in", "ActiveEncryptionCertificate": certificate });
    assert_eq!((&made["ProviderDetails"], &made["AttributeMapping"]), (&details, &json!({ "email": "mail" })));
    let given = merged(
        details,
        json!({ "SSORedirectBindingURI": "https://evil.example", "IDPSignout": "true", "RequestSigningAlgorithm": "rsa-sha256" }),
    );
    let update = json!({ "UserPoolId": pool, "ProviderName": "okta", "ProviderDetails": given });
    let changed = site.ok("UpdateIdentityProvider", update).await["IdentityProvider"].clone();
    assert_eq!(changed["ProviderDetails"]["SSORedirectBindingURI"], "https://idp.example/in");
    assert_eq!(changed["ProviderDetails"]["IDPSignout"], "true");
    let by_url = json!({ "UserPoolId": pool, "ProviderName": "byurl", "ProviderType": "SAML", "ProviderDetails": { "MetadataURL": "https://idp.example/m" } });
    site.ok("CreateIdentityProvider", by_url).await;
    // The certificate is made once, and is not the one that signs.
    assert_eq!(site.count("signing_certificates").await, 1);
    let signing = site.ok("GetSigningCertificate", json!({ "UserPoolId": pool })).await["Certificate"].clone();
    assert_ne!(signing, certificate);
    assert_eq!(site.ok("GetSigningCertificate", json!({ "UserPoolId": pool })).await["Certificate"], signing);
});

site_test!(an_update_keeps_what_it_leaves_out, |site: Site| async move {
    let pool = site.pool(json!({ "Schema": [{ "Name": "team", "AttributeDataType": "String", "Mutable": true }] })).await;
    let more = json!({ "AttributeMapping": { "email": "email", "custom:team": "team", "username": "oid" }, "IdpIdentifiers": ["corp.example", "corp"],
        "AcrMapping": { "Level1": "urn:low", "Level2": "urn:high" } });
    let made = site.ok("CreateIdentityProvider", merged(oidc(&pool, "corp"), more)).await["IdentityProvider"].clone();
    assert_eq!(made["IdpIdentifiers"], json!(["corp.example", "corp"]));
    assert_eq!(made["AcrMapping"]["Level2"], "urn:high");
    let of = |more: Value| merged(json!({ "UserPoolId": pool, "ProviderName": "corp" }), more);
    site.advance(1_000);
    let changed =
        site.ok("UpdateIdentityProvider", of(json!({ "AttributeMapping": { "name": "name" } }))).await["IdentityProvider"].clone();
    assert_eq!(changed["AttributeMapping"], json!({ "name": "name", "username": "sub" }));
    for kept in ["ProviderDetails", "IdpIdentifiers", "AcrMapping", "CreationDate"] {
        assert_eq!(changed[kept], made[kept], "{kept}");
    }
    assert!(changed["LastModifiedDate"].as_f64() > made["LastModifiedDate"].as_f64());
    let by = |identifier: &str| json!({ "UserPoolId": pool, "IdpIdentifier": identifier });
    assert_eq!(site.ok("GetIdentityProviderByIdentifier", by("corp.example")).await["IdentityProvider"], changed);
    site.ok("UpdateIdentityProvider", of(json!({ "IdpIdentifiers": ["corp", "new"] }))).await;
    assert_eq!(site.ok("GetIdentityProviderByIdentifier", by("new")).await["IdentityProvider"]["ProviderName"], "corp");
    let gone = "Identity provider with identifier corp.example does not exist.";
    site.refused("GetIdentityProviderByIdentifier", by("corp.example"), "ResourceNotFoundException", gone).await;
    site.ok("UpdateIdentityProvider", of(json!({ "IdpIdentifiers": [], "AcrMapping": {} }))).await;
    assert_eq!(described(&site, &pool, "corp").await["AcrMapping"], Value::Null);
    assert_eq!(site.count("identity_provider_identifiers").await, 0);
});

site_test!(names_and_identifiers_have_one_owner, |site: Site| async move {
    let (pool, other) = (site.pool(json!({})).await, site.pool(json!({})).await);
    site.ok("CreateIdentityProvider", merged(oidc(&pool, "corp"), json!({ "IdpIdentifiers": ["a"] }))).await;
    site.ok("CreateIdentityProvider", merged(oidc(&other, "corp"), json!({ "IdpIdentifiers": ["a"] }))).await;
    let duplicate = ("DuplicateProviderException", "A provider with the name corp already exists in the user pool.");
    site.refused("CreateIdentityProvider", saml(&pool, "corp"), duplicate.0, duplicate.1).await;
    let taken = ("InvalidParameterException", "The identifier a is already in use in the user pool.");
    let second = merged(oidc(&pool, "second"), json!({ "IdpIdentifiers": ["b", "a"] }));
    site.refused("CreateIdentityProvider", second, taken.0, taken.1).await;
    let twice = merged(oidc(&pool, "second"), json!({ "IdpIdentifiers": ["a", "a"] }));
    site.refused("CreateIdentityProvider", twice, taken.0, taken.1).await;
    site.ok("CreateIdentityProvider", oidc(&pool, "second")).await;
    let update = json!({ "UserPoolId": pool, "ProviderName": "second", "IdpIdentifiers": ["a"] });
    site.refused("UpdateIdentityProvider", update, taken.0, taken.1).await;
    let inputs = (0..4).map(|_| site.api("CreateIdentityProvider", oidc(&pool, "third")));
    let answers = futures::future::join_all(inputs).await;
    let lost: Vec<_> = answers.iter().filter(|a| a.status != 200).map(|a| a.refusal().0).collect();
    assert_eq!(lost, ["DuplicateProviderException"; 3]);
});

site_test!(a_pool_has_three_hundred_providers_at_most, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    for n in 0..300 {
        site.ok("CreateIdentityProvider", oidc(&pool, &format!("idp{n:03}"))).await;
    }
    let message = "A user pool can have at most 300 identity providers.";
    site.refused("CreateIdentityProvider", oidc(&pool, "more"), "LimitExceededException", message).await;
    let (mut names, mut token) = (Vec::new(), Value::Null);
    loop {
        let page = site.ok("ListIdentityProviders", json!({ "UserPoolId": pool, "MaxResults": 60, "NextToken": token })).await;
        names.extend(page["Providers"].as_array().unwrap().iter().map(|p| p["ProviderName"].as_str().unwrap().to_owned()));
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(names, (0..300).map(|n| format!("idp{n:03}")).collect::<Vec<_>>());
    let first = site.ok("ListIdentityProviders", json!({ "UserPoolId": pool, "MaxResults": 1 })).await;
    let expected =
        json!({ "ProviderName": "idp000", "ProviderType": "OIDC", "LastModifiedDate": 1_767_225_600.0, "CreationDate": 1_767_225_600.0 });
    assert_eq!(first["Providers"], json!([expected]));
    let other = site.pool(json!({})).await;
    let foreign = json!({ "UserPoolId": other, "NextToken": first["NextToken"] });
    site.refused("ListIdentityProviders", foreign, "InvalidParameterException", "Invalid pagination token given.").await;
});

site_test!(a_deleted_provider_is_gone, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    site.ok("CreateIdentityProvider", merged(oidc(&pool, "corp"), json!({ "IdpIdentifiers": ["a"] }))).await;
    let client = site.client(&pool, json!({ "SupportedIdentityProviders": ["corp", "COGNITO"] })).await;
    let of = json!({ "UserPoolId": pool, "ProviderName": "corp" });
    site.ok("DeleteIdentityProvider", of.clone()).await;
    assert_eq!(site.count("identity_provider_identifiers").await, 0);
    for operation in ["DescribeIdentityProvider", "UpdateIdentityProvider", "DeleteIdentityProvider"] {
        site.refused(operation, of.clone(), "ResourceNotFoundException", "Identity provider corp does not exist.").await;
    }
    let native = json!({ "UserPoolId": pool, "ProviderName": "COGNITO" });
    for operation in ["UpdateIdentityProvider", "DeleteIdentityProvider"] {
        let message = "The identity provider COGNITO cannot be changed.";
        site.refused(operation, native.clone(), "UnsupportedIdentityProviderException", message).await;
    }
    // The client keeps its list, and cannot be given the same one again.
    let client = json!({ "UserPoolId": pool, "ClientId": client });
    let kept = site.ok("DescribeUserPoolClient", client.clone()).await;
    assert_eq!(kept["UserPoolClient"]["SupportedIdentityProviders"], json!(["corp", "COGNITO"]));
    let message = format!("The provider corp does not exist for User Pool {pool}.");
    let update = merged(client, json!({ "SupportedIdentityProviders": ["COGNITO", "corp"] }));
    site.refused("UpdateUserPoolClient", update, "InvalidParameterException", &message).await;
    site.ok("CreateIdentityProvider", oidc(&pool, "corp")).await;
    site.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;
    assert_eq!(site.count("identity_providers").await, 0);
});

site_test!(secrets_are_sealed, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let input = merged(
        oidc(&pool, "corp"),
        json!({ "ProviderDetails": merged(oidc(&pool, "corp")["ProviderDetails"].clone(), json!({ "client_secret": "very-secret-text" })) }),
    );
    site.ok("CreateIdentityProvider", input).await;
    let mut tx = site.app.db.read().await.unwrap();
    let row = crate::federation::store::find(&mut tx, &pool, "corp").await.unwrap().unwrap();
    assert!(!serde_json::to_string(&row.settings.0).unwrap().contains("very-secret-text"));
    assert!(!String::from_utf8_lossy(&row.secrets).contains("very-secret-text"));
});
