//! The consent page: whom it asks, what it remembers, and what cannot get past it.

use super::browser::parameter;
use super::certification::{Callback, Rp};
use super::fixtures::PASSWORD;
use super::harness::{Site, site_test};
use serde_json::json;

fn asking() -> serde_json::Value {
    json!({ "ClientName": "Photo book", "PoolhouseOAuth": { "RequireConsent": true } })
}

site_test!(people_are_asked_once_for_each_scope, |site: Site| async move {
    let rp = Rp::new(&site, asking()).await;
    let signed_in = rp.browser.sign_in(&rp.pool, &rp.query(&[("scope", "openid email")]), "jane", PASSWORD).await;
    assert!(signed_in.starts_with(&format!("/{}/consent?flow=", rp.pool)), "{signed_in}");
    let page = rp.browser.get(&signed_in).await;
    for word in ["Photo book", "jane@example.com", "See your email address"] {
        assert!(page.expect(200).body.contains(word), "{word}: {}", page.body);
    }
    let callback = Callback::of(&rp.browser.post(&signed_in, &[("decision", "allow")]).await);
    assert!(callback.reached_the_application().get("code").is_some());
    assert_eq!((site.count("consents").await, site.count("flows").await), (1, 0));
    // Remembered, and asked again for more or when the application wants it.
    assert_eq!(rp.error(&[("scope", "openid email"), ("prompt", "none")]).await, None);
    let more = [&[("scope", "openid")][..], &[("scope", "openid email"), ("claims", r#"{"userinfo":{"phone_number":null}}"#)]];
    for reveals_more in more {
        let silent = [reveals_more, &[("prompt", "none")]].concat();
        assert_eq!(rp.error(&silent).await.as_deref(), Some("consent_required"), "{reveals_more:?}");
    }
    assert_eq!(rp.error(&[("scope", "openid profile"), ("prompt", "none")]).await.as_deref(), Some("consent_required"));
    for more in [&[("scope", "openid profile")][..], &[("scope", "openid"), ("prompt", "consent")]] {
        let page = rp.browser.get(&rp.address(more)).await.location().to_owned();
        assert!(page.starts_with(&format!("/{}/consent?flow=", rp.pool)), "{page}");
        Callback::of(&rp.browser.post(&page, &[("decision", "allow")]).await).reached_the_application();
    }
    assert_eq!(rp.error(&[("scope", "openid profile email"), ("prompt", "none")]).await, None, "grants add up");
});

site_test!(a_refusal_is_told_and_takes_back_what_was_granted, |site: Site| async move {
    let rp = Rp::new(&site, asking()).await;
    let page = rp.browser.sign_in(&rp.pool, &rp.query(&[]), "jane", PASSWORD).await;
    Callback::of(&rp.browser.post(&page, &[("decision", "allow")]).await);
    let page = rp.browser.get(&rp.address(&[("prompt", "consent")])).await.location().to_owned();
    let callback = Callback::of(&rp.browser.post(&page, &[("decision", "deny")]).await);
    let state = callback.get("state");
    assert_eq!((callback.get("error").as_deref(), callback.get("code"), state.as_deref()), (Some("access_denied"), None, Some("st/ate")));
    assert_eq!(site.count("consents").await, 0);
    assert_eq!(rp.error(&[("prompt", "none")]).await.as_deref(), Some("consent_required"));
});

site_test!(the_page_serves_who_was_signed_in_for_it, |site: Site| async move {
    let rp = Rp::new(&site, asking()).await;
    let page = rp.browser.sign_in(&rp.pool, &rp.query(&[]), "jane", PASSWORD).await;
    // Without the session of the flow there is only signing in: in another browser, by a request that did not come through a sign-in.
    let stolen = site.browser().get(&page).await;
    assert_eq!((stolen.status, stolen.header("location")), (400, ""));
    let direct = format!("/{}/consent?{}", rp.pool, rp.query(&[("prompt", "login")]));
    assert!(rp.browser.get(&direct).await.location().starts_with(&format!("/{}/login?", rp.pool)));
    let posted = rp.browser.post(&direct, &[("decision", "allow")]).await;
    assert!(posted.location().starts_with(&format!("/{}/login?", rp.pool)));
    // A session that is ended meanwhile grants nothing.
    site.ok("AdminDisableUser", json!({ "UserPoolId": rp.pool, "Username": "jane" })).await;
    let late = rp.browser.post(&page, &[("decision", "allow")]).await;
    assert!(late.location().starts_with(&format!("/{}/login?", rp.pool)));
    assert_eq!((site.count("consents").await, site.count("authorization_codes").await), (0, 0));
    let forged = rp.browser.post_as(&page, &[("_csrf", "x"), ("decision", "allow")], &[]).await;
    assert_eq!(forged.status, 403);
});

// Scopes of resource servers are told in their own words.
site_test!(custom_scopes_are_described, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "See your albums" }]);
    let server = json!({ "UserPoolId": rp.pool, "Identifier": "photos", "Name": "Photos", "Scopes": scopes });
    site.ok("CreateResourceServer", server).await;
    let client =
        site.client(&rp.pool, crate::tests::harness::merged(asking(), json!({ "AllowedOAuthScopes": ["openid", "photos/read"] }))).await;
    let query = crate::tests::browser::authorize(&client, &[]);
    let page = rp.browser.sign_in(&rp.pool, &query, "jane", PASSWORD).await;
    assert!(parameter(&page, "flow").is_some());
    assert!(rp.browser.get(&page).await.body.contains("See your albums"));
});
