//! Clients that prove themselves with a signed assertion (RFC 7523).

use super::harness::{Answer, Site, merged, site_test};
use super::signer::{TestKey, keyed};
use crate::kit::text;
use serde_json::{Value, json};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SECRET: &str = "abcdefghijklmnopqrstuvwxyz012345";

async fn orders(site: &Site) -> String {
    let pool = site.pool(json!({})).await;
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "Read orders" }]);
    site.ok("CreateResourceServer", json!({ "UserPoolId": pool, "Identifier": "orders", "Name": "Orders", "Scopes": scopes })).await;
    pool
}

/// A machine's client with these settings.
async fn machine(site: &Site, pool: &str, more: Value) -> String {
    let base = json!({ "UserPoolId": pool, "ClientName": "machine", "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["orders/read"] });
    let made = site.ok("CreateUserPoolClient", merged(base, more)).await;
    made["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned()
}

async fn grant(site: &Site, pool: &str, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("grant_type", "client_credentials"), ("client_assertion_type", TYPE), ("client_assertion", assertion)];
    fields.extend_from_slice(more);
    site.form(&format!("/{pool}/oauth2/token"), &fields, &[]).await
}

#[track_caller]
fn refused(answer: &Answer, error: &str) {
    assert_eq!(answer.json()["error"], error, "{}", answer.body);
    assert!([400, 401].contains(&answer.status) && answer.header("cache-control") == "no-store");
}

site_test!(a_key_proves_a_client_once, |site: Site| async move {
    let (pool, key) = (orders(&site).await, TestKey::new("k1"));
    let settings = json!({ "TokenEndpointAuthMethod": "private_key_jwt", "Jwks": key.jwks(), "TokenEndpointAuthSigningAlg": "ES256" });
    let client = machine(&site, &pool, json!({ "PoolhouseOAuth": settings })).await;
    let described = site.ok("DescribeUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
    assert_eq!(described["UserPoolClient"]["PoolhouseOAuth"], settings);
    let good = key.assertion_claims(&site, &pool, &client);
    let assertion = key.assertion(&good);
    grant(&site, &pool, &assertion, &[]).await.expect(200);
    refused(&grant(&site, &pool, &assertion, &[]).await, "invalid_client");
    let issuer = format!("http://localhost:8080/{pool}");
    for aud in [json!(issuer), json!([issuer]), json!(format!("{issuer}/oauth2/introspect"))] {
        let claims = merged(key.assertion_claims(&site, &pool, &client), json!({ "aud": aud }));
        grant(&site, &pool, &key.assertion(&claims), &[("client_id", &client)]).await.expect(200);
    }
    // Nothing but the assertion proves it.
    let named = site.form(&format!("/{pool}/oauth2/token"), &[("grant_type", "client_credentials"), ("client_id", &client)], &[]).await;
    refused(&named, "invalid_client");
});

site_test!(an_assertion_that_is_not_all_right_proves_nothing, |site: Site| async move {
    let (pool, key, other) = (orders(&site).await, TestKey::new("k1"), TestKey::new("k1"));
    let settings = json!({ "TokenEndpointAuthMethod": "private_key_jwt", "Jwks": key.jwks() });
    let client = machine(&site, &pool, json!({ "PoolhouseOAuth": settings })).await;
    let plain = machine(&site, &pool, json!({ "ClientSecret": SECRET })).await;
    let now = site.now() / 1_000;
    let before = site.rows().await;
    for change in [
        json!({ "iss": "nobody" }),
        json!({ "sub": "nobody", "iss": "nobody" }),
        json!({ "aud": "https://other.example/token" }),
        json!({ "aud": [format!("http://localhost:8080/{pool}"), "https://other.example/"] }),
        json!({ "aud": [] }),
        json!({ "aud": null }),
        json!({ "exp": now }),
        json!({ "exp": now + 3_601 }),
        json!({ "exp": null }),
        json!({ "jti": null }),
        json!({ "iat": now + 120 }),
        json!({ "nbf": now + 120 }),
    ] {
        let claims = merged(key.assertion_claims(&site, &pool, &client), change.clone());
        refused(&grant(&site, &pool, &key.assertion(&claims), &[("client_id", &client)]).await, "invalid_client");
    }
    let good = key.assertion_claims(&site, &pool, &client);
    let unsigned = format!("{}.{}.", text::base64url(br#"{"alg":"none"}"#), text::base64url(good.to_string().as_bytes()));
    // Keyed with what everybody knows: the public key.
    let confused = keyed(&key.jwk().to_string(), &good);
    let critical = key.sign(json!({ "alg": "ES256", "kid": "k1", "crit": ["x"], "x": 1 }), &good);
    let own_key = other.sign(json!({ "alg": "ES256", "kid": "k1", "jwk": other.jwk() }), &good);
    for assertion in [&unsigned, &confused, &critical, &own_key, &other.assertion(&good), "garbage", "a.b.c"] {
        refused(&grant(&site, &pool, assertion, &[("client_id", &client)]).await, "invalid_client");
    }
    for (fields, error) in [(vec![("client_id", plain.as_str())], "invalid_client"), (vec![("client_secret", SECRET)], "invalid_request")] {
        refused(&grant(&site, &pool, &key.assertion(&good), &fields).await, error);
    }
    let basic = format!("Basic {}", text::base64(format!("{plain}:{SECRET}").as_bytes()));
    let fields = [("grant_type", "client_credentials"), ("client_assertion_type", TYPE), ("client_assertion", "a.b.c")];
    refused(&site.form(&format!("/{pool}/oauth2/token"), &fields, &[("authorization", &basic)]).await, "invalid_request");
    let fields = [("grant_type", "client_credentials"), ("client_assertion_type", "saml"), ("client_assertion", "a.b.c")];
    refused(&site.form(&format!("/{pool}/oauth2/token"), &fields, &[]).await, "invalid_request");
    assert_eq!(site.rows().await, before, "what proves nothing is not remembered");
});

site_test!(of_two_uses_at_the_same_time_one_counts, |site: Site| async move {
    let (pool, key) = (orders(&site).await, TestKey::new("k1"));
    let settings = json!({ "TokenEndpointAuthMethod": "private_key_jwt", "Jwks": key.jwks() });
    let client = machine(&site, &pool, json!({ "PoolhouseOAuth": settings })).await;
    let assertion = key.assertion(&key.assertion_claims(&site, &pool, &client));
    let tries = (0..8).map(|_| grant(&site, &pool, &assertion, &[]));
    let answers = futures::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
});

site_test!(a_secret_can_key_assertions_and_each_client_has_one_method, |site: Site| async move {
    let (pool, key) = (orders(&site).await, TestKey::new("k1"));
    let of = |method: &str| json!({ "ClientSecret": SECRET, "PoolhouseOAuth": { "TokenEndpointAuthMethod": method } });
    let keyed_client = machine(&site, &pool, of("client_secret_jwt")).await;
    let (basic, post) = (machine(&site, &pool, of("client_secret_basic")).await, machine(&site, &pool, of("client_secret_post")).await);
    let claims = key.assertion_claims(&site, &pool, &keyed_client);
    grant(&site, &pool, &keyed(SECRET, &claims), &[]).await.expect(200);
    refused(&grant(&site, &pool, &keyed("another-secret-0123456789012345", &claims), &[]).await, "invalid_client");
    let token = format!("/{pool}/oauth2/token");
    for (client, by_basic, by_post) in [(&basic, 200, 400), (&post, 401, 200), (&keyed_client, 401, 400)] {
        let header = format!("Basic {}", text::base64(format!("{client}:{SECRET}").as_bytes()));
        let fields = [("grant_type", "client_credentials")];
        let answer = site.form(&token, &fields, &[("authorization", &header)]).await;
        assert_eq!((answer.status, answer.header("www-authenticate").is_empty()), (by_basic, by_basic == 200), "{}", answer.body);
        let fields = [("grant_type", "client_credentials"), ("client_id", client), ("client_secret", SECRET)];
        assert_eq!(site.form(&token, &fields, &[]).await.status, by_post);
    }
});

site_test!(what_an_update_leaves_out_of_these_settings_stays, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = site.client(&pool, json!({ "PoolhouseOAuth": { "RequireDpop": true } })).await;
    let of = json!({ "UserPoolId": pool, "ClientId": client });
    let shown = |answer: &Value| answer["UserPoolClient"]["PoolhouseOAuth"].clone();
    assert_eq!(shown(&site.ok("UpdateUserPoolClient", of.clone()).await), json!({ "RequireDpop": true }));
    let cleared = site.ok("UpdateUserPoolClient", merged(of.clone(), json!({ "PoolhouseOAuth": {} }))).await;
    assert_eq!(shown(&cleared), json!({}));
    let refusals = [
        (json!({ "RequireDPoP": true }), "PoolhouseOAuth: RequireDPoP is not a member."),
        (json!({ "TokenEndpointAuthMethod": "client_secret_basic" }), "PoolhouseOAuth: client_secret_basic needs a client with a secret."),
        (json!({ "TokenEndpointAuthMethod": "private_key_jwt" }), "PoolhouseOAuth: private_key_jwt needs Jwks or JwksUri."),
        (json!({ "JwksUri": "http://10.0.0.1/" }), "PoolhouseOAuth: http://10.0.0.1/: it must be https, or http on localhost."),
    ];
    for (settings, message) in refusals {
        let input = merged(of.clone(), json!({ "PoolhouseOAuth": settings }));
        site.refused("UpdateUserPoolClient", input, "InvalidParameterException", message).await;
    }
});
