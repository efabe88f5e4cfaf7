//! Answers as forms and as signed JWTs: the Form Post OP plans of the OpenID certification suite, and JARM.

use super::certification::{Callback, Rp};
use super::fixtures::CALLBACK;
use super::harness::{Site, site_test};
use crate::tokens::jwt;
use serde_json::json;

site_test!(oidcc_server_form_post, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "PoolhouseOAuth": { "HybridFlow": true } })).await;
    for kind in ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"] {
        let callback = rp.run(&[("response_type", kind), ("response_mode", "form_post"), ("nonce", "n")]).await;
        callback.reached_the_application();
        assert_eq!(
            (callback.delivery, callback.get("state").as_deref(), callback.get("iss")),
            ("form_post", Some("st/ate"), Some(rp.issuer()))
        );
        assert_eq!(callback.get("code").is_some(), kind.contains("code"), "{kind}");
        assert_eq!(callback.get("id_token").is_some(), kind.contains("id_token"), "{kind}");
    }
    let page = rp.browser.get(&rp.address(&[("response_mode", "form_post"), ("prompt", "none")])).await;
    let policy = page.expect(200).header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://app.example;") && policy.contains("script-src 'self'"), "{policy}");
    assert_eq!(page.header("cache-control"), "no-store");
    let error = Callback::of(&rp.browser.get(&rp.address(&[("response_mode", "form_post"), ("scope", "openid admin")])).await);
    assert_eq!((error.delivery, error.get("error").as_deref()), ("form_post", Some("invalid_scope")));
});

site_test!(signed_answers, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "PoolhouseOAuth": { "HybridFlow": true } })).await;
    for (kind, mode, delivery) in [
        ("code", "jwt", "query"),
        ("code", "query.jwt", "query"),
        ("code", "fragment.jwt", "fragment"),
        ("code", "form_post.jwt", "form_post"),
        ("code id_token", "jwt", "fragment"),
    ] {
        let callback = rp.run(&[("response_type", kind), ("response_mode", mode), ("nonce", "n")]).await;
        assert_eq!((callback.delivery, callback.address.as_str(), callback.get("code")), (delivery, CALLBACK, None), "{mode}");
        let token = callback.get("response").expect("a response");
        let claims = verified(&rp, &token).await;
        assert_eq!(
            (&claims["iss"], &claims["aud"], &claims["state"]),
            (&json!(rp.issuer()), &json!(rp.client), &json!("st/ate")),
            "{mode}"
        );
        assert_eq!(claims["exp"], json!(site.now() / 1_000 + 600));
        site.exchange(&rp.pool, &rp.client, claims["code"].as_str().unwrap(), &[]).await.expect(200);
    }
    let error = Callback::of(&rp.browser.get(&rp.address(&[("response_mode", "jwt"), ("scope", "openid admin")])).await);
    assert_eq!(verified(&rp, &error.get("response").unwrap()).await["error"], json!("invalid_scope"));
});

/// The claims, if the pool's published key signed them.
async fn verified(rp: &Rp<'_>, token: &str) -> jwt::Claims {
    let jwks = rp.site.get(&format!("/{}/.well-known/jwks.json", rp.pool), &[]).await.json();
    let kid = jwt::kid(token).expect("a key id");
    let key = jwks["keys"].as_array().unwrap().iter().find(|k| k["kid"] == json!(kid)).expect("a published key");
    let key = jsonwebtoken::DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
    jwt::verify(token, &key).expect("a signature that holds")
}
