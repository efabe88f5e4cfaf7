//! Refreshing, and refresh tokens that are replaced at each use.

use super::fixtures::{Tokens, refresh};
use super::harness::{Site, site_test};
use crate::kit::clock::{DAY, HOUR, SECOND};
use serde_json::{Value, json};

fn get_tokens(client: &str, token: &str) -> Value {
    json!({ "ClientId": client, "RefreshToken": token })
}

/// A client that rotates.
async fn rotating(site: &Site, pool: &str, grace_seconds: i64) -> String {
    let settings = json!({
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": grace_seconds },
    });
    site.client(pool, settings).await
}

site_test!(a_refresh_keeps_the_sign_in_and_renews_the_rest, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let first = site.sign_in(&client, "jane").await;
    site.advance(2 * HOUR);
    for flow in ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"] {
        let mut input = refresh(&client, &first.refresh);
        input["AuthFlow"] = flow.into();
        let answer = site.ok("InitiateAuth", input).await;
        assert_eq!(answer["AuthenticationResult"].get("RefreshToken"), None);
        assert_eq!(answer["ChallengeParameters"], json!({}));
        let second = Tokens::of(&answer);
        for (before, after) in [(first.access_claims(), second.access_claims()), (first.id_claims(), second.id_claims())] {
            for same in ["sub", "iss", "auth_time", "origin_jti", "event_id", "token_use"] {
                assert_eq!(before[same], after[same], "{same}");
            }
            assert_ne!(before["jti"], after["jti"]);
            assert_eq!(after["iat"].as_i64().unwrap() - before["iat"].as_i64().unwrap(), 7_200);
            assert_eq!(after["exp"].as_i64().unwrap() - after["iat"].as_i64().unwrap(), 3_600);
        }
        assert_eq!(before_scope(&first), before_scope(&second));
        site.ok("GetUser", json!({ "AccessToken": second.access })).await;
    }
    site.advance(30 * DAY - 2 * HOUR);
    site.refused("InitiateAuth", refresh(&client, &first.refresh), "NotAuthorizedException", "Refresh Token has expired").await;
});

fn before_scope(tokens: &Tokens) -> Value {
    tokens.access_claims()["scope"].clone()
}

site_test!(a_refresh_tells_what_is_true_now, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let first = site.sign_in(&client, "jane").await;
    let change = json!([{ "Name": "name", "Value": "Jane Doe" }]);
    site.ok("AdminUpdateUserAttributes", json!({ "UserPoolId": pool, "Username": "jane", "UserAttributes": change })).await;
    let second = Tokens::of(&site.ok("GetTokensFromRefreshToken", get_tokens(&client, &first.refresh)).await);
    assert_eq!((first.id_claims().get("name"), &second.id_claims()["name"]), (None, &json!("Jane Doe")));
});

site_test!(what_is_no_refresh_token_of_this_client_is_refused, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let sibling = site.client(&pool, json!({})).await;
    let (other_pool, stranger) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    site.user(&other_pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    let mut altered = tokens.refresh.clone().into_bytes();
    // Another character that a token may have: the pattern of the request must not be what refuses it.
    altered[40] = if altered[40] == b'A' { b'B' } else { b'A' };
    let altered = String::from_utf8(altered).unwrap();
    for (client, token) in [
        (&client, "garbage"),
        (&client, tokens.access.as_str()),
        (&client, &altered),
        (&sibling, &tokens.refresh),
        (&stranger, &tokens.refresh),
        (&client, &site.sign_in(&stranger, "jane").await.refresh),
    ] {
        site.refused("InitiateAuth", refresh(client, token), "NotAuthorizedException", "Invalid Refresh Token").await;
        site.refused("GetTokensFromRefreshToken", get_tokens(client, token), "NotAuthorizedException", "Invalid Refresh Token").await;
    }
    site.ok("InitiateAuth", refresh(&client, &tokens.refresh)).await;
});

site_test!(a_rotated_token_serves_its_grace_and_then_ends_the_session, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = rotating(&site, &pool, 10).await;
    site.user(&pool, "jane").await;
    let first = site.sign_in(&client, "jane").await;
    let by_flow = "REFRESH_TOKEN_AUTH flow not enabled for this client: it rotates refresh tokens, use GetTokensFromRefreshToken.";
    site.refused("InitiateAuth", refresh(&client, &first.refresh), "InvalidParameterException", by_flow).await;

    let second = Tokens::of(&site.ok("GetTokensFromRefreshToken", get_tokens(&client, &first.refresh)).await);
    assert!(!second.refresh.is_empty() && second.refresh != first.refresh);
    assert_eq!(first.access_claims()["origin_jti"], second.access_claims()["origin_jti"]);
    site.advance(10 * SECOND);
    let retried = Tokens::of(&site.ok("GetTokensFromRefreshToken", get_tokens(&client, &first.refresh)).await);
    site.advance(1);
    let message = "Refresh token has already been used. The session was ended.";
    site.refused("GetTokensFromRefreshToken", get_tokens(&client, &first.refresh), "RefreshTokenReuseException", message).await;
    for token in [&first, &second, &retried] {
        let input = get_tokens(&client, &token.refresh);
        site.refused("GetTokensFromRefreshToken", input, "NotAuthorizedException", "Refresh Token has been revoked").await;
        let input = json!({ "AccessToken": token.access });
        site.refused("GetUser", input, "NotAuthorizedException", "Access Token has been revoked").await;
    }
});

site_test!(without_grace_a_second_use_is_a_theft, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = rotating(&site, &pool, 0).await;
    site.user(&pool, "jane").await;
    let (first, other) = (site.sign_in(&client, "jane").await, site.sign_in(&client, "jane").await);
    let second = Tokens::of(&site.ok("GetTokensFromRefreshToken", get_tokens(&client, &first.refresh)).await);
    let reuse = site.api("GetTokensFromRefreshToken", get_tokens(&client, &first.refresh)).await;
    assert_eq!(reuse.refusal().0, "RefreshTokenReuseException");
    let input = get_tokens(&client, &second.refresh);
    site.refused("GetTokensFromRefreshToken", input, "NotAuthorizedException", "Refresh Token has been revoked").await;
    site.ok("GetTokensFromRefreshToken", get_tokens(&client, &other.refresh)).await;
});

site_test!(rotation_does_not_prolong_a_session, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = rotating(&site, &pool, 0).await;
    site.user(&pool, "jane").await;
    let mut tokens = site.sign_in(&client, "jane").await;
    for _ in 0..29 {
        site.advance(DAY);
        tokens = Tokens::of(&site.ok("GetTokensFromRefreshToken", get_tokens(&client, &tokens.refresh)).await);
    }
    site.advance(DAY);
    let input = get_tokens(&client, &tokens.refresh);
    site.refused("GetTokensFromRefreshToken", input, "NotAuthorizedException", "Refresh Token has expired").await;
});

site_test!(the_token_endpoint_refreshes_within_the_scope, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let first = site.oauth(&pool, &client, "jane", &[("scope", "openid email"), ("nonce", "n")]).await;
    let endpoint = format!("/{pool}/oauth2/token");
    let token = first["refresh_token"].as_str().unwrap();
    let fields = |more: &[(&'static str, &'static str)]| {
        let mut fields = vec![("grant_type", "refresh_token"), ("client_id", client.as_str()), ("refresh_token", token)];
        fields.extend_from_slice(more);
        fields
    };
    let second = site.form(&endpoint, &fields(&[("scope", "openid")]), &[]).await.expect(200).json();
    assert_eq!(second.get("refresh_token"), None);
    let (before, after) = (claims(&first["id_token"]), claims(&second["id_token"]));
    for same in ["sub", "auth_time", "origin_jti", "email", "aud"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert_eq!(claims(&second["access_token"])["scope"], "openid email");
    let more = site.form(&endpoint, &fields(&[("scope", "openid phone")]), &[]).await;
    assert_eq!((more.status, &more.json()["error"]), (400, &json!("invalid_scope")));
    let bad = site.form(&endpoint, &[("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", "x")], &[]).await;
    assert_eq!((bad.status, &bad.json()["error"], bad.header("cache-control")), (400, &json!("invalid_grant"), "no-store"));
});

fn claims(token: &Value) -> crate::tokens::jwt::Claims {
    crate::tokens::jwt::peek(token.as_str().expect("a token")).expect("claims")
}
