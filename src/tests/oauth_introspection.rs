//! What clients may ask about tokens (RFC 7662, RFC 9701), and signed answers of userInfo.

use super::fixtures::CALLBACK;
use super::harness::{Answer, Site, merged, site_test};
use crate::kit::text;
use crate::tokens::jwt;
use serde_json::{Value, json};

const SECRET: &str = "abcdefghijklmnopqrstuvwxyz012345";

struct World {
    pool: String,
    /// A confidential application, its sibling, and the API that it calls.
    client: String,
    sibling: String,
    api: String,
}

async fn world(site: &Site) -> World {
    let pool = site.pool(json!({})).await;
    for identifier in ["orders", "mail"] {
        let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "Read" }]);
        site.ok("CreateResourceServer", json!({ "UserPoolId": pool, "Identifier": identifier, "Name": "n", "Scopes": scopes })).await;
    }
    let secret = json!({ "ClientSecret": SECRET, "AllowedOAuthScopes": ["openid", "orders/read", "mail/read"] });
    let client = site.client(&pool, secret.clone()).await;
    let sibling = site.client(&pool, secret.clone()).await;
    let api = site.client(&pool, merged(secret, json!({ "PoolhouseOAuth": { "IntrospectionResources": ["orders"] } }))).await;
    site.user(&pool, "jane").await;
    World { pool, client, sibling, api }
}

impl World {
    async fn ask(&self, site: &Site, client: &str, token: &str) -> Answer {
        self.ask_with(site, client, &[("token", token)], &[]).await
    }

    async fn ask_with(&self, site: &Site, client: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let basic = format!("Basic {}", text::base64(format!("{client}:{SECRET}").as_bytes()));
        let mut all = vec![("authorization", basic.as_str())];
        all.extend_from_slice(headers);
        site.form(&format!("/{}/oauth2/introspect", self.pool), fields, &all).await
    }

    async fn tokens(&self, site: &Site, scope: &str) -> (String, String) {
        let code = site.authorization_code(&self.pool, &self.client, "jane", &[("scope", scope)]).await;
        let secret = [("client_secret", SECRET)];
        let body = site.exchange(&self.pool, &self.client, &code, &secret).await.expect(200).json();
        (body["access_token"].as_str().unwrap().to_owned(), body["refresh_token"].as_str().unwrap().to_owned())
    }
}

site_test!(a_client_asks_about_its_own_tokens, |site: Site| async move {
    let w = world(&site).await;
    let (access, refresh) = w.tokens(&site, "openid orders/read").await;
    let told = w.ask(&site, &w.client, &access).await.expect(200).json();
    let claims = jwt::peek(&access).unwrap();
    for (name, value) in
        [("active", json!(true)), ("scope", json!("openid orders/read")), ("token_type", json!("Bearer")), ("username", json!("jane"))]
    {
        assert_eq!(told[name], value, "{name}");
    }
    for name in ["exp", "iat", "sub", "iss", "jti", "client_id"] {
        assert_eq!(told[name], claims[name], "{name}");
    }
    let told = w.ask_with(&site, &w.client, &[("token", &refresh), ("token_type_hint", "access_token")], &[]).await.json();
    assert_eq!((&told["active"], &told["sub"], told.get("token_type")), (&json!(true), &claims["sub"], None));
    let inactive = json!({ "active": false });
    for (client, token) in [(&w.sibling, &access), (&w.sibling, &refresh), (&w.api, &refresh), (&w.client, &"garbage".to_owned())] {
        assert_eq!(w.ask(&site, client, token).await.expect(200).json(), inactive);
    }
    site.form(&format!("/{}/oauth2/revoke", w.pool), &[("client_id", &w.client), ("client_secret", SECRET), ("token", &refresh)], &[])
        .await
        .expect(200);
    for token in [&access, &refresh] {
        assert_eq!(w.ask(&site, &w.client, token).await.expect(200).json(), inactive);
    }
    let (access, _) = w.tokens(&site, "openid").await;
    site.advance(3_600_000);
    assert_eq!(w.ask(&site, &w.client, &access).await.json(), inactive);
});

site_test!(an_api_learns_what_concerns_it, |site: Site| async move {
    let w = world(&site).await;
    let (access, _) = w.tokens(&site, "openid orders/read mail/read").await;
    let told = w.ask(&site, &w.api, &access).await.json();
    assert_eq!((&told["active"], told["scope"].as_str(), &told["client_id"]), (&json!(true), Some("orders/read"), &json!(w.client)));
    let (other, _) = w.tokens(&site, "openid mail/read").await;
    assert_eq!(w.ask(&site, &w.api, &other).await.json(), json!({ "active": false }));
    // By the audience, where there is one.
    let machine = json!({ "UserPoolId": w.pool, "ClientName": "m", "ClientSecret": SECRET, "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["orders/read", "mail/read"] });
    let machine = site.ok("CreateUserPoolClient", machine).await["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned();
    let basic = format!("Basic {}", text::base64(format!("{machine}:{SECRET}").as_bytes()));
    let grant = async |more: &[(&str, &str)]| {
        let mut fields = vec![("grant_type", "client_credentials")];
        fields.extend_from_slice(more);
        site.form(&format!("/{}/oauth2/token", w.pool), &fields, &[("authorization", &basic)]).await
    };
    let body = grant(&[("resource", "orders")]).await.expect(200).json();
    let told = w.ask(&site, &w.api, body["access_token"].as_str().unwrap()).await.json();
    assert_eq!((told["aud"].as_str(), told["scope"].as_str(), told.get("username")), (Some("orders"), Some("orders/read"), None));
    for more in [vec![("resource", "nothing")], vec![("resource", "orders"), ("scope", "mail/read")]] {
        assert_eq!(grant(&more).await.json()["error"], "invalid_target");
    }
});

site_test!(who_proves_nothing_is_told_nothing, |site: Site| async move {
    let w = world(&site).await;
    let (access, _) = w.tokens(&site, "openid").await;
    let public = site.client(&w.pool, json!({})).await;
    let path = format!("/{}/oauth2/introspect", w.pool);
    for fields in [
        vec![("token", access.as_str())],
        vec![("token", &access), ("client_id", &public)],
        vec![("token", &access), ("client_id", &w.client)],
    ] {
        let answer = site.form(&path, &fields, &[]).await;
        assert_eq!((answer.status, &answer.json()["error"]), (401, &json!("invalid_client")));
    }
    assert_eq!(w.ask_with(&site, &w.client, &[], &[]).await.json()["error"], "invalid_request");
    let elsewhere = world(&site).await;
    assert_eq!(elsewhere.ask(&site, &elsewhere.client, &access).await.json(), json!({ "active": false }));
});

site_test!(answers_are_signed_for_whom_they_are, |site: Site| async move {
    let w = world(&site).await;
    let (access, _) = w.tokens(&site, "openid").await;
    let kind = "application/token-introspection+jwt";
    let answer = w.ask_with(&site, &w.client, &[("token", &access)], &[("accept", kind)]).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, kind));
    let claims: Value = jwt::peek(&answer.body).unwrap().into();
    assert_eq!((&claims["aud"], &claims["token_introspection"]["active"], claims.get("sub")), (&json!(w.client), &json!(true), None));
    let header: Value = serde_json::from_slice(&text::from_base64url(answer.body.split('.').next().unwrap()).unwrap()).unwrap();
    assert_eq!(header["typ"], "token-introspection+jwt");
    // An answer is no access token.
    site.get(&format!("/{}/oauth2/userInfo", w.pool), &[("authorization", &format!("Bearer {}", answer.body))]).await.expect(401);
});

site_test!(user_info_is_signed_for_who_registered_that, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = site.client(&pool, json!({ "PoolhouseOAuth": { "UserInfoSignedResponseAlg": "RS256" } })).await;
    site.user(&pool, "jane").await;
    let tokens = site.oauth(&pool, &client, "jane", &[("scope", "openid email"), ("redirect_uri", CALLBACK)]).await;
    let access = tokens["access_token"].as_str().unwrap();
    let path = format!("/{pool}/oauth2/userInfo");
    for answer in [
        site.get(&path, &[("authorization", &format!("Bearer {access}"))]).await,
        // RFC 6750, 2.2
        site.form(&path, &[("access_token", access)], &[]).await,
    ] {
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/jwt"), "{}", answer.body);
        let claims: Value = jwt::peek(&answer.body).unwrap().into();
        assert_eq!((&claims["aud"], claims["email"].as_str()), (&json!(client), Some("jane@example.com")));
        assert_eq!(claims["iss"], format!("http://localhost:8080/{pool}"));
    }
    let both = site.form(&path, &[("access_token", access)], &[("authorization", &format!("Bearer {access}"))]).await;
    assert_eq!((both.status, &both.json()["error"]), (400, &json!("invalid_request")));
});
