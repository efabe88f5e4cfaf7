//! `/oauth2/authorize`: whom it leads on, where to, and whom it never sends anywhere.

use super::browser::{authorize, parameter};
use super::fixtures::{CALLBACK, CHALLENGE, PASSWORD};
use super::harness::{Site, site_test};
use crate::kit::clock::{HOUR, SECOND};
use serde_json::json;

site_test!(an_unknown_application_or_address_is_never_redirected_to, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let (_, stranger) = site.pool_and_client().await;
    let api_only = site.ok("CreateUserPoolClient", json!({ "UserPoolId": pool, "ClientName": "api" })).await;
    let api_only = api_only["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned();
    let before = site.rows().await;
    for more in [
        vec![("client_id", "nobody")],
        vec![("client_id", "")],
        vec![("client_id", &stranger)],
        vec![("client_id", &api_only)],
        vec![("client_id", "a\0b")],
        vec![("redirect_uri", "https://evil.example/cb")],
        vec![("redirect_uri", "https://app.example/cb/")],
        vec![("redirect_uri", "https://app.example/cb?x=1")],
        vec![("redirect_uri", "https://app.example:443/cb")],
        vec![("redirect_uri", "https://APP.example/cb")],
        vec![("redirect_uri", "https://app.example@evil.example/cb")],
        vec![("redirect_uri", "javascript:alert(1)")],
        vec![("redirect_uri", "")],
        vec![("redirect_uri", "https://evil.example/cb"), ("response_type", "nonsense")],
    ] {
        for page in ["oauth2/authorize", "login", "signup", "forgotPassword"] {
            let answer = site.get(&format!("/{pool}/{page}?{}", authorize(&client, &more)), &[]).await;
            assert_eq!((answer.status, answer.header("location")), (400, ""), "{page} {more:?}");
            assert!(answer.body.contains("This sign-in link does not work"), "{page} {more:?}");
        }
    }
    assert_eq!(site.get("/us-east-1_nowhere00/oauth2/authorize", &[]).await.status, 404);
    assert_eq!(site.rows().await, before);
});

site_test!(the_applications_own_mistakes_are_told_to_it, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    for (more, error) in [
        (vec![("response_type", "")], "invalid_request"),
        (vec![("response_type", "none")], "unsupported_response_type"),
        (vec![("response_mode", "cookie")], "invalid_request"),
        (vec![("scope", "openid admin")], "invalid_scope"),
        (vec![("scope", "email")], "invalid_scope"),
        (vec![("code_challenge", CHALLENGE)], "invalid_request"),
        (vec![("code_challenge", CHALLENGE), ("code_challenge_method", "plain")], "invalid_request"),
        (vec![("code_challenge", "short"), ("code_challenge_method", "S256")], "invalid_request"),
        (vec![("prompt", "none login")], "invalid_request"),
        (vec![("max_age", "soon")], "invalid_request"),
        (vec![("request", "x")], "invalid_request_object"),
        (vec![("request_uri", "https://x.example")], "request_uri_not_supported"),
        (vec![("prompt", "none")], "login_required"),
    ] {
        let more = [&more[..], &[("state", "s&t #1")]].concat();
        let answer = site.get(&format!("/{pool}/oauth2/authorize?{}", authorize(&client, &more)), &[]).await;
        let location = answer.location();
        assert!(location.starts_with(&format!("{CALLBACK}?")), "{location}");
        assert_eq!(parameter(location, "error").as_deref(), Some(error), "{more:?}");
        assert_eq!(parameter(location, "state").as_deref(), Some("s&t #1"));
        assert_eq!((parameter(location, "code"), answer.header("cache-control")), (None, "no-store"));
    }
    let twice = format!("/{pool}/oauth2/authorize?{}&scope=openid&scope=openid", authorize(&client, &[]));
    assert_eq!(parameter(site.get(&twice, &[]).await.location(), "error").as_deref(), Some("invalid_request"));
    assert_eq!(site.count("flows").await, 0, "looking writes nothing");
});

site_test!(who_is_signed_in_goes_on_at_once, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let sibling = site.client(&pool, json!({})).await;
    let (other, stranger) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let browser = site.browser();
    let location = browser.sign_in(&pool, &authorize(&client, &[("state", "a b")]), "jane", PASSWORD).await;
    assert!(location.starts_with(&format!("{CALLBACK}?code=")), "{location}");
    assert_eq!(parameter(&location, "state").as_deref(), Some("a b"));
    let at = |pool: &str, client: &str, more: &[(&str, &str)]| format!("/{pool}/oauth2/authorize?{}", authorize(client, more));
    for client in [&client, &sibling] {
        let location = browser.get(&at(&pool, client, &[])).await.location().to_owned();
        let code = parameter(&location, "code").expect("a code");
        assert_ne!(Some(&code), parameter(&location, "state").as_ref());
        let silent = browser.get(&at(&pool, client, &[("prompt", "none")])).await.location().to_owned();
        assert!(parameter(&silent, "code").is_some());
        for (prompt, page) in [("login", "login"), ("select_account", "selectAccount")] {
            let asked = browser.get(&at(&pool, client, &[("prompt", prompt)])).await;
            assert!(asked.location().starts_with(&format!("/{pool}/{page}?")));
        }
    }
    assert!(browser.get(&at(&other, &stranger, &[])).await.location().starts_with(&format!("/{other}/login?")));
});

site_test!(a_session_lasts_an_hour_or_as_long_as_the_application_likes, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let browser = site.browser();
    browser.sign_in(&pool, &authorize(&client, &[]), "jane", PASSWORD).await;
    let silent = |age: Option<&'static str>| {
        let mut more = vec![("prompt", "none")];
        more.extend(age.map(|age| ("max_age", age)));
        format!("/{pool}/oauth2/authorize?{}", authorize(&client, &more))
    };
    site.advance(60 * SECOND);
    for (age, signed_in) in [(Some("60"), true), (Some("59"), false), (Some("0"), false), (None, true)] {
        let location = browser.get(&silent(age)).await.location().to_owned();
        assert_eq!(parameter(&location, "code").is_some(), signed_in, "{age:?}");
    }
    site.advance(HOUR - 60 * SECOND - 1);
    assert!(parameter(browser.get(&silent(None)).await.location(), "code").is_some());
    site.advance(1);
    assert_eq!(parameter(browser.get(&silent(None)).await.location(), "error").as_deref(), Some("login_required"));
});

site_test!(the_time_of_the_sign_in_is_told, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let browser = site.browser();
    browser.sign_in(&pool, &authorize(&client, &[]), "jane", PASSWORD).await;
    let at = site.now() / 1_000;
    site.advance(600 * SECOND);
    let location = browser.get(&format!("/{pool}/oauth2/authorize?{}", authorize(&client, &[]))).await.location().to_owned();
    let answer = site.exchange(&pool, &client, &parameter(&location, "code").unwrap(), &[]).await.expect(200).json();
    let claims = crate::tokens::jwt::peek(answer["id_token"].as_str().unwrap()).unwrap();
    assert_eq!((&claims["auth_time"], &claims["iat"]), (&json!(at), &json!(at + 600)));
});

site_test!(what_ends_an_account_ends_its_browser_sessions, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let of = |name: &str| json!({ "UserPoolId": pool, "Username": name });
    for (name, operation, input) in [
        ("off", "AdminDisableUser", of("off")),
        ("gone", "AdminDeleteUser", of("gone")),
        ("reset", "AdminResetUserPassword", of("reset")),
        ("set", "AdminSetUserPassword", json!({ "UserPoolId": pool, "Username": "set", "Password": "Other0ne!", "Permanent": true })),
    ] {
        site.user(&pool, name).await;
        let browser = site.browser();
        browser.sign_in(&pool, &authorize(&client, &[]), name, PASSWORD).await;
        let silent = format!("/{pool}/oauth2/authorize?{}", authorize(&client, &[("prompt", "none")]));
        assert!(parameter(browser.get(&silent).await.location(), "code").is_some(), "{name}");
        site.ok(operation, input).await;
        assert_eq!(parameter(browser.get(&silent).await.location(), "error").as_deref(), Some("login_required"), "{name}");
    }
});
