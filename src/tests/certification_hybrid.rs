//! The Implicit and Hybrid OP plans of the OpenID certification suite: what comes with each response type, and how it is bound together.

use super::certification::{Rp, id_claims};
use super::harness::{Site, site_test};
use crate::kit::{mac, text};
use crate::tokens::jwt;
use serde_json::json;

fn half(of: &str) -> serde_json::Value {
    text::base64url(&mac::sha256(of.as_bytes())[..16]).into()
}

site_test!(oidcc_server_for_each_response_type, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "PoolhouseOAuth": { "HybridFlow": true } })).await;
    for kind in ["id_token", "id_token token", "code id_token", "code token", "code id_token token", "token id_token code"] {
        let callback = rp.run(&[("response_type", kind), ("nonce", "n1")]).await;
        callback.reached_the_application();
        let has = |word: &str| kind.split(' ').any(|w| w == word);
        assert_eq!(
            (callback.delivery, callback.get("state").as_deref(), callback.get("iss")),
            ("fragment", Some("st/ate"), Some(rp.issuer()))
        );
        let (code, access, id) = (callback.get("code"), callback.get("access_token"), callback.get("id_token"));
        assert_eq!((code.is_some(), access.is_some(), id.is_some()), (has("code"), has("token"), has("id_token")), "{kind}");
        assert_eq!(callback.get("token_type").as_deref(), access.as_ref().map(|_| "Bearer"), "{kind}");
        if let Some(id) = &id {
            let claims = jwt::peek(id).unwrap();
            assert_eq!((&claims["nonce"], &claims["sub"], &claims["aud"]), (&json!("n1"), &json!(rp.sub), &json!(rp.client)), "{kind}");
            assert_eq!(claims.get("at_hash"), access.as_deref().map(half).as_ref(), "{kind}: at_hash");
            assert_eq!(claims.get("c_hash"), code.as_deref().map(half).as_ref(), "{kind}: c_hash");
            assert_eq!(claims["s_hash"], half("st/ate"), "{kind}: s_hash");
        }
        if let Some(access) = &access {
            assert_eq!(rp.user_info(&json!({ "access_token": access })).await["sub"], json!(rp.sub), "{kind}");
        }
        if code.is_some() {
            let tokens = rp.tokens(&callback).await;
            assert_eq!((&id_claims(&tokens)["sub"], &id_claims(&tokens)["nonce"]), (&json!(rp.sub), &json!("n1")), "{kind}");
        }
    }
});

site_test!(oidcc_hybrid_requests_that_are_refused, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "PoolhouseOAuth": { "HybridFlow": true } })).await;
    for (module, more, error) in [
        ("oidcc-ensure-request-without-nonce-fails", &[("response_type", "code id_token")][..], "invalid_request"),
        ("oidcc-ensure-request-without-nonce-fails", &[("response_type", "id_token")], "invalid_request"),
        (
            "an ID token takes openid",
            &[("response_type", "code id_token"), ("scope", "aws.cognito.signin.user.admin"), ("nonce", "n")],
            "invalid_scope",
        ),
        ("no token in a query", &[("response_type", "code id_token"), ("response_mode", "query"), ("nonce", "n")], "invalid_request"),
    ] {
        let callback = rp.run(more).await;
        assert_eq!((callback.delivery, callback.get("error").as_deref()), ("fragment", Some(error)), "{module}");
    }
    let plain = site.client(&rp.pool, json!({})).await;
    for kind in ["code id_token", "code token", "code id_token token", "id_token", "id_token token"] {
        let answer = site.get(&rp.address(&[("client_id", &plain), ("response_type", kind), ("nonce", "n")]), &[]).await;
        let callback = crate::tests::certification::Callback::of(&answer);
        assert_eq!((callback.delivery, callback.get("error").as_deref()), ("fragment", Some("unauthorized_client")), "{kind}");
    }
});

site_test!(a_client_may_be_made_to_use_pkce, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "PoolhouseOAuth": { "RequirePkce": true } })).await;
    assert_eq!(rp.error(&[]).await.as_deref(), Some("invalid_request"));
    let pkce = [("code_challenge", crate::tests::fixtures::CHALLENGE), ("code_challenge_method", "S256")];
    let callback = rp.run(&pkce).await;
    let code = callback.get("code").unwrap();
    site.exchange(&rp.pool, &rp.client, &code, &[("code_verifier", crate::tests::fixtures::VERIFIER)]).await.expect(200);
});
