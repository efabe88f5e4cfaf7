//! App clients: made, described, changed and deleted, and the settings they refuse.

use super::fixtures::{PASSWORD, sign_in};
use super::harness::{Site, merged, site_test};
use serde_json::{Value, json};

fn new(pool: &str, settings: Value) -> Value {
    merged(json!({ "UserPoolId": pool, "ClientName": "app" }), settings)
}

async fn described(site: &Site, pool: &str, client: &str) -> Value {
    site.ok("DescribeUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await["UserPoolClient"].clone()
}

site_test!(a_new_client_has_the_services_defaults, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let made = site.ok("CreateUserPoolClient", new(&pool, json!({}))).await["UserPoolClient"].clone();
    let id = made["ClientId"].as_str().unwrap();
    assert!(id.len() == 26 && id.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{id}");
    for (name, value) in [
        ("UserPoolId", json!(pool)),
        ("ClientName", json!("app")),
        ("RefreshTokenValidity", json!(30)),
        ("ExplicitAuthFlows", Value::Null),
        ("AllowedOAuthFlowsUserPoolClient", json!(false)),
        ("EnableTokenRevocation", json!(true)),
        ("AuthSessionValidity", json!(3)),
        ("ClientSecret", Value::Null),
        ("CallbackURLs", Value::Null),
        ("ReadAttributes", Value::Null),
    ] {
        assert_eq!(made[name], value, "{name}");
    }
    assert_eq!(described(&site, &pool, id).await, made);
});

site_test!(a_secret_is_made_or_given_and_never_lost, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let made = site.ok("CreateUserPoolClient", new(&pool, json!({ "GenerateSecret": true }))).await["UserPoolClient"].clone();
    let (id, secret) = (made["ClientId"].as_str().unwrap(), made["ClientSecret"].as_str().unwrap());
    assert!(secret.len() == 52 && secret.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
    site.ok("UpdateUserPoolClient", json!({ "UserPoolId": pool, "ClientId": id })).await;
    assert_eq!(described(&site, &pool, id).await["ClientSecret"], secret);
    let own = site.ok("CreateUserPoolClient", new(&pool, json!({ "ClientSecret": "x".repeat(24) }))).await;
    assert_eq!(own["UserPoolClient"]["ClientSecret"], "x".repeat(24));
    let both = new(&pool, json!({ "GenerateSecret": true, "ClientSecret": "x".repeat(24) }));
    site.refused("CreateUserPoolClient", both, "InvalidParameterException", "GenerateSecret and ClientSecret can not be set together.")
        .await;
});

site_test!(an_update_replaces_what_it_leaves_out, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = site
        .client(&pool, json!({ "AccessTokenValidity": 2, "PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": false }))
        .await;
    site.advance(1_000);
    let answer = site.ok("UpdateUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await["UserPoolClient"].clone();
    assert_eq!(answer, described(&site, &pool, &client).await);
    for (name, value) in [
        ("ClientName", json!("app")),
        ("AccessTokenValidity", Value::Null),
        ("PreventUserExistenceErrors", Value::Null),
        ("CallbackURLs", Value::Null),
        ("AllowedOAuthFlowsUserPoolClient", json!(false)),
        ("EnableTokenRevocation", json!(false)),
    ] {
        assert_eq!(answer[name], value, "{name}");
    }
    assert!(answer["LastModifiedDate"].as_f64() > answer["CreationDate"].as_f64());
});

site_test!(settings_that_cannot_be_are_refused, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = site.client(&pool, json!({})).await;
    let oauth = |more: Value| {
        let base = json!({ "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"], "CallbackURLs": ["https://a.example/"] });
        merged(base, more)
    };
    let url = |url: &str, why: &str| {
        (oauth(json!({ "CallbackURLs": [url] })), "InvalidParameterException", format!("Invalid callback or sign-out URL {url}: {why}"))
    };
    let validity = || "Invalid range for token validity.".to_owned();
    for (settings, exception, message) in [
        (
            json!({ "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"] }),
            "InvalidParameterException",
            "REFRESH_TOKEN_AUTH should always be allowed.".into(),
        ),
        (
            json!({ "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH", "USER_PASSWORD_AUTH"] }),
            "InvalidParameterException",
            "Legacy authentication flows can not be mixed with ALLOW_ flows.".into(),
        ),
        (
            json!({ "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"], "RefreshTokenRotation": { "Feature": "ENABLED" } }),
            "InvalidParameterException",
            "ALLOW_REFRESH_TOKEN_AUTH can not be enabled together with refresh token rotation.".into(),
        ),
        (json!({ "AccessTokenValidity": 25 }), "InvalidParameterException", validity()),
        (
            json!({ "AccessTokenValidity": 299, "TokenValidityUnits": { "AccessToken": "seconds" } }),
            "InvalidParameterException",
            validity(),
        ),
        (
            json!({ "RefreshTokenValidity": 59, "TokenValidityUnits": { "RefreshToken": "minutes" } }),
            "InvalidParameterException",
            validity(),
        ),
        (
            json!({ "RefreshTokenValidity": 60, "TokenValidityUnits": { "RefreshToken": "minutes" }, "IdTokenValidity": 2 }),
            "InvalidParameterException",
            validity(),
        ),
        (json!({ "RefreshTokenValidity": 315_360_000 }), "InvalidParameterException", validity()),
        (
            oauth(json!({ "AllowedOAuthFlows": [] })),
            "InvalidParameterException",
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.".into(),
        ),
        (
            oauth(json!({ "AllowedOAuthFlows": ["implicit", "client_credentials"] })),
            "InvalidOAuthFlowException",
            "client_credentials flow can not be selected along with code flow or implicit flow.".into(),
        ),
        (
            oauth(json!({ "CallbackURLs": [] })),
            "InvalidOAuthFlowException",
            "CallbackUrls can not be empty when code flow or implicit flow is selected".into(),
        ),
        (
            oauth(json!({ "AllowedOAuthScopes": ["openid", "orders/read"] })),
            "ScopeDoesNotExistException",
            "Invalid scope requested: orders/read".into(),
        ),
        (
            oauth(json!({ "AllowedOAuthScopes": ["email"] })),
            "InvalidParameterException",
            "The scopes phone, email and profile can only be requested if openid is requested.".into(),
        ),
        (
            oauth(json!({ "DefaultRedirectURI": "https://b.example/" })),
            "InvalidParameterException",
            "The default redirect URI is not among the callback URLs.".into(),
        ),
        url("http://a.example/", "http is allowed for localhost only"),
        url("/cb", "it is not an absolute URL"),
        url("https://a.example/#x", "it must not have a fragment"),
        url("javascript:alert(1)", "this scheme is not allowed"),
        (
            json!({ "SupportedIdentityProviders": ["Google"] }),
            "InvalidParameterException",
            format!("The provider Google does not exist for User Pool {pool}."),
        ),
        (
            json!({ "ReadAttributes": ["custom:nope"] }),
            "InvalidParameterException",
            "Invalid read attributes specified while creating a client: custom:nope".into(),
        ),
        (
            json!({ "WriteAttributes": ["email_verified"] }),
            "InvalidParameterException",
            "Invalid write attributes specified while creating a client: email_verified".into(),
        ),
        (
            json!({ "AnalyticsConfiguration": { "UserDataShared": true } }),
            "InvalidParameterException",
            "AnalyticsConfiguration takes either ApplicationArn or ApplicationId.".into(),
        ),
        (
            json!({ "EnablePropagateAdditionalUserContextData": true }),
            "InvalidParameterException",
            "EnablePropagateAdditionalUserContextData can only be enabled for a client with a secret.".to_owned(),
        ),
    ] {
        site.refused("CreateUserPoolClient", new(&pool, settings.clone()), exception, &message).await;
        let update = merged(json!({ "UserPoolId": pool, "ClientId": client }), settings);
        site.refused("UpdateUserPoolClient", update, exception, &message).await;
    }
});

site_test!(a_change_holds_at_once, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    site.sign_in(&client, "jane").await;
    let closed = json!({ "UserPoolId": pool, "ClientId": client, "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"] });
    site.ok("UpdateUserPoolClient", closed).await;
    let message = "USER_PASSWORD_AUTH flow not enabled for this client";
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "InvalidParameterException", message).await;
});

site_test!(a_deleted_client_is_gone_with_its_sessions, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let (other, _) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    let gone = format!("User pool client {client} does not exist.");
    let elsewhere = json!({ "UserPoolId": other, "ClientId": client });
    for operation in ["DescribeUserPoolClient", "UpdateUserPoolClient", "DeleteUserPoolClient"] {
        site.refused(operation, elsewhere.clone(), "ResourceNotFoundException", &gone).await;
    }
    let here = json!({ "UserPoolId": pool, "ClientId": client });
    site.ok("DeleteUserPoolClient", here.clone()).await;
    site.refused("DeleteUserPoolClient", here, "ResourceNotFoundException", &gone).await;
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "ResourceNotFoundException", &gone).await;
    site.refused("GlobalSignOut", json!({ "AccessToken": tokens.access }), "NotAuthorizedException", "Access Token has been revoked").await;
});
