//! What identity providers refuse to be.

use super::harness::{Site, merged, site_test};
use super::identity_providers::{METADATA, google, oidc, saml};
use serde_json::{Value, json};

const INVALID: &str = "InvalidParameterException";

fn with_details(mut input: Value, details: Value) -> Value {
    let base = input["ProviderDetails"].clone();
    input["ProviderDetails"] = merged(base, details);
    input
}

site_test!(details_are_held_to_their_type, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let corp = |details: Value| with_details(oidc(&pool, "corp"), details);
    let okta = |details: Value| with_details(saml(&pool, "okta"), details);
    let https = |name: &str| format!("{name} must be an https URL.");
    for (input, what) in [
        (corp(json!({ "userinfo_endpoint": "https://a.example" })), "userinfo_endpoint is not a key of the provider type OIDC.".to_owned()),
        (corp(json!({ "private_key": "k" })), "private_key is not a key of the provider type OIDC.".into()),
        (okta(json!({ "client_id": "c" })), "client_id is not a key of the provider type SAML.".into()),
        (corp(json!({ "client_id": "" })), "client_id is required for the provider type OIDC.".into()),
        (
            merged(oidc(&pool, "corp"), json!({ "ProviderDetails": { "client_id": "c" } })),
            "oidc_issuer, authorize_scopes, attributes_request_method is required for the provider type OIDC.".into(),
        ),
        (
            merged(google(&pool), json!({ "ProviderDetails": { "client_id": "c", "authorize_scopes": "email" } })),
            "client_secret is required for the provider type Google.".into(),
        ),
        (corp(json!({ "oidc_issuer": "http://idp.example" })), https("oidc_issuer")),
        (corp(json!({ "jwks_uri": "jwks" })), https("jwks_uri")),
        (corp(json!({ "token_url": "https://user:word@idp.example" })), https("token_url")),
        (corp(json!({ "authorize_url": "javascript:alert(1)" })), https("authorize_url")),
        (corp(json!({ "attributes_url": "https://idp.example/#x" })), https("attributes_url")),
        (corp(json!({ "attributes_request_method": "PUT" })), "attributes_request_method must be GET or POST.".into()),
        (corp(json!({ "attributes_url_add_attributes": "yes" })), "attributes_url_add_attributes must be true or false.".into()),
        (okta(json!({ "IDPSignout": "maybe" })), "IDPSignout must be true or false.".into()),
        (okta(json!({ "RequestSigningAlgorithm": "rsa-sha1" })), "RequestSigningAlgorithm must be rsa-sha256.".into()),
        (okta(json!({ "MetadataFile": "<a>" })), "MetadataFile is not valid: it is not well-formed XML.".into()),
        (
            okta(json!({ "MetadataFile": METADATA.replace("https://idp.example/in", "http://idp.example/in") })),
            https("SSORedirectBindingURI"),
        ),
        (
            json!({ "UserPoolId": pool, "ProviderName": "Facebook", "ProviderType": "Facebook",
                "ProviderDetails": { "client_id": "c", "client_secret": "s", "authorize_scopes": "email", "api_version": "v1.0/../x" } }),
            "api_version must be a version such as v17.0.".into(),
        ),
    ] {
        site.refused("CreateIdentityProvider", input, INVALID, &format!("Invalid ProviderDetails: {what}")).await;
    }
    let none = merged(saml(&pool, "okta"), json!({ "ProviderDetails": {} }));
    site.refused("CreateIdentityProvider", none, INVALID, "At least one of the MetadataURL or MetadataFile should be provided.").await;
    let both = okta(json!({ "MetadataURL": "https://idp.example/m" }));
    site.refused("CreateIdentityProvider", both, INVALID, "Only one of the MetadataURL or MetadataFile should be provided.").await;
    site.ok("CreateIdentityProvider", oidc(&pool, "corp")).await;
    let update = json!({ "UserPoolId": pool, "ProviderName": "corp", "ProviderDetails": { "client_id": "c" } });
    let what = "oidc_issuer, authorize_scopes, attributes_request_method is required for the provider type OIDC.";
    site.refused("UpdateIdentityProvider", update, INVALID, &format!("Invalid ProviderDetails: {what}")).await;
});

site_test!(names_mappings_and_levels_are_held_to_the_pool, |site: Site| async move {
    let schema = json!([{ "Name": "gender", "AttributeDataType": "String", "Mutable": false }]);
    let pool = site.pool(json!({ "Schema": schema })).await;
    for (name, kind) in
        [("corp", "Google"), ("Google", "OIDC"), ("google", "Google"), ("Facebook", "Google"), ("COGNITO", "OIDC"), ("Cognito", "SAML")]
    {
        let input = merged(google(&pool), json!({ "ProviderName": name, "ProviderType": kind }));
        site.refused("CreateIdentityProvider", input, INVALID, &format!("Provider {name} cannot be of type {kind}.")).await;
    }
    let mapped = |mapping: Value| merged(oidc(&pool, "corp"), json!({ "AttributeMapping": mapping }));
    let unknown = |name: &str| format!("the attribute {name} does not exist in the schema of the user pool.");
    for (mapping, what) in [
        (json!({ "shoe_size": "shoe" }), unknown("shoe_size")),
        (json!({ "custom:none": "x" }), unknown("custom:none")),
        (json!({ "sub": "sub" }), unknown("sub")),
        (json!({ "identities": "x" }), unknown("identities")),
        (json!({ "gender": "gender" }), "the attribute gender is not mutable.".into()),
        (json!({ "email": "" }), "the claim for email must have 1 to 2048 characters.".into()),
    ] {
        site.refused("CreateIdentityProvider", mapped(mapping), INVALID, &format!("Invalid AttributeMapping: {what}")).await;
    }
    let levels = merged(saml(&pool, "okta"), json!({ "AcrMapping": { "Level1": "a" } }));
    site.refused("CreateIdentityProvider", levels, INVALID, "AcrMapping is only supported for OIDC identity providers.").await;
});

site_test!(a_client_names_providers_of_its_pool, |site: Site| async move {
    let (pool, other) = (site.pool(json!({})).await, site.pool(json!({})).await);
    site.ok("CreateIdentityProvider", google(&pool)).await;
    site.ok("CreateIdentityProvider", oidc(&other, "corp")).await;
    let list = json!({ "SupportedIdentityProviders": ["Google", "COGNITO"] });
    let made =
        site.ok("CreateUserPoolClient", merged(json!({ "UserPoolId": pool, "ClientName": "a" }), list.clone())).await["UserPoolClient"]
            .clone();
    assert_eq!(made["SupportedIdentityProviders"], list["SupportedIdentityProviders"]);
    let message = format!("The provider corp does not exist for User Pool {pool}.");
    let foreign = json!({ "UserPoolId": pool, "ClientName": "a", "SupportedIdentityProviders": ["Google", "corp"] });
    site.refused("CreateUserPoolClient", foreign, INVALID, &message).await;
});
