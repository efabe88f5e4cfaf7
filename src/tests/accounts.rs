//! Several people in one browser, and the cookies that tell them.

use super::browser::authorize;
use super::certification::{Callback, Rp};
use super::fixtures::PASSWORD;
use super::harness::{Site, site_test};
use crate::boot::config::Settings;
use crate::kit::clock::HOUR;
use crate::store::testing::db_test;
use crate::tokens::jwt;
use serde_json::{Value, json};

impl Rp<'_> {
    /// Signs another person in, beside who is there.
    async fn add(&self, name: &str) {
        let page = self.browser.get(&self.address(&[("prompt", "select_account")])).await.location().to_owned();
        assert!(self.browser.get(&page).await.expect(200).body.contains("Use another account"));
        let log_in = self.browser.post(&page, &[("account", "")]).await.location().to_owned();
        Callback::of(&self.browser.post(&log_in, &[("username", name), ("password", PASSWORD)]).await).reached_the_application();
    }

    /// Who a code is about.
    async fn about(&self, callback: &Callback) -> Value {
        jwt::peek(self.tokens(callback).await["id_token"].as_str().unwrap()).unwrap()["cognito:username"].clone()
    }

    /// What the page of accounts posts for a person.
    fn choice(page: &str, name: &str) -> String {
        let before = page.split(name).next().unwrap();
        before.rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned()
    }
}

site_test!(a_person_chooses_between_accounts, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    site.user(&rp.pool, "john").await;
    rp.run(&[]).await;
    rp.add("john").await;
    assert_eq!((site.count("browser_sessions").await, rp.browser.cookie("cognito").matches('.').count()), (2, 1));
    let silent = Callback::of(&rp.browser.get(&rp.address(&[("prompt", "none")])).await);
    assert_eq!(rp.about(&silent).await, json!("john"), "who came last");
    let address = rp.browser.get(&rp.address(&[("prompt", "select_account")])).await.location().to_owned();
    let page = rp.browser.get(&address).await.body;
    assert!(page.contains("jane@example.com") && page.contains("john@example.com"), "{page}");
    let jane = Rp::choice(&page, "jane@example.com");
    let chosen = Callback::of(&rp.browser.post(&address, &[("account", &jane)]).await);
    assert_eq!(rp.about(&chosen).await, json!("jane"));
    let silent = Callback::of(&rp.browser.get(&rp.address(&[("prompt", "none")])).await);
    let tokens = rp.tokens(&silent).await;
    assert_eq!(jwt::peek(tokens["id_token"].as_str().unwrap()).unwrap()["cognito:username"], json!("jane"), "the choice stays");
    // A hint picks by itself.
    let hint = tokens["id_token"].as_str().unwrap().to_owned();
    rp.browser.post(&address, &[("account", &Rp::choice(&page, "john@example.com"))]).await;
    let hinted = Callback::of(&rp.browser.get(&rp.address(&[("prompt", "none"), ("id_token_hint", &hint)])).await);
    assert_eq!(rp.about(&hinted).await, json!("jane"));
    // Signing out with a hint leaves the other, without it nobody.
    rp.browser.get(&format!("/{}/logout?id_token_hint={hint}", rp.pool)).await.expect(200);
    let silent = Callback::of(&rp.browser.get(&rp.address(&[("prompt", "none")])).await);
    assert_eq!(rp.about(&silent).await, json!("john"));
    rp.browser.get(&format!("/{}/logout?client_id={}&logout_uri=https://app.example/out", rp.pool, rp.client)).await.location();
    assert_eq!((rp.browser.cookie("cognito").as_str(), site.count("browser_sessions").await), ("", 0));
});

site_test!(whoever_signs_in_takes_the_place_of_who_was_there, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    site.user(&rp.pool, "john").await;
    rp.run(&[]).await;
    let planted = rp.browser.cookie("cognito");
    rp.browser.sign_in(&rp.pool, &rp.query(&[("prompt", "login")]), "john", PASSWORD).await;
    assert_eq!(site.count("browser_sessions").await, 1, "nobody can go on as jane");
    assert_ne!(rp.browser.cookie("cognito"), planted);
    let page = rp.browser.get(&format!("/{}/selectAccount?{}", rp.pool, rp.query(&[]))).await;
    assert!(page.expect(200).body.contains("john@example.com") && !page.body.contains("jane@example.com"));
});

// A session that was planted is not the one that a sign-in begins.
site_test!(a_planted_cookie_gains_nothing, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let planted = "p".repeat(43);
    rp.browser.set_cookie("cognito", &planted);
    rp.run(&[]).await;
    assert!(!rp.browser.cookie("cognito").contains(&planted));
    let attacker = site.browser();
    attacker.set_cookie("cognito", &planted);
    let answer = attacker.get(&rp.address(&[("prompt", "none")])).await;
    assert_eq!(Callback::of(&answer).get("error").as_deref(), Some("login_required"));
});

site_test!(an_account_that_is_old_for_the_client_is_offered, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    site.user(&rp.pool, "john").await;
    rp.run(&[]).await;
    site.advance(HOUR / 2);
    rp.add("john").await;
    let address = rp.browser.get(&rp.address(&[("prompt", "select_account")])).await.location().to_owned();
    let jane = Rp::choice(&rp.browser.get(&address).await.body, "jane@example.com");
    rp.browser.post(&address, &[("account", &jane)]).await;
    // For this request the chosen one is too old, and the other would do: nobody is chosen for the person.
    let silent = [("prompt", "none"), ("max_age", "60")];
    assert_eq!(rp.error(&silent).await.as_deref(), Some("account_selection_required"));
    // Chosen all the same, she signs in again.
    let aged = rp.browser.get(&rp.address(&[("prompt", "select_account"), ("max_age", "60")])).await.location().to_owned();
    let log_in = rp.browser.post(&aged, &[("account", &jane)]).await.location().to_owned();
    assert!(log_in.starts_with(&format!("/{}/login?", rp.pool)), "{log_in}");
    assert!(rp.browser.get(&log_in).await.body.contains("value=\"jane\""));
    let unknown = rp.browser.post(&address, &[("account", "sso-of-nobody")]).await;
    assert!(unknown.location().starts_with(&format!("/{}/login?", rp.pool)));
});

db_test!(over_https_cookies_are_bound_to_the_host, |db: crate::store::Db| async move {
    let site = Site::with(db, Settings { public_url: Some("https://id.example".into()), ..Settings::default() }).await;
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let page = format!("/{pool}/login?{}", authorize(&client, &[]));
    let browser = site.browser();
    browser.get(&page).await.expect(200);
    let (token, name) = (browser.cookie(&format!("__Host-XSRF-TOKEN.{pool}")), format!("__Host-cognito.{pool}"));
    let fields = [("_csrf", token.as_str()), ("username", "jane"), ("password", PASSWORD)];
    let answer = browser.post_as(&page, &fields, &[("origin", "https://id.example")]).await;
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok()).collect();
    let session = cookies.iter().find(|c| c.starts_with(&name)).unwrap_or_else(|| panic!("{cookies:?}"));
    assert!(session.contains("; Path=/;") && session.contains("; Secure") && session.contains("HttpOnly") && !session.contains("Domain"));
    let silent = format!("/{pool}/oauth2/authorize?{}", authorize(&client, &[("prompt", "none")]));
    assert!(browser.get(&silent).await.location().contains("?code="));
});
