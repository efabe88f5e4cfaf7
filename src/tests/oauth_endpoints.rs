//! `/oauth2/userInfo`, `/oauth2/revoke` and `/logout`.

use super::browser::authorize;
use super::fixtures::{PASSWORD, refresh};
use super::harness::{Answer, Site, attributes, site_test};
use crate::kit::text;
use serde_json::{Value, json};

async fn user_info(site: &Site, pool: &str, token: &str) -> Answer {
    site.get(&format!("/{pool}/oauth2/userInfo"), &[("authorization", &format!("Bearer {token}"))]).await
}

site_test!(scopes_decide_what_user_info_tells, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let given =
        attributes(&[("email", "jane@example.com"), ("email_verified", "true"), ("name", "Jane"), ("phone_number", "+15555550100")]);
    let sub = site.user_with(&pool, "jane", given).await;
    let email = json!({ "sub": sub, "email": "jane@example.com", "email_verified": "true", "username": "jane" });
    let profile = json!({ "sub": sub, "name": "Jane", "username": "jane" });
    let phone = json!({ "sub": sub, "phone_number": "+15555550100", "username": "jane" });
    let all = json!({ "sub": sub, "email": "jane@example.com", "email_verified": "true", "name": "Jane", "phone_number": "+15555550100", "username": "jane" });
    for (scope, expected) in [("openid", all), ("openid email", email), ("openid profile", profile), ("openid phone", phone)] {
        let tokens = site.oauth(&pool, &client, "jane", &[("scope", scope)]).await;
        let answer = user_info(&site, &pool, tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(answer.expect(200).json(), expected, "{scope}");
        assert_eq!((answer.header("cache-control"), answer.header("access-control-allow-origin")), ("no-store", "*"));
        let bearer = format!("bearer {}", tokens["access_token"].as_str().unwrap());
        let posted = site.form(&format!("/{pool}/oauth2/userInfo"), &[], &[("authorization", &bearer)]).await;
        assert_eq!(posted.expect(200).json(), expected);
    }
});

site_test!(user_info_takes_a_live_token_of_this_pool_with_openid, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let (other, stranger) = site.pool_and_client().await;
    for pool in [&pool, &other] {
        site.user(pool, "jane").await;
    }
    let text = |tokens: &Value, name: &str| tokens[name].as_str().unwrap().to_owned();
    let tokens = site.oauth(&pool, &client, "jane", &[("scope", "openid")]).await;
    let foreign = site.oauth(&other, &stranger, "jane", &[("scope", "openid")]).await;
    let by_api = site.sign_in(&client, "jane").await;
    let revoked = site.oauth(&pool, &client, "jane", &[("scope", "openid")]).await;
    site.ok("RevokeToken", json!({ "ClientId": client, "Token": revoked["refresh_token"] })).await;
    let description = "Access token is expired, disabled, or deleted, or the user has globally signed out.";
    for token in [
        text(&foreign, "access_token"),
        text(&tokens, "id_token"),
        text(&tokens, "refresh_token"),
        text(&revoked, "access_token"),
        by_api.access,
        "garbage".into(),
    ] {
        let answer = user_info(&site, &pool, &token).await;
        assert_eq!((answer.status, answer.json()), (401, json!({ "error": "invalid_token", "error_description": description })));
        assert_eq!(answer.header("www-authenticate"), format!("Bearer error=\"invalid_token\", error_description=\"{description}\""));
    }
    for headers in [vec![], vec![("authorization", "Basic YTpi")], vec![("authorization", "Bearer ")]] {
        let answer = site.get(&format!("/{pool}/oauth2/userInfo"), &headers).await;
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_request")));
        assert!(answer.header("www-authenticate").starts_with("Bearer error=\"invalid_request\""));
    }
    user_info(&site, &pool, &text(&tokens, "access_token")).await.expect(200);
    site.advance(3_600_000);
    user_info(&site, &pool, &text(&tokens, "access_token")).await.expect(401);
});

site_test!(the_revocation_endpoint_ends_a_session, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let sibling = site.client(&pool, json!({})).await;
    let secret = "abcdefghijklmnopqrstuvwxyz012345";
    let confidential = site.client(&pool, json!({ "ClientSecret": secret })).await;
    let unrevocable = site.client(&pool, json!({ "EnableTokenRevocation": false })).await;
    site.user(&pool, "jane").await;
    let tokens = site.oauth(&pool, &client, "jane", &[("scope", "openid")]).await;
    let revoke = format!("/{pool}/oauth2/revoke");
    let token = tokens["refresh_token"].as_str().unwrap();
    let access = tokens["access_token"].as_str().unwrap();
    let basic = format!("Basic {}", text::base64(format!("{confidential}:wrong").as_bytes()));
    for (fields, headers, status, error) in [
        (vec![("client_id", client.as_str())], vec![], 400, "invalid_request"),
        (vec![("client_id", &client), ("token", access)], vec![], 400, "unsupported_token_type"),
        (vec![("client_id", &sibling), ("token", token)], vec![], 401, "invalid_client"),
        (vec![("client_id", &confidential), ("token", token)], vec![], 401, "invalid_client"),
        (vec![("token", token)], vec![("authorization", basic.as_str())], 401, "invalid_client"),
        (vec![("client_id", &unrevocable), ("token", token)], vec![], 400, "invalid_request"),
        (vec![("token", token)], vec![], 401, "invalid_client"),
    ] {
        let answer = site.form(&revoke, &fields, &headers).await;
        assert_eq!((answer.status, &answer.json()["error"]), (status, &json!(error)), "{fields:?}");
    }
    user_info(&site, &pool, access).await.expect(200);
    for token in [token, token, "garbage"] {
        let answer = site.form(&revoke, &[("client_id", &client), ("token", token)], &[]).await;
        assert_eq!((answer.status, answer.body.as_str(), answer.header("cache-control")), (200, "", "no-store"));
    }
    user_info(&site, &pool, access).await.expect(401);
    site.refused("InitiateAuth", refresh(&client, token), "NotAuthorizedException", "Refresh Token has been revoked").await;
});

site_test!(signing_out_ends_the_browsers_session_and_leads_to_registered_addresses_only, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let query = authorize(&client, &[]);
    for (more, leads_to) in [
        ("&logout_uri=https://app.example/out&state=a%20b", Some("https://app.example/out?state=a+b")),
        ("&logout_uri=https://app.example/out", Some("https://app.example/out")),
        ("&logout_uri=https://app.example/out/", None),
        ("&logout_uri=https://evil.example/", None),
        ("&logout_uri=//evil.example", None),
    ] {
        let browser = site.browser();
        browser.sign_in(&pool, &query, "jane", PASSWORD).await;
        assert_eq!(site.count("browser_sessions").await, 1);
        let answer = browser.get(&format!("/{pool}/logout?client_id={client}{more}")).await;
        match leads_to {
            Some(address) => assert_eq!(answer.location(), address),
            None => assert_eq!((answer.header("location"), answer.status), ("", 400), "{more}"),
        }
        assert_eq!((site.count("browser_sessions").await, browser.cookie("cognito").as_str()), (0, ""));
        assert!(browser.get(&format!("/{pool}/oauth2/authorize?{query}")).await.location().contains("/login?"));
    }
    let browser = site.browser();
    browser.sign_in(&pool, &query, "jane", PASSWORD).await;
    let again = browser.get(&format!("/{pool}/logout?{query}")).await;
    assert_eq!(again.location(), format!("/{pool}/login?{query}"));
    let unknown = browser.get(&format!("/{pool}/logout?client_id=nobody&logout_uri=https://app.example/out")).await;
    assert_eq!((unknown.status, unknown.header("location")), (400, ""));
});
