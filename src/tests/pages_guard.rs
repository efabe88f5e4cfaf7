//! What keeps a form safe: the browser's token, the page's origin, the flow's browser, and the headers of every page.

use super::browser::{authorize, parameter};
use super::fixtures::{CALLBACK, PASSWORD};
use super::harness::{Site, site_test};
use crate::boot::config::Settings;
use crate::kit::clock::HOUR;
use crate::store::Db;
use crate::store::testing::db_test;
use serde_json::json;

const FORMS: [&str; 8] =
    ["login", "signup", "confirmUser", "resendcode", "forgotPassword", "confirmForgotPassword", "changePassword", "mfa"];

site_test!(a_form_without_the_browsers_token_or_from_elsewhere_does_nothing, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let query = authorize(&client, &[]);
    let browser = site.browser();
    browser.get(&format!("/{pool}/login?{query}")).await.expect(200);
    let token = browser.cookie("XSRF-TOKEN");
    let other = site.browser();
    other.get(&format!("/{pool}/login?{query}")).await.expect(200);
    let own = ("origin", "http://localhost:8080");
    let before = site.rows().await;
    for form in FORMS {
        let page = format!("/{pool}/{form}?{query}");
        let fields = [("username", "jane"), ("password", PASSWORD), ("email", "new@example.com"), ("code", "123456")];
        for (csrf, headers) in [
            (None, vec![own]),
            (Some(String::new()), vec![own]),
            (Some("x".repeat(43)), vec![own]),
            (Some(other.cookie("XSRF-TOKEN")), vec![own]),
            (Some(token.clone()), vec![("origin", "https://evil.example")]),
            (Some(token.clone()), vec![("origin", "null")]),
            (Some(token.clone()), vec![own, ("sec-fetch-site", "cross-site")]),
            (Some(token.clone()), vec![own, ("sec-fetch-site", "same-site")]),
        ] {
            let mut all: Vec<_> = fields.to_vec();
            all.extend(csrf.iter().map(|t| ("_csrf", t.as_str())));
            let answer = browser.post_as(&page, &all, &headers).await;
            assert_eq!((answer.status, answer.header("location")), (403, ""), "{form} {csrf:?} {headers:?}");
            assert!(answer.body.contains("This form can not be accepted"));
        }
        let no_cookies = site.form(&page, &[("_csrf", &token), ("username", "jane"), ("password", PASSWORD)], &[own]).await;
        assert_eq!(no_cookies.status, 403, "{form}");
    }
    assert_eq!(site.rows().await, before);
    assert!(site.outbox().await.is_empty());
    assert_eq!(browser.cookie("cognito"), "");
});

site_test!(a_flow_belongs_to_the_browser_it_began_in, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let page = format!("/{pool}/login?{}", authorize(&client, &[]));
    let browser = site.browser();
    browser.get(&page).await.expect(200);
    let location = browser.post(&page, &[("username", "jane"), ("password", "Wr0ng-one!")]).await.location().to_owned();
    let flow = parameter(&location, "flow").expect("a flow");
    assert_eq!(location, format!("/{pool}/login?flow={flow}"), "nothing of the error is in the address");
    browser.get(&location).await.expect(200);
    let stranger = site.browser();
    stranger.get(&page).await.expect(200);
    for at in FORMS {
        let seen = stranger.get(&format!("/{pool}/{at}?flow={flow}")).await;
        assert_eq!(seen.status, 400, "{at}");
        assert!(seen.body.contains("This page has expired") && !seen.body.contains("jane"), "{at}");
        let sent = stranger.post(&format!("/{pool}/{at}?flow={flow}"), &[("username", "jane"), ("password", PASSWORD)]).await;
        assert_eq!((sent.status, sent.header("location")), (400, ""), "{at}");
    }
    assert_eq!(site.get(&location, &[]).await.status, 400, "nor to one without cookies");
    assert_eq!(browser.get(&format!("/{pool}/login?flow={flow}x")).await.status, 400);
    assert!(browser.get(&location).await.body.contains("jane"));
    site.advance(HOUR);
    assert_eq!(browser.get(&location).await.status, 400);
});

site_test!(a_flow_holds_in_its_pool_only, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let (other, _) = site.pool_and_client().await;
    let browser = site.browser();
    let page = format!("/{pool}/login?{}", authorize(&client, &[]));
    browser.get(&page).await.expect(200);
    let location = browser.post(&page, &[("username", "jane"), ("password", "x")]).await.location().to_owned();
    let elsewhere = location.replace(&pool, &other);
    assert_eq!(browser.get(&elsewhere).await.status, 400);
});

site_test!(a_planted_session_gains_nothing, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let query = authorize(&client, &[]);
    let attacker = "p".repeat(43);
    let victim = site.browser();
    victim.set_cookie("cognito", &attacker);
    victim.sign_in(&pool, &query, "jane", PASSWORD).await;
    let first = victim.cookie("cognito");
    assert_ne!(first, attacker);
    let silent = format!("/{pool}/oauth2/authorize?{}", authorize(&client, &[("prompt", "none")]));
    let cookie = format!("cognito={attacker}");
    let planted = site.get(&silent, &[("cookie", &cookie)]).await;
    assert_eq!(parameter(planted.location(), "error").as_deref(), Some("login_required"));
    // Each sign-in has a session of its own.
    victim.sign_in(&pool, &authorize(&client, &[("prompt", "login")]), "jane", PASSWORD).await;
    assert_ne!(victim.cookie("cognito"), first);
});

site_test!(every_page_says_what_a_browser_may_do_with_it, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let query = authorize(&client, &[]);
    for (page, status, application) in [("login", 200, true), ("signup", 200, true), ("forgotPassword", 200, true), ("error", 400, false)] {
        let answer = site.get(&format!("/{pool}/{page}?{query}"), &[]).await;
        let policy = answer.expect(status).header("content-security-policy").to_owned();
        let to = if application { " https://app.example" } else { "" };
        assert_eq!(
            policy,
            format!(
                "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'{to}; frame-ancestors 'none'; base-uri 'none'"
            )
        );
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("content-type", "text/html; charset=utf-8"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{page} {name}");
        }
        assert!(!answer.body.contains("<script"), "{page} runs no script");
    }
});

site_test!(cookies_are_kept_from_scripts_and_other_sites, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let page = format!("/{pool}/login?{}", authorize(&client, &[]));
    let browser = site.browser();
    let first = browser.get(&page).await;
    let token = browser.cookie("XSRF-TOKEN");
    assert_eq!(first.header("set-cookie"), format!("XSRF-TOKEN={token}; Path=/{pool}; HttpOnly; SameSite=Lax"));
    assert_eq!(token.len(), 43);
    assert!(first.body.contains(&format!("value=\"{token}\"")));
    assert_eq!(browser.get(&page).await.header("set-cookie"), "", "a browser keeps its cookie");
    let answer = browser.post(&page, &[("username", "jane"), ("password", PASSWORD)]).await;
    assert!(answer.location().starts_with(CALLBACK));
    let session = browser.cookie("cognito");
    assert_eq!(answer.header("set-cookie"), format!("cognito={session}; Path=/{pool}; HttpOnly; SameSite=Lax; Max-Age=3600"));
});

db_test!(behind_https_cookies_are_secure, |db: Db| async move {
    let site = Site::with(db, Settings { public_url: Some("https://id.example".into()), ..Settings::default() }).await;
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let page = format!("/{pool}/login?{}", authorize(&client, &[]));
    let browser = site.browser();
    assert!(browser.get(&page).await.header("set-cookie").ends_with("; SameSite=Lax; Secure"));
    let token = browser.cookie(&format!("__Host-XSRF-TOKEN.{pool}"));
    let fields = [("_csrf", token.as_str()), ("username", "jane"), ("password", PASSWORD)];
    assert_eq!(browser.post_as(&page, &fields, &[("origin", "http://id.example")]).await.status, 403);
    let answer = browser.post_as(&page, &fields, &[("origin", "https://id.example")]).await;
    assert!(answer.location().starts_with(CALLBACK) && answer.header("set-cookie").ends_with("; Max-Age=3600; Secure"));
});

site_test!(confirming_one_account_signs_in_to_no_other, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let browser = site.browser();
    let page = format!("/{pool}/signup?{}", authorize(&client, &[]));
    browser.get(&page).await.expect(200);
    let fields = [("username", "victim"), ("email", "victim@example.com"), ("password", PASSWORD)];
    let flow = browser.post(&page, &fields).await.location().to_owned();
    // The victim takes the account over, elsewhere.
    site.ok("AdminConfirmSignUp", json!({ "UserPoolId": pool, "Username": "victim" })).await;
    // The browser that made it confirms an account of its own in the same flow.
    site.sign_up(&client, "mallory", "mallory@example.com").await;
    let code = site.code("mallory@example.com").await;
    let forgot = flow.replace("confirmUser", "forgotPassword");
    browser.post(&forgot, &[("username", "mallory")]).await;
    let led = browser.post(&flow, &[("code", &code)]).await.location().to_owned();
    assert!(led.contains("/login?flow="), "{led}");
    assert_eq!(site.count("browser_sessions").await, 0);
});
