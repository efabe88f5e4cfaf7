//! Tokens at once, for clients that are allowed the implicit flow.

use super::browser::{authorize, parameter};
use super::fixtures::{CALLBACK, PASSWORD};
use super::harness::{Site, site_test};
use crate::tokens::jwt;
use serde_json::json;

site_test!(tokens_come_in_the_fragment_and_nothing_refreshes_them, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = site.client(&pool, json!({ "AllowedOAuthFlows": ["implicit", "code"] })).await;
    site.user(&pool, "jane").await;
    let query = authorize(&client, &[("response_type", "token"), ("state", "s"), ("nonce", "n"), ("scope", "openid email")]);
    let location = site.browser().sign_in(&pool, &query, "jane", PASSWORD).await;
    let (address, fragment) = location.split_once('#').expect("a fragment");
    assert_eq!(address, CALLBACK);
    let value = |name: &str| parameter(&format!("?{fragment}"), name);
    assert_eq!((value("token_type").as_deref(), value("expires_in").as_deref()), (Some("Bearer"), Some("3600")));
    assert_eq!((value("state").as_deref(), value("refresh_token"), value("code")), (Some("s"), None, None));
    let id = jwt::peek(&value("id_token").expect("an ID token")).unwrap();
    assert_eq!((jwt::text(&id, "nonce"), jwt::text(&id, "email")), (Some("n"), Some("jane@example.com")));
    let access = value("access_token").expect("an access token");
    assert_eq!(jwt::text(&jwt::peek(&access).unwrap(), "scope"), Some("openid email"));
    let bearer = format!("Bearer {access}");
    site.get(&format!("/{pool}/oauth2/userInfo"), &[("authorization", &bearer)]).await.expect(200);
});

site_test!(only_clients_that_are_allowed_it_get_tokens_at_once, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let query = authorize(&client, &[("response_type", "token"), ("state", "s")]);
    let answer = site.get(&format!("/{pool}/oauth2/authorize?{query}"), &[]).await;
    assert!(answer.location().starts_with(&format!("{CALLBACK}#error=unauthorized_client")), "{}", answer.location());
    assert_eq!(site.count("sessions").await, 0);
});
