//! Tokens that are bound to a key (RFC 9449).

use super::fixtures::{CALLBACK, refresh};
use super::harness::{Answer, Sent, Site, merged, site_test};
use super::signer::TestKey;
use crate::tokens::jwt;
use axum::http::Method;
use serde_json::{Value, json};

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}

/// Exchanges a new code of jane's, with this proof.
async fn exchange(site: &Site, pool: &str, client: &str, proofs: &[&str]) -> Answer {
    let code = site.authorization_code(pool, client, "jane", &[("scope", "openid aws.cognito.signin.user.admin")]).await;
    let fields = [("grant_type", "authorization_code"), ("client_id", client), ("redirect_uri", CALLBACK), ("code", &code)];
    let headers: Vec<_> = proofs.iter().map(|proof| ("dpop", *proof)).collect();
    site.form(&format!("/{pool}/oauth2/token"), &fields, &headers).await
}

async fn refreshed(site: &Site, pool: &str, client: &str, token: &str, proof: Option<&str>) -> Answer {
    let fields = [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)];
    let headers: Vec<_> = proof.into_iter().map(|proof| ("dpop", proof)).collect();
    site.form(&format!("/{pool}/oauth2/token"), &fields, &headers).await
}

async fn user_info(site: &Site, pool: &str, scheme: &str, token: &str, proof: Option<&str>) -> Answer {
    let mut headers = vec![("authorization", format!("{scheme} {token}"))];
    headers.extend(proof.map(|proof| ("dpop", proof.to_owned())));
    site.send(Sent { method: Method::GET, path: &format!("/{pool}/oauth2/userInfo"), headers, body: Vec::new() }).await
}

site_test!(tokens_are_bound_to_the_key_that_was_proved, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let (key, other) = (TestKey::new("a"), TestKey::new("b"));
    let (token, info) = (format!("/{pool}/oauth2/token"), format!("/{pool}/oauth2/userInfo"));
    let body = exchange(&site, &pool, &client, &[&key.proof(&site, "POST", &token)]).await.expect(200).json();
    let access = text(&body, "access_token");
    assert_eq!((body["token_type"].as_str(), &jwt::peek(&access).unwrap()["cnf"]), (Some("DPoP"), &json!({ "jkt": key.thumbprint() })));
    assert_eq!(jwt::peek(&text(&body, "id_token")).unwrap().get("cnf"), None);
    // Only with a proof of the key, for this token and this request, once.
    let proof = key.proof_with(&site, "GET", &info, &access);
    user_info(&site, &pool, "DPoP", &access, Some(&proof)).await.expect(200);
    for (scheme, proof) in [
        ("DPoP", Some(proof)),
        ("DPoP", None),
        ("Bearer", None),
        ("Bearer", Some(key.proof_with(&site, "GET", &info, &access))),
        ("DPoP", Some(other.proof_with(&site, "GET", &info, &access))),
        ("DPoP", Some(key.proof(&site, "GET", &info))),
        ("DPoP", Some(key.proof_with(&site, "GET", &info, "another"))),
        ("DPoP", Some(key.proof_with(&site, "POST", &info, &access))),
        ("DPoP", Some(key.proof_with(&site, "GET", &token, &access))),
    ] {
        let answer = user_info(&site, &pool, scheme, &access, proof.as_deref()).await;
        assert_eq!(answer.status, 401, "{scheme} {proof:?}");
        assert!(answer.header("www-authenticate").contains("error=\"invalid_"), "{}", answer.header("www-authenticate"));
    }
    let message = "Access Token is bound to a key and can not be used here";
    site.refused("GetUser", json!({ "AccessToken": access }), "NotAuthorizedException", message).await;
    // The refresh token of a client that proves nothing is bound too.
    let refresh_token = text(&body, "refresh_token");
    for proof in [None, Some(other.proof(&site, "POST", &token))] {
        let answer = refreshed(&site, &pool, &client, &refresh_token, proof.as_deref()).await;
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_grant")));
    }
    site.refused("InitiateAuth", refresh(&client, &refresh_token), "NotAuthorizedException", "Invalid Refresh Token").await;
    let by_api = json!({ "ClientId": client, "RefreshToken": refresh_token });
    site.refused("GetTokensFromRefreshToken", by_api, "NotAuthorizedException", "Invalid Refresh Token").await;
    let again = refreshed(&site, &pool, &client, &refresh_token, Some(&key.proof(&site, "POST", &token))).await.expect(200).json();
    assert_eq!(jwt::peek(&text(&again, "access_token")).unwrap()["cnf"]["jkt"], key.thumbprint());
});

site_test!(a_proof_that_is_not_all_right_is_refused, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let key = TestKey::new("a");
    let path = format!("/{pool}/oauth2/token");
    let now = site.now() / 1_000;
    let fields = [("grant_type", "authorization_code"), ("client_id", client.as_str()), ("redirect_uri", CALLBACK), ("code", "x")];
    let before = site.rows().await;
    let mut proofs: Vec<String> = [
        json!({ "htm": "GET" }),
        json!({ "htm": null }),
        json!({ "htu": format!("http://localhost:8080/{pool}/oauth2/userInfo") }),
        json!({ "htu": format!("http://evil.example/{pool}/oauth2/token") }),
        json!({ "htu": null }),
        json!({ "iat": now - 61 }),
        json!({ "iat": now + 61 }),
        json!({ "iat": null }),
        json!({ "jti": null }),
        json!({ "jti": "" }),
        json!({ "jti": "x".repeat(300) }),
    ]
    .into_iter()
    .map(|change| key.proof_of(&merged(key.proof_claims(&site, "POST", &path), change)))
    .collect();
    let claims = key.proof_claims(&site, "POST", &path);
    let private = merged(key.jwk(), json!({ "d": "AAAA" }));
    for header in [
        json!({ "alg": "ES256", "jwk": key.jwk() }),
        json!({ "alg": "ES256", "typ": "JWT", "jwk": key.jwk() }),
        json!({ "alg": "ES256", "typ": "dpop+jwt" }),
        json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": private }),
        json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": TestKey::new("b").jwk() }),
        json!({ "alg": "HS256", "typ": "dpop+jwt", "jwk": { "kty": "oct", "k": "AAAA" } }),
        json!({ "alg": "none", "typ": "dpop+jwt", "jwk": key.jwk() }),
    ] {
        proofs.push(key.sign(header, &claims));
    }
    proofs.push("garbage".into());
    for proof in &proofs {
        let answer = site.form(&path, &fields, &[("dpop", proof)]).await;
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_dpop_proof")), "{proof}");
    }
    let two = [("dpop", key.proof_of(&claims)), ("dpop", key.proof(&site, "POST", &path))];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes();
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
    headers.extend(two);
    let answer = site.send(Sent { method: Method::POST, path: &path, headers, body }).await;
    assert_eq!(answer.json()["error"], "invalid_dpop_proof");
    assert_eq!(site.rows().await, before);
    // Good once; the query does not count.
    let good = key.proof_of(&merged(claims, json!({ "htu": format!("http://localhost:8080{path}?x=1#y") })));
    for error in ["invalid_grant", "invalid_dpop_proof"] {
        assert_eq!(site.form(&path, &fields, &[("dpop", &good)]).await.json()["error"], error);
    }
});

site_test!(a_client_can_be_held_to_proofs, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = site.client(&pool, json!({ "PoolhouseOAuth": { "RequireDpop": true } })).await;
    site.user(&pool, "jane").await;
    let key = TestKey::new("a");
    let answer = exchange(&site, &pool, &client, &[]).await;
    assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_dpop_proof")));
    exchange(&site, &pool, &client, &[&key.proof(&site, "POST", &format!("/{pool}/oauth2/token"))]).await.expect(200);
});

site_test!(a_client_with_a_secret_may_change_its_key, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let secret = "abcdefghijklmnopqrstuvwxyz012345";
    let client = site.client(&pool, json!({ "ClientSecret": secret, "PoolhouseOAuth": { "RefreshExpiresIn": true } })).await;
    site.user(&pool, "jane").await;
    let (key, other) = (TestKey::new("a"), TestKey::new("b"));
    let path = format!("/{pool}/oauth2/token");
    let code = site.authorization_code(&pool, &client, "jane", &[("scope", "openid")]).await;
    let own = [("client_id", client.as_str()), ("client_secret", secret)];
    let by_code = [own[0], own[1], ("grant_type", "authorization_code"), ("redirect_uri", CALLBACK), ("code", &code)];
    let body = site.form(&path, &by_code, &[("dpop", &key.proof(&site, "POST", &path))]).await.expect(200).json();
    assert_eq!(body["refresh_expires_in"], 30 * 86_400);
    let token = text(&body, "refresh_token");
    let by_token = [own[0], own[1], ("grant_type", "refresh_token"), ("refresh_token", &token)];
    site.advance(60_000);
    let body = site.form(&path, &by_token, &[("dpop", &other.proof(&site, "POST", &path))]).await.expect(200).json();
    assert_eq!(jwt::peek(&text(&body, "access_token")).unwrap()["cnf"]["jkt"], other.thumbprint());
    assert_eq!(body["refresh_expires_in"], 30 * 86_400 - 60);
    let body = site.form(&path, &by_token, &[]).await.expect(200).json();
    assert_eq!((body["token_type"].as_str(), jwt::peek(&text(&body, "access_token")).unwrap().get("cnf")), (Some("Bearer"), None));
});
