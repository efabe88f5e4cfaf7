//! A user's sessions: listed, limited, kept up to date and ended one by one.

use super::fixtures::{PASSWORD, Tokens, refresh, sign_in};
use super::harness::{Answer, Sent, Site, TARGET, merged, site_test};
use crate::kit::clock::{DAY, HOUR, MINUTE, SECOND};
use axum::http::Method;
use serde_json::{Value, json};

const SCOPE: [(&str, &str); 1] = [("scope", "openid aws.cognito.signin.user.admin")];

/// A pool that tracks sessions, a client of it, and jane.
async fn tracked(site: &Site, limit: i64) -> (String, String) {
    let (pool, client) = site.pool_and_client().await;
    site.track(&pool, limit).await;
    site.user(&pool, "jane").await;
    (pool, client)
}

async fn sessions_of(site: &Site, pool: &str) -> Vec<Value> {
    let answer = site.ok("AdminListUserSessions", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    answer["Sessions"].as_array().cloned().unwrap_or_default()
}

fn only<'a>(sessions: &'a [Value], kind: &str) -> &'a Value {
    sessions.iter().find(|s| s["SessionType"] == kind).expect("a session of this kind")
}

async fn call_as(site: &Site, user_agent: &str, operation: &str, input: Value) -> Answer {
    let headers = vec![("x-amz-target", format!("{}{operation}", TARGET)), ("user-agent", user_agent.to_owned())];
    site.send(Sent { method: Method::POST, path: "/", headers, body: input.to_string().into_bytes() }).await
}

async fn is_alive(site: &Site, tokens: &Tokens) -> bool {
    site.api("GetUser", json!({ "AccessToken": tokens.access })).await.status == 200
}

site_test!(a_user_sees_where_they_are_signed_in, |site: Site| async move {
    let (pool, client) = tracked(&site, 20).await;
    site.user(&pool, "john").await;
    site.sign_in(&client, "john").await;
    let first = Tokens::of(&call_as(&site, "curl/8.5.0", "InitiateAuth", sign_in(&client, "jane", PASSWORD)).await.expect(200).json());
    site.advance(SECOND);
    site.oauth(&pool, &client, "jane", &SCOPE).await;
    let list = site.ok("ListUserSessions", json!({ "AccessToken": first.access })).await;
    let sessions = list["Sessions"].as_array().unwrap();
    assert_eq!((sessions.len(), list.get("NextToken")), (3, None));
    let current: Vec<_> = sessions.iter().filter(|s| s["IsCurrentSession"] == true).collect();
    let begun = (site.now() - SECOND) as f64 / 1_000.0;
    let expected = json!({
        "SessionId": current[0]["SessionId"], "SessionType": "TOKEN", "ClientId": client, "CreateDate": begun, "LastActiveDate": begun,
        "DeviceType": "curl 8, Other", "LastIPAddress": "203.0.113.7", "LastLocation": { "City": "unknown", "Country": "unknown" }, "IsCurrentSession": true,
    });
    assert_eq!((current.len(), current[0]), (1, &expected));
    let browser = only(sessions, "SSO");
    assert_eq!((&browser["ClientId"], &browser["DeviceType"], browser.get("OriginSessionId")), (&json!(client), &json!("unknown"), None));
    let through = sessions.iter().find(|s| s.get("OriginSessionId").is_some()).unwrap();
    assert_eq!((&through["OriginSessionId"], &through["SessionType"]), (&browser["SessionId"], &json!("TOKEN")));
    for (session, prefix) in [(browser, "sso"), (through, "tkn"), (current[0], "tkn")] {
        let id = session["SessionId"].as_str().unwrap();
        assert!(id.len() == 28 && id.starts_with(prefix), "{id}");
    }
    let admins = sessions_of(&site, &pool).await;
    assert_eq!((admins.len(), admins.iter().any(|s| s["IsCurrentSession"] == true)), (3, false));
    // What has expired is not there any more.
    site.advance(HOUR);
    assert_eq!(sessions_of(&site, &pool).await.len(), 2);
    site.advance(30 * DAY);
    assert!(sessions_of(&site, &pool).await.is_empty());
});

site_test!(a_session_ends_with_all_its_tokens_and_nothing_else, |site: Site| async move {
    let (pool, client) = tracked(&site, 20).await;
    let (own, other) = (site.sign_in(&client, "jane").await, site.sign_in(&client, "jane").await);
    let list = site.ok("ListUserSessions", json!({ "AccessToken": own.access })).await["Sessions"].clone();
    let id = |current: bool| list.as_array().unwrap().iter().find(|s| s["IsCurrentSession"] == current).unwrap()["SessionId"].clone();
    let revoke = |id: Value| json!({ "AccessToken": own.access, "SessionId": id });
    let message = "The current session can not be revoked.";
    site.refused("RevokeUserSession", revoke(id(true)), "InvalidParameterException", message).await;
    assert_eq!(site.ok("RevokeUserSession", revoke(id(false))).await, json!({}));
    assert!(is_alive(&site, &own).await && !is_alive(&site, &other).await);
    site.refused("InitiateAuth", refresh(&client, &other.refresh), "NotAuthorizedException", "Refresh Token has been revoked").await;
    // Ended, made up, or somebody else's: all the same.
    site.user(&pool, "john").await;
    let johns = site.sign_in(&client, "john").await;
    let theirs = site.ok("ListUserSessions", json!({ "AccessToken": johns.access })).await["Sessions"][0]["SessionId"].clone();
    for unknown in [id(false), theirs.clone(), json!(format!("tkn{}", "0".repeat(25))), json!(format!("sso{}", "0".repeat(25)))] {
        site.refused("RevokeUserSession", revoke(unknown.clone()), "ResourceNotFoundException", "Session does not exist.").await;
        let admin = json!({ "UserPoolId": pool, "Username": "jane", "SessionId": unknown });
        site.refused("AdminRevokeUserSession", admin, "ResourceNotFoundException", "Session does not exist.").await;
    }
    site.ok("AdminRevokeUserSession", json!({ "UserPoolId": pool, "Username": "jane", "SessionId": id(true) })).await;
    assert!(!is_alive(&site, &own).await && is_alive(&site, &johns).await);
    assert!(sessions_of(&site, &pool).await.is_empty());
});

site_test!(beyond_the_limit_the_least_recently_used_ends, |site: Site| async move {
    let (pool, client) = tracked(&site, 2).await;
    let first = site.sign_in(&client, "jane").await;
    site.advance(10 * MINUTE);
    let second = site.sign_in(&client, "jane").await;
    site.advance(10 * MINUTE);
    site.ok("InitiateAuth", refresh(&client, &first.refresh)).await;
    let third = site.sign_in(&client, "jane").await;
    assert!(is_alive(&site, &first).await && !is_alive(&site, &second).await && is_alive(&site, &third).await);
    // A lower limit holds from the next sign-in on, by whichever way, at the same instant too.
    site.track(&pool, 1).await;
    assert_eq!(sessions_of(&site, &pool).await.len(), 2);
    site.oauth(&pool, &client, "jane", &SCOPE).await;
    assert!(!is_alive(&site, &first).await && !is_alive(&site, &third).await);
    let left = sessions_of(&site, &pool).await;
    assert_eq!(left.iter().map(|s| s["SessionType"].as_str().unwrap()).collect::<Vec<_>>().len(), 2);
    assert_eq!(only(&left, "TOKEN")["OriginSessionId"], only(&left, "SSO")["SessionId"]);
    let disabled = json!({ "UserPoolId": pool, "UserSessionTracking": "DISABLED", "TokenSession": { "MaxPerUser": 1 } });
    site.ok("SetUserPoolSessionConfiguration", disabled).await;
    let (a, b) = (site.sign_in(&client, "jane").await, site.sign_in(&client, "jane").await);
    assert!(is_alive(&site, &a).await && is_alive(&site, &b).await);
});

site_test!(use_is_noted_now_and_then, |site: Site| async move {
    let (pool, client) = tracked(&site, 20).await;
    let tokens = site.sign_in(&client, "jane").await;
    let begun = site.now();
    let refreshed = |agent: &'static str| call_as(&site, agent, "InitiateAuth", refresh(&client, &tokens.refresh));
    for (by, noted, device) in [(4 * MINUTE, false, "unknown"), (2 * MINUTE, true, "curl 8, Other")] {
        site.advance(by);
        refreshed("curl/8.5.0").await.expect(200);
        let session = sessions_of(&site, &pool).await[0].clone();
        let at = if noted { site.now() } else { begun } as f64 / 1_000.0;
        assert_eq!((session["LastActiveDate"].as_f64(), &session["DeviceType"]), (Some(at), &json!(device)));
        assert_eq!(session["CreateDate"].as_f64(), Some(begun as f64 / 1_000.0));
    }
});

site_test!(sessions_come_in_pages_of_125, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    for _ in 0..130 {
        site.sign_in(&client, "jane").await;
    }
    site.track(&pool, 20).await;
    let base = json!({ "UserPoolId": pool, "Username": "jane" });
    let first = site.ok("AdminListUserSessions", base.clone()).await;
    let second = site.ok("AdminListUserSessions", merged(base, json!({ "NextToken": first["NextToken"] }))).await;
    let ids = |page: &Value| -> Vec<String> { page["Sessions"].as_array().unwrap().iter().map(|s| s["SessionId"].to_string()).collect() };
    let (first, mut all) = (ids(&first), ids(&second));
    assert_eq!((first.len(), all.len(), second.get("NextToken")), (125, 5, None));
    all.extend(first);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 130);
    // The next sign-in brings them back to the limit.
    site.sign_in(&client, "jane").await;
    assert_eq!(sessions_of(&site, &pool).await.len(), 20);
});

site_test!(a_pool_that_does_not_track_says_so, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    let of_pool = json!({ "UserPoolId": pool });
    let defaults = json!({ "UserPoolId": pool, "UserSessionTracking": "DISABLED", "TokenSession": { "MaxPerUser": 20 } });
    assert_eq!(site.ok("GetUserPoolSessionConfiguration", of_pool.clone()).await, defaults);
    let (user, id) = (merged(of_pool.clone(), json!({ "Username": "jane" })), json!({ "SessionId": format!("tkn{}", "0".repeat(25)) }));
    let own = json!({ "AccessToken": tokens.access });
    let of_client = json!({ "UserPoolId": pool, "ClientId": client, "SSOSession": { "MaxValidityMinutes": 5 } });
    for (operation, input) in [
        ("ListUserSessions", own.clone()),
        ("RevokeUserSession", merged(own, id.clone())),
        ("AdminListUserSessions", user.clone()),
        ("AdminRevokeUserSession", merged(user, id)),
        ("SetUserPoolClientSessionConfiguration", of_client),
    ] {
        let message = "User session tracking is not enabled for this user pool.";
        site.refused(operation, input, "OperationNotEnabledException", message).await;
    }
    let enabled = json!({ "UserPoolId": pool, "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": 7 } });
    assert_eq!(site.ok("SetUserPoolSessionConfiguration", enabled.clone()).await, enabled);
    // Other settings of the pool leave it alone.
    site.ok("UpdateUserPool", merged(of_pool.clone(), json!({ "AutoVerifiedAttributes": ["email"] }))).await;
    assert_eq!(site.ok("GetUserPoolSessionConfiguration", of_pool).await, enabled);
    let lite = site.pool(json!({ "UserPoolTier": "LITE" })).await;
    let message = "User session tracking needs the feature plan Essentials or Plus.";
    let input = merged(enabled, json!({ "UserPoolId": lite }));
    site.refused("SetUserPoolSessionConfiguration", input, "FeatureUnavailableInTierException", message).await;
});
