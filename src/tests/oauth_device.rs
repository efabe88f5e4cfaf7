//! Devices that are let in from a browser (RFC 8628).

use super::browser::Browser;
use super::fixtures::PASSWORD;
use super::harness::{Answer, Site, merged, site_test};
use crate::kit::clock::{MINUTE, SECOND};
use crate::tokens::jwt;
use serde_json::{Value, json};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn world(site: &Site) -> (String, String) {
    let pool = site.pool(json!({})).await;
    let client = site.client(&pool, json!({ "ClientName": "TV", "PoolhouseOAuth": { "DeviceFlow": true } })).await;
    site.user(&pool, "jane").await;
    (pool, client)
}

async fn begin(site: &Site, pool: &str, client: &str) -> Value {
    let answer = site.form(&format!("/{pool}/oauth2/device_authorization"), &[("client_id", client), ("scope", "openid email")], &[]).await;
    answer.expect(200).json()
}

async fn poll(site: &Site, pool: &str, client: &str, begun: &Value) -> Answer {
    let fields = [("grant_type", GRANT), ("client_id", client), ("device_code", begun["device_code"].as_str().unwrap())];
    site.form(&format!("/{pool}/oauth2/token"), &fields, &[]).await
}

#[track_caller]
fn refused(answer: &Answer, error: &str) {
    assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some(error)), "{}", answer.body);
}

/// Signs a browser in by the device's page, up to the decision. Its path is returned.
async fn up_to_decision(browser: &Browser<'_>, pool: &str, begun: &Value) -> String {
    let code = begun["user_code"].as_str().unwrap();
    let page = format!("/{pool}/device?user_code={code}");
    browser.get(&format!("/{pool}/device")).await.expect(200);
    let typed = code.replace('-', " ").to_lowercase();
    assert_eq!(browser.post(&format!("/{pool}/device"), &[("user_code", &typed)]).await.location(), page);
    let log_in = browser.get(&page).await.location().to_owned();
    assert_eq!(log_in, format!("/{pool}/login?user_code={code}"));
    browser.get(&log_in).await.expect(200);
    assert_eq!(browser.post(&log_in, &[("username", "jane"), ("password", PASSWORD)]).await.location(), page);
    let decision = browser.get(&page).await;
    for shown in ["TV", code, "jane@example.com", "See your email address", "Connect"] {
        assert!(decision.expect(200).body.contains(shown), "{shown}: {}", decision.body);
    }
    page
}

site_test!(a_person_lets_a_device_in, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let begun = begin(&site, &pool, &client).await;
    let code = begun["user_code"].as_str().unwrap();
    assert_eq!((begun["interval"].as_i64(), begun["expires_in"].as_i64()), (Some(5), Some(600)));
    assert_eq!(begun["verification_uri_complete"], format!("http://localhost:8080/{pool}/device?user_code={code}"));
    refused(&poll(&site, &pool, &client, &begun).await, "authorization_pending");
    let browser = site.browser();
    let page = up_to_decision(&browser, &pool, &begun).await;
    site.advance(5 * SECOND);
    refused(&poll(&site, &pool, &client, &begun).await, "authorization_pending");
    assert_eq!(browser.post(&page, &[("user_code", code), ("action", "allow")]).await.location(), page);
    assert!(browser.get(&page).await.expect(200).body.contains("Your device is connected"));
    let body = poll(&site, &pool, &client, &begun).await.expect(200).json();
    let access = jwt::peek(body["access_token"].as_str().unwrap()).unwrap();
    assert_eq!((access["scope"].as_str(), access["username"].as_str()), (Some("openid email"), Some("jane")));
    assert_eq!(jwt::peek(body["id_token"].as_str().unwrap()).unwrap()["email"], "jane@example.com");
    // Once.
    refused(&poll(&site, &pool, &client, &begun).await, "invalid_grant");
    // Nobody changes a decision, and nobody else sees it.
    browser.post(&page, &[("user_code", code), ("action", "deny")]).await;
    assert!(browser.get(&page).await.body.contains("Your device is connected"));
    assert!(site.browser().get(&page).await.expect(200).body.contains("This code is not valid"));
});

site_test!(a_device_is_turned_away_and_told_so, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let sibling = site.client(&pool, json!({ "PoolhouseOAuth": { "DeviceFlow": true } })).await;
    let begun = begin(&site, &pool, &client).await;
    // Each hasty question adds to what it has to wait.
    refused(&poll(&site, &pool, &client, &begun).await, "authorization_pending");
    refused(&poll(&site, &pool, &client, &begun).await, "slow_down");
    site.advance(9 * SECOND);
    refused(&poll(&site, &pool, &client, &begun).await, "slow_down");
    site.advance(15 * SECOND);
    refused(&poll(&site, &pool, &client, &begun).await, "authorization_pending");
    refused(&poll(&site, &pool, &sibling, &begun).await, "invalid_grant");
    let browser = site.browser();
    let page = up_to_decision(&browser, &pool, &begun).await;
    browser.post(&page, &[("user_code", begun["user_code"].as_str().unwrap()), ("action", "deny")]).await;
    assert!(browser.get(&page).await.body.contains("The device was not connected"));
    refused(&poll(&site, &pool, &client, &begun).await, "access_denied");
    let late = begin(&site, &pool, &client).await;
    site.advance(10 * MINUTE);
    refused(&poll(&site, &pool, &client, &late).await, "expired_token");
    let page = format!("/{pool}/device?user_code={}", late["user_code"].as_str().unwrap());
    assert!(browser.get(&page).await.expect(200).body.contains("This code is not valid"));
    refused(&poll(&site, &pool, &client, &json!({ "device_code": "made-up" })).await, "invalid_grant");
});

site_test!(only_clients_that_may_begin, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let plain = site.client(&pool, json!({})).await;
    let path = format!("/{pool}/oauth2/device_authorization");
    for (fields, error) in [
        (vec![("client_id", plain.as_str())], "unauthorized_client"),
        (vec![("client_id", "nobody")], "invalid_client"),
        (vec![], "invalid_client"),
        (vec![("client_id", &client), ("scope", "openid admin")], "invalid_scope"),
        (vec![("client_id", &client), ("scope", "email")], "invalid_scope"),
    ] {
        let answer = site.form(&path, &fields, &[]).await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some(error)), "{fields:?}");
    }
    refused(&poll(&site, &pool, &plain, &json!({ "device_code": "x" })).await, "unauthorized_client");
    assert_eq!(site.count("device_grants").await, 0);
    for _ in 0..100 {
        begin(&site, &pool, &client).await;
    }
    let answer = site.form(&path, &[("client_id", &client)], &[]).await;
    assert_eq!((answer.status, answer.json()["error"].as_str()), (429, Some("slow_down")));
});

site_test!(codes_are_not_to_be_guessed, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let begun = begin(&site, &pool, &client).await;
    let right = format!("/{pool}/device?user_code={}", begun["user_code"].as_str().unwrap());
    let browser = site.browser();
    let page = up_to_decision(&browser, &pool, &begun).await;
    for guess in 0..20 {
        let letters: String = format!("{guess:08}").bytes().map(|b| char::from(b"BCDFGHJKLM"[usize::from(b - b'0')])).collect();
        browser.get(&format!("/{pool}/device?user_code={letters}")).await.expect(200);
    }
    assert!(browser.get(&right).await.body.contains("too many wrong codes"));
    // Nor does a decision get through.
    browser.post(&page, &[("user_code", begun["user_code"].as_str().unwrap()), ("action", "allow")]).await;
    refused(&poll(&site, &pool, &client, &begun).await, "authorization_pending");
    assert_eq!(
        site.browser().get(&format!("/{pool}/login?user_code=WDJB-MJHT")).await.location(),
        format!("/{pool}/device?user_code=WDJB-MJHT")
    );
});

site_test!(a_decision_needs_the_pages_own_form_and_a_session_that_holds, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let begun = begin(&site, &pool, &client).await;
    let code = begun["user_code"].as_str().unwrap();
    let browser = site.browser();
    let page = up_to_decision(&browser, &pool, &begun).await;
    let allow = [("user_code", code), ("action", "allow")];
    browser.post_as(&page, &allow, &[("origin", "http://localhost:8080")]).await.expect(403);
    let token = browser.cookie("XSRF-TOKEN");
    let forged = [("_csrf", token.as_str()), allow[0], allow[1]];
    browser.post_as(&page, &forged, &[("origin", "https://evil.example")]).await.expect(403);
    refused(&poll(&site, &pool, &client, &begun).await, "authorization_pending");
    // Whoever is not signed in decides nothing.
    let stranger = site.browser();
    stranger.get(&format!("/{pool}/device")).await;
    stranger.post(&page, &allow).await;
    // Signing out everywhere takes back what no device has fetched yet.
    browser.post(&page, &allow).await;
    site.ok("AdminUserGlobalSignOut", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    site.advance(5 * SECOND);
    let answer = poll(&site, &pool, &client, &begun).await;
    assert!(["invalid_grant", "access_denied"].contains(&answer.json()["error"].as_str().unwrap()), "{}", answer.body);
    assert_eq!(site.count("sessions").await, 0);
});

site_test!(of_two_questions_at_the_same_time_one_gets_tokens, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let begun = begin(&site, &pool, &client).await;
    let browser = site.browser();
    let page = up_to_decision(&browser, &pool, &begun).await;
    browser.post(&page, &[("user_code", begun["user_code"].as_str().unwrap()), ("action", "allow")]).await;
    let answers = futures::future::join_all((0..8).map(|_| poll(&site, &pool, &client, &begun))).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
    assert_eq!(site.count("sessions").await, 1);
    let other = merged(begun, json!({ "device_code": "x" }));
    refused(&poll(&site, &pool, &client, &other).await, "invalid_grant");
});

site_test!(a_sign_in_that_is_too_old_for_the_client_decides_nothing, |site: Site| async move {
    let (pool, client) = world(&site).await;
    site.watch(&pool).await;
    let minutes = json!({ "UserPoolId": pool, "ClientId": client, "SSOSession": { "MaxValidityMinutes": 5 } });
    site.ok("SetUserPoolClientSessionConfiguration", minutes).await;
    let begun = begin(&site, &pool, &client).await;
    let browser = site.browser();
    let page = up_to_decision(&browser, &pool, &begun).await;
    site.advance(6 * MINUTE);
    let code = begun["user_code"].as_str().unwrap();
    let log_in = format!("/{pool}/login?user_code={code}");
    assert_eq!(browser.get(&page).await.location(), log_in);
    assert_eq!(browser.post(&page, &[("user_code", code), ("action", "allow")]).await.location(), page);
    refused(&poll(&site, &pool, &client, &begun).await, "authorization_pending");
});
