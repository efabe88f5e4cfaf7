//! What tokens say: exactly these claims, in these forms.

use super::browser::authorize;
use super::fixtures::{PASSWORD, Tokens, refresh, sign_in};
use super::harness::{START, Site, attributes, site_test};
use crate::kit::clock::HOUR;
use crate::kit::{mac, text};
use crate::tokens::jwt::{self, Claims};
use serde_json::{Value, json};

/// The names of claims, sorted, without those that every token of this kind has.
fn names(claims: &Claims) -> Vec<&str> {
    let mut names: Vec<_> = claims.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn is_uuid(value: &Value) -> bool {
    value.as_str().is_some_and(|text| uuid::Uuid::parse_str(text).is_ok())
}

const ACCESS: [&str; 12] =
    ["auth_time", "client_id", "event_id", "exp", "iat", "iss", "jti", "origin_jti", "scope", "sub", "token_use", "username"];
const ID: [&str; 11] = ["aud", "auth_time", "cognito:username", "event_id", "exp", "iat", "iss", "jti", "origin_jti", "sub", "token_use"];

fn plus(base: &[&'static str], more: &[&'static str]) -> Vec<&'static str> {
    let mut all = [base, more].concat();
    all.sort_unstable();
    all
}

async fn people(site: &Site) -> (String, String, String) {
    let pool = site
        .pool(json!({ "Schema": [
        { "Name": "tier", "AttributeDataType": "String", "Mutable": true },
        { "Name": "age", "AttributeDataType": "Number", "Mutable": true },
    ] }))
        .await;
    let read =
        ["email", "email_verified", "phone_number", "phone_number_verified", "name", "address", "updated_at", "custom:tier", "custom:age"];
    let client = site.client(&pool, json!({ "ReadAttributes": read })).await;
    let given = attributes(&[
        ("email", "jane@example.com"),
        ("email_verified", "true"),
        ("phone_number", "+15555550100"),
        ("phone_number_verified", "false"),
        ("name", "Jane \u{2764} Doe"),
        ("nickname", "not readable"),
        ("address", "1 Main St"),
        ("updated_at", "1700000000"),
        ("custom:tier", "gold"),
        ("custom:age", "7"),
    ]);
    let sub = site.user_with(&pool, "jane", given).await;
    (pool, client, sub)
}

site_test!(signing_in_through_the_api, |site: Site| async move {
    let (pool, client, sub) = people(&site).await;
    let tokens = site.sign_in(&client, "jane").await;
    let (access, id) = (tokens.access_claims(), tokens.id_claims());
    let (issuer, now) = (format!("http://localhost:8080/{pool}"), START / 1_000);
    assert_eq!(names(&access), ACCESS);
    let readable =
        ["email", "email_verified", "phone_number", "phone_number_verified", "name", "address", "updated_at", "custom:tier", "custom:age"];
    assert_eq!(names(&id), plus(&ID, &readable));
    for (claims, name, value) in [
        (&access, "sub", json!(sub)),
        (&access, "iss", json!(issuer)),
        (&access, "client_id", json!(client)),
        (&access, "token_use", json!("access")),
        (&access, "scope", json!("aws.cognito.signin.user.admin")),
        (&access, "username", json!("jane")),
        (&access, "auth_time", json!(now)),
        (&access, "iat", json!(now)),
        (&access, "exp", json!(now + 3_600)),
        (&id, "sub", json!(sub)),
        (&id, "iss", json!(issuer)),
        (&id, "aud", json!(client)),
        (&id, "token_use", json!("id")),
        (&id, "cognito:username", json!("jane")),
        (&id, "exp", json!(now + 3_600)),
        (&id, "email", json!("jane@example.com")),
        (&id, "email_verified", json!(true)),
        (&id, "phone_number_verified", json!(false)),
        (&id, "name", json!("Jane \u{2764} Doe")),
        (&id, "address", json!({ "formatted": "1 Main St" })),
        (&id, "updated_at", json!(1_700_000_000)),
        (&id, "custom:tier", json!("gold")),
        (&id, "custom:age", json!("7")),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    assert!(is_uuid(&access["jti"]) && is_uuid(&id["jti"]) && is_uuid(&access["event_id"]) && is_uuid(&access["origin_jti"]));
    assert_ne!(access["jti"], id["jti"]);
    assert_eq!((&access["origin_jti"], &access["event_id"]), (&id["origin_jti"], &id["event_id"]));
});

site_test!(a_token_is_signed_with_the_key_it_names, |site: Site| async move {
    let (pool, client, _) = people(&site).await;
    let tokens = site.sign_in(&client, "jane").await;
    let jwks = site.get(&format!("/{pool}/.well-known/jwks.json"), &[]).await;
    assert_eq!(jwks.expect(200).header("content-type"), "application/json");
    let keys = jwks.json()["keys"].as_array().cloned().unwrap();
    assert_eq!(keys.len(), 2);
    let mut kids = Vec::new();
    for token in [&tokens.access, &tokens.id] {
        let head = text::from_base64url(token.split('.').next().unwrap()).unwrap();
        let head: Claims = serde_json::from_slice(&head).unwrap();
        assert_eq!(head.keys().collect::<Vec<_>>(), ["kid", "alg"], "no member besides these two");
        assert_eq!(head["alg"], "RS256");
        let key = keys.iter().find(|k| k["kid"] == head["kid"]).expect("the key is published");
        assert_eq!((&key["kty"], &key["use"], &key["alg"], &key["e"]), (&json!("RSA"), &json!("sig"), &json!("RS256"), &json!("AQAB")));
        let (n, e) = (key["n"].as_str().unwrap(), key["e"].as_str().unwrap());
        let key = jsonwebtoken::DecodingKey::from_rsa_components(n, e).unwrap();
        assert!(jwt::verify(token, &key).is_some());
        kids.push(head["kid"].clone());
    }
    assert_ne!(kids[0], kids[1], "ID and access tokens have keys of their own");
});

site_test!(scopes_decide_what_an_oauth_id_token_says, |site: Site| async move {
    let (pool, client, sub) = people(&site).await;
    let everything =
        ["email", "email_verified", "phone_number", "phone_number_verified", "name", "address", "updated_at", "custom:tier", "custom:age"];
    let profile = ["name", "updated_at", "custom:tier", "custom:age"];
    for (scope, revealed) in [
        ("openid", &everything[..]),
        ("openid email", &["email", "email_verified"]),
        ("openid phone", &["phone_number", "phone_number_verified"]),
        ("openid profile", &profile),
    ] {
        let answer = site.oauth(&pool, &client, "jane", &[("scope", scope), ("nonce", "n-0S6_WzA2Mj")]).await;
        assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(3_600)));
        let (access_token, id_token) = (answer["access_token"].as_str().unwrap(), answer["id_token"].as_str().unwrap());
        let (access, id) = (jwt::peek(access_token).unwrap(), jwt::peek(id_token).unwrap());
        assert_eq!(names(&access), plus(&ACCESS, &["version", "acr", "amr"]), "{scope}");
        assert_eq!(names(&id), plus(&plus(&ID, &["nonce", "at_hash", "acr", "amr"]), revealed), "{scope}");
        assert_eq!((&access["version"], &access["scope"], &access["sub"]), (&json!(2), &json!(scope), &json!(sub)));
        assert_eq!(id["nonce"], "n-0S6_WzA2Mj");
        assert_eq!(id["at_hash"], text::base64url(&mac::sha256(access_token.as_bytes())[..16]));
    }
});

site_test!(without_openid_there_is_no_id_token, |site: Site| async move {
    let (pool, client, _) = people(&site).await;
    let answer = site.oauth(&pool, &client, "jane", &[("scope", "aws.cognito.signin.user.admin"), ("nonce", "n")]).await;
    assert_eq!(answer.get("id_token"), None);
    assert!(answer["refresh_token"].is_string());
    let access = jwt::peek(answer["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(names(&access), plus(&ACCESS, &["version", "acr", "amr"]));
    assert_eq!(access.get("nonce"), None);
});

site_test!(without_a_nonce_none_is_made_up, |site: Site| async move {
    let (pool, client, _) = people(&site).await;
    let answer = site.oauth(&pool, &client, "jane", &[("scope", "openid email")]).await;
    let id = jwt::peek(answer["id_token"].as_str().unwrap()).unwrap();
    assert_eq!(names(&id), plus(&ID, &["at_hash", "acr", "amr", "email", "email_verified"]));
});

site_test!(a_client_without_revocation_names_no_session, |site: Site| async move {
    let (pool, _, _) = people(&site).await;
    let client = site.client(&pool, json!({ "EnableTokenRevocation": false, "ReadAttributes": ["email"] })).await;
    let tokens = site.sign_in(&client, "jane").await;
    let without = |base: &[&'static str], gone: &[&str]| base.iter().copied().filter(|n| !gone.contains(n)).collect::<Vec<_>>();
    assert_eq!(names(&tokens.access_claims()), without(&ACCESS, &["origin_jti"]));
    assert_eq!(names(&tokens.id_claims()), plus(&without(&ID, &["origin_jti", "jti"]), &["email"]));
});

site_test!(lifetimes_are_the_clients, |site: Site| async move {
    let (pool, _, _) = people(&site).await;
    let settings = json!({
        "AccessTokenValidity": 10, "IdTokenValidity": 2, "RefreshTokenValidity": 3,
        "TokenValidityUnits": { "AccessToken": "minutes", "IdToken": "hours", "RefreshToken": "hours" },
    });
    let client = site.client(&pool, settings).await;
    let answer = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    let (tokens, now) = (Tokens::of(&answer), START / 1_000);
    assert_eq!(answer["AuthenticationResult"]["ExpiresIn"], 600);
    assert_eq!((&tokens.access_claims()["exp"], &tokens.id_claims()["exp"]), (&json!(now + 600), &json!(now + 7_200)));
    site.advance(3 * HOUR - 1);
    site.ok("InitiateAuth", refresh(&client, &tokens.refresh)).await;
    site.advance(1);
    site.refused("InitiateAuth", refresh(&client, &tokens.refresh), "NotAuthorizedException", "Refresh Token has expired").await;
});

site_test!(the_issuer_is_what_discovery_says, |site: Site| async move {
    let (pool, client, _) = people(&site).await;
    let document = site.get(&format!("/{pool}/.well-known/openid-configuration"), &[]).await.expect(200).json();
    assert_eq!(document["issuer"], site.sign_in(&client, "jane").await.id_claims()["iss"]);
    assert_eq!(document["jwks_uri"], format!("http://localhost:8080/{pool}/.well-known/jwks.json"));
    let authorize_at = document["authorization_endpoint"].as_str().unwrap().strip_prefix("http://localhost:8080").unwrap().to_owned();
    let answer = site.get(&format!("{authorize_at}?{}", authorize(&client, &[])), &[]).await;
    assert!(answer.location().starts_with(&format!("/{pool}/login?")));
    assert_eq!(site.get("/us-east-1_nowhere00/.well-known/jwks.json", &[]).await.status, 404);
});
