//! A browser's session and the tokens that come through it: how long it serves whom, and what ends with what.

use super::browser::{Browser, authorize, parameter};
use super::fixtures::{CALLBACK, PASSWORD, Tokens};
use super::harness::{Site, merged, site_test};
use crate::kit::clock::{DAY, HOUR, MINUTE};
use serde_json::{Value, json};

const SCOPE: (&str, &str) = ("scope", "openid aws.cognito.signin.user.admin");

struct World {
    pool: String,
    client: String,
    sibling: String,
}

async fn world(site: &Site) -> World {
    let (pool, client) = site.pool_and_client().await;
    site.track(&pool, 20).await;
    site.user(&pool, "jane").await;
    World { sibling: site.client(&pool, json!({})).await, pool, client }
}

impl World {
    async fn serves(&self, site: &Site, client: &str, minutes: i64) {
        let input = json!({ "UserPoolId": self.pool, "ClientId": client, "SSOSession": { "MaxValidityMinutes": minutes } });
        assert_eq!(site.ok("SetUserPoolClientSessionConfiguration", input.clone()).await, input);
        let read = json!({ "UserPoolId": self.pool, "ClientId": client });
        assert_eq!(site.ok("GetUserPoolClientSessionConfiguration", read).await, input);
    }

    async fn sign_in(&self, site: &Site, browser: &Browser<'_>) -> Tokens {
        let location = browser.sign_in(&self.pool, &authorize(&self.client, &[SCOPE]), "jane", PASSWORD).await;
        self.redeem(site, &self.client, &location).await
    }

    async fn redeem(&self, site: &Site, client: &str, location: &str) -> Tokens {
        let code = parameter(location, "code").expect("a code");
        let answer = site.exchange(&self.pool, client, &code, &[]).await.expect(200).json();
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        Tokens { access: text("access_token"), id: text("id_token"), refresh: text("refresh_token") }
    }

    /// The code that a client gets without a question, if it does.
    async fn silently(&self, browser: &Browser<'_>, client: &str) -> Option<String> {
        let query = authorize(client, &[SCOPE, ("prompt", "none")]);
        let location = browser.get(&format!("/{}/oauth2/authorize?{query}", self.pool)).await.location().to_owned();
        assert!(location.starts_with(CALLBACK), "{location}");
        Some(location).filter(|l| parameter(l, "code").is_some())
    }

    async fn sessions(&self, site: &Site) -> Vec<Value> {
        let answer = site.ok("AdminListUserSessions", json!({ "UserPoolId": self.pool, "Username": "jane" })).await;
        answer["Sessions"].as_array().cloned().unwrap_or_default()
    }

    async fn session(&self, site: &Site, kind: &str) -> String {
        let sessions = self.sessions(site).await;
        let found = sessions.iter().find(|s| s["SessionType"] == kind).expect("a session of this kind");
        found["SessionId"].as_str().expect("an id").to_owned()
    }

    async fn revoke(&self, site: &Site, id: &str, associated: &str) {
        let base = json!({ "UserPoolId": self.pool, "Username": "jane", "SessionId": id });
        site.ok("AdminRevokeUserSession", merged(base, json!({ "RevokeAssociatedSessions": associated }))).await;
    }
}

async fn is_alive(site: &Site, tokens: &Tokens) -> bool {
    site.api("GetUser", json!({ "AccessToken": tokens.access })).await.status == 200
}

site_test!(each_client_takes_a_browsers_session_for_as_long_as_it_says, |site: Site| async move {
    let w = world(&site).await;
    let defaults = json!({ "UserPoolId": w.pool, "ClientId": w.client, "SSOSession": { "MaxValidityMinutes": 60 } });
    let read = json!({ "UserPoolId": w.pool, "ClientId": w.client });
    assert_eq!(site.ok("GetUserPoolClientSessionConfiguration", read).await, defaults);
    w.serves(&site, &w.sibling, 3 * 24 * 60).await;
    let never = site.client(&w.pool, json!({})).await;
    w.serves(&site, &never, 0).await;
    let browser = site.browser();
    w.sign_in(&site, &browser).await;
    assert!(w.silently(&browser, &never).await.is_none());
    site.advance(HOUR - 1);
    assert!(w.silently(&browser, &w.client).await.is_some());
    site.advance(1);
    assert!(w.silently(&browser, &w.client).await.is_none());
    assert!(w.silently(&browser, &w.sibling).await.is_some());
    site.advance(3 * DAY - HOUR - 1);
    assert!(w.silently(&browser, &w.sibling).await.is_some());
    site.advance(1);
    assert!(w.silently(&browser, &w.sibling).await.is_none());
    // Without tracking, what clients were told sleeps.
    let browser = site.browser();
    w.sign_in(&site, &browser).await;
    let disabled = json!({ "UserPoolId": w.pool, "UserSessionTracking": "DISABLED", "TokenSession": { "MaxPerUser": 20 } });
    site.ok("SetUserPoolSessionConfiguration", disabled).await;
    assert!(w.silently(&browser, &never).await.is_some());
    site.advance(HOUR);
    assert!(w.silently(&browser, &w.sibling).await.is_none());
});

site_test!(ending_a_browsers_session_leaves_or_takes_its_tokens, |site: Site| async move {
    let w = world(&site).await;
    for (associated, left) in [("NONE", true), ("LINKED", false)] {
        let browser = site.browser();
        let tokens = w.sign_in(&site, &browser).await;
        let other = site.sign_in(&w.client, "jane").await;
        // A code on its way belongs to the session.
        let pending = w.silently(&browser, &w.sibling).await.expect("a code");
        let id = w.session(&site, "SSO").await;
        w.revoke(&site, &id, associated).await;
        assert!(w.silently(&browser, &w.client).await.is_none());
        let code = parameter(&pending, "code").unwrap();
        let answer = site.exchange(&w.pool, &w.sibling, &code, &[]).await;
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_grant")));
        assert_eq!((is_alive(&site, &tokens).await, is_alive(&site, &other).await), (left, true));
        site.ok("AdminUserGlobalSignOut", json!({ "UserPoolId": w.pool, "Username": "jane" })).await;
        site.advance(MINUTE);
    }
});

site_test!(ending_a_tokens_session_leaves_or_takes_its_browsers, |site: Site| async move {
    let w = world(&site).await;
    for (associated, left) in [("NONE", true), ("LINKED", false)] {
        let browser = site.browser();
        let tokens = w.sign_in(&site, &browser).await;
        let through = w.silently(&browser, &w.sibling).await.expect("a code");
        let through = w.redeem(&site, &w.sibling, &through).await;
        let sessions = w.sessions(&site).await;
        let id = sessions.iter().find(|s| s["SessionType"] == "TOKEN" && s["ClientId"] == w.client.as_str()).unwrap()["SessionId"].clone();
        w.revoke(&site, id.as_str().unwrap(), associated).await;
        assert_eq!((is_alive(&site, &tokens).await, is_alive(&site, &through).await), (false, true));
        assert_eq!(w.silently(&browser, &w.client).await.is_some(), left);
        site.ok("AdminUserGlobalSignOut", json!({ "UserPoolId": w.pool, "Username": "jane" })).await;
        site.advance(MINUTE);
    }
});

site_test!(revoking_a_token_takes_the_browsers_session_where_asked, |site: Site| async move {
    let w = world(&site).await;
    for (tracking, associated, left) in [("ENABLED", "NONE", true), ("ENABLED", "LINKED", false), ("DISABLED", "LINKED", true)] {
        let set = json!({ "UserPoolId": w.pool, "UserSessionTracking": tracking, "TokenSession": { "MaxPerUser": 20 } });
        site.ok("SetUserPoolSessionConfiguration", set).await;
        let browser = site.browser();
        let tokens = w.sign_in(&site, &browser).await;
        let through = w.silently(&browser, &w.sibling).await.expect("a code");
        let through = w.redeem(&site, &w.sibling, &through).await;
        let api = site.sign_in(&w.client, "jane").await;
        for token in [&tokens.refresh, &api.refresh] {
            let input = json!({ "ClientId": w.client, "Token": token, "RevokeAssociatedSessions": associated });
            site.ok("RevokeToken", input).await;
        }
        assert_eq!((is_alive(&site, &tokens).await, is_alive(&site, &through).await), (false, true));
        assert_eq!(w.silently(&browser, &w.client).await.is_some(), left, "{tracking} {associated}");
    }
});

site_test!(use_of_a_browsers_session_is_noted, |site: Site| async move {
    let w = world(&site).await;
    let browser = site.browser();
    w.sign_in(&site, &browser).await;
    let begun = site.now();
    for (by, noted) in [(4 * MINUTE, false), (MINUTE, true)] {
        site.advance(by);
        w.silently(&browser, &w.client).await.expect("a code");
        let sessions = w.sessions(&site).await;
        let session = sessions.iter().find(|s| s["SessionType"] == "SSO").unwrap();
        let at = if noted { site.now() } else { begun } as f64 / 1_000.0;
        assert_eq!(session["LastActiveDate"].as_f64(), Some(at));
    }
});

site_test!(nothing_comes_through_a_browsers_session_once_it_has_ended, |site: Site| async move {
    let w = world(&site).await;
    for _ in 0..8 {
        let browser = site.browser();
        w.sign_in(&site, &browser).await;
        let id = w.session(&site, "SSO").await;
        let silent = async {
            if let Some(location) = w.silently(&browser, &w.sibling).await {
                let code = parameter(&location, "code").expect("a code");
                let answer = site.exchange(&w.pool, &w.sibling, &code, &[]).await;
                assert!([200, 400].contains(&answer.status), "{}", answer.body);
            }
        };
        futures::future::join3(silent, w.revoke(&site, &id, "LINKED"), w.silently(&browser, &w.client)).await;
        let left = w.sessions(&site).await;
        assert!(left.is_empty(), "{left:?}");
        assert!(w.silently(&browser, &w.client).await.is_none());
    }
});
