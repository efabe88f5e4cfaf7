//! What a watched pool remembers of its users, and what may be said about it.

use super::fixtures::{PASSWORD, Tokens, sign_in, sign_up};
use super::harness::{Answer, START, Sent, Site, TARGET, merged, site_test};
use crate::api::Cx;
use crate::kit::clock::{DAY, HOUR, SECOND};
use crate::kit::{mac, text};
use crate::risk::{Context, context, events, feedback};
use axum::http::Method;
use serde_json::{Value, json};

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

async fn watched(site: &Site) -> (String, String) {
    let (pool, client) = site.pool_and_client().await;
    site.watch(&pool).await;
    (pool, client)
}

async fn events_of(site: &Site, pool: &str, name: &str) -> Vec<Value> {
    let answer = site.ok("AdminListUserAuthEvents", json!({ "UserPoolId": pool, "Username": name })).await;
    assert_eq!(answer.get("NextToken"), None);
    answer["AuthEvents"].as_array().cloned().unwrap_or_default()
}

fn kinds(events: &[Value]) -> Vec<(&str, &str)> {
    events.iter().map(|e| (e["EventType"].as_str().unwrap(), e["EventResponse"].as_str().unwrap())).collect()
}

/// Calls an operation as a browser of this name.
async fn call_as(site: &Site, user_agent: &str, operation: &str, input: Value) -> Answer {
    let target = format!("{}{operation}", TARGET);
    let headers = vec![("x-amz-target", target), ("user-agent", user_agent.to_owned())];
    site.send(Sent { method: Method::POST, path: "/", headers, body: input.to_string().into_bytes() }).await
}

/// What Cognito's collection script makes.
fn encoded(client: &str, pool: &str) -> String {
    let data = json!({ "UserAgent": "curl/8.5.0", "DeviceId": "d:1", "DeviceFingerprint": "f", "ClientTimezone": "-07:00" });
    let payload = json!({ "contextData": data, "username": "jane", "userPoolId": pool, "timestamp": "1" }).to_string();
    let signature = text::base64(&mac::hmac_sha256(client.as_bytes(), &[b"JS20171115", payload.as_bytes()]));
    text::base64(json!({ "payload": payload, "signature": signature, "version": "JS20171115" }).to_string().as_bytes())
}

site_test!(each_step_is_remembered_the_newest_first, |site: Site| async move {
    let (pool, client) = watched(&site).await;
    call_as(&site, CHROME, "SignUp", sign_up(&client, "jane", "jane@example.com")).await.expect(200);
    let name = json!({ "ClientId": client, "Username": "jane" });
    site.advance(SECOND);
    site.ok("ResendConfirmationCode", name.clone()).await;
    let code = site.code("jane@example.com").await;
    site.ok("ConfirmSignUp", merged(name.clone(), json!({ "ConfirmationCode": code }))).await;
    site.advance(SECOND);
    site.ok("ForgotPassword", name.clone()).await;
    let code = site.code("jane@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let confirm = |code: &str| merged(name.clone(), json!({ "ConfirmationCode": code, "Password": "Other0ne!" }));
    site.advance(SECOND);
    site.api("ConfirmForgotPassword", confirm(wrong)).await.expect(400);
    site.advance(SECOND);
    site.ok("ConfirmForgotPassword", confirm(&code)).await;
    let tokens = Tokens::of(&site.ok("InitiateAuth", sign_in(&client, "jane", "Other0ne!")).await);
    let change = |previous: &str| json!({ "AccessToken": tokens.access, "PreviousPassword": previous, "ProposedPassword": PASSWORD });
    site.advance(SECOND);
    site.api("ChangePassword", change("Wrong0ne!")).await.expect(400);
    site.advance(SECOND);
    site.ok("ChangePassword", change("Other0ne!")).await;
    let events = events_of(&site, &pool, "jane").await;
    let own: Vec<_> = events.iter().filter(|e| e["EventType"] != "SignIn").cloned().collect();
    let expected = [
        ("PasswordChange", "Pass"),
        ("PasswordChange", "Fail"),
        ("ForgotPassword", "Pass"),
        ("ForgotPassword", "Fail"),
        ("ForgotPassword", "InProgress"),
        ("ResendCode", "Pass"),
        ("SignUp", "InProgress"),
    ];
    assert_eq!(kinds(&own), expected);
    assert_eq!(own[1]["ChallengeResponses"], json!([{ "ChallengeName": "Password", "ChallengeResponse": "Failure" }]));
    let first = own.last().unwrap();
    assert_eq!(first["EventRisk"], json!({ "RiskDecision": "NoRisk", "CompromisedCredentialsDetected": false }));
    assert_eq!(first["ChallengeResponses"], json!([]));
    assert_eq!((first.get("EventFeedback"), first["CreationDate"].as_f64()), (None, Some(START as f64 / 1_000.0)));
    let place = json!({ "IpAddress": "203.0.113.7", "DeviceName": "Chrome 126, Windows 10", "City": "null", "Country": "null" });
    assert_eq!(first["EventContextData"], place);
});

site_test!(a_pool_that_is_not_watched_remembers_nothing, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.confirmed(&client, "jane", "jane@example.com").await;
    site.ok("ForgotPassword", json!({ "ClientId": client, "Username": "jane" })).await;
    assert_eq!(site.count("auth_events").await, 0);
    let message = "User pool add-ons are not enabled for this user pool.";
    let input = json!({ "UserPoolId": pool, "Username": "jane" });
    site.refused("AdminListUserAuthEvents", input.clone(), "UserPoolAddOnNotEnabledException", message).await;
    let input = merged(input, json!({ "EventId": "e", "FeedbackValue": "Valid" }));
    site.refused("AdminUpdateAuthEventFeedback", input.clone(), "UserPoolAddOnNotEnabledException", message).await;
    let input = merged(input, json!({ "FeedbackToken": "x" }));
    site.refused("UpdateAuthEventFeedback", input, "UserPoolAddOnNotEnabledException", message).await;
});

site_test!(a_history_comes_in_pages_and_ends_after_two_years, |site: Site| async move {
    let (pool, client) = watched(&site).await;
    for name in ["jane", "john"] {
        site.user(&pool, name).await;
    }
    for n in 0..7 {
        site.ok("ForgotPassword", json!({ "ClientId": client, "Username": "jane" })).await;
        // Some at the same instant.
        site.advance(if n % 3 == 0 { SECOND } else { 0 });
    }
    let all: Vec<String> = events_of(&site, &pool, "jane").await.iter().map(|e| e["EventId"].to_string()).collect();
    assert_eq!(all.len(), 7);
    assert!(events_of(&site, &pool, "john").await.is_empty());
    let (mut seen, mut next) = (Vec::new(), Value::Null);
    let base = json!({ "UserPoolId": pool, "Username": "jane", "MaxResults": 3 });
    for size in [3, 3, 1] {
        let page = site.ok("AdminListUserAuthEvents", merged(base.clone(), json!({ "NextToken": next }))).await;
        assert_eq!(page["AuthEvents"].as_array().unwrap().len(), size);
        seen.extend(page["AuthEvents"].as_array().unwrap().iter().map(|e| e["EventId"].to_string()));
        next = page.get("NextToken").cloned().unwrap_or_default();
        if !next.is_null() {
            let other = json!({ "UserPoolId": pool, "Username": "john", "NextToken": next });
            site.refused("AdminListUserAuthEvents", other, "InvalidParameterException", "Invalid pagination token given.").await;
        }
    }
    assert_eq!((seen, next), (all, Value::Null));
    let mut cx = Cx::internal(site.app.clone());
    site.advance(2 * 365 * DAY - 2 * SECOND);
    crate::risk::jobs::sweep(&mut cx).await.unwrap();
    assert_eq!(events_of(&site, &pool, "jane").await.len(), 6);
    site.advance(DAY);
    crate::risk::jobs::sweep(&mut cx).await.unwrap();
    assert!(events_of(&site, &pool, "jane").await.is_empty());
});

site_test!(feedback_needs_the_mails_token_or_an_administrator, |site: Site| async move {
    let (pool, client) = watched(&site).await;
    let sub = site.user(&pool, "jane").await;
    let other = site.user(&pool, "john").await;
    site.ok("ForgotPassword", json!({ "ClientId": client, "Username": "jane" })).await;
    let event = events_of(&site, &pool, "jane").await[0]["EventId"].as_str().unwrap().to_owned();
    let cx = Cx::internal(site.app.clone());
    let give = |name: &str, event: &str, token: &str| json!({ "UserPoolId": pool, "Username": name, "EventId": event, "FeedbackToken": token, "FeedbackValue": "Invalid" });
    let token = feedback::token(&cx, &pool, &sub, &event);
    let foreign = feedback::token(&cx, &pool, &other, &event);
    let elsewhere = feedback::token(&cx, "us-east-1_other0000", &sub, &event);
    for (name, event, token) in [
        ("jane", event.as_str(), foreign.as_str()),
        ("jane", &event, &elsewhere),
        ("jane", &event, "x"),
        ("jane", &event, &token[..token.len() - 2]),
        ("jane", "another", &token),
        ("john", &event, &token),
        ("nobody", &event, &token),
    ] {
        site.refused("UpdateAuthEventFeedback", give(name, event, token), "NotAuthorizedException", "Invalid feedback token.").await;
    }
    assert_eq!(events_of(&site, &pool, "jane").await[0].get("EventFeedback"), None);
    site.ok("UpdateAuthEventFeedback", give("jane", &event, &token)).await;
    let given =
        |value: &str, provider: &str| json!({ "FeedbackValue": value, "Provider": provider, "FeedbackDate": site.now() as f64 / 1_000.0 });
    assert_eq!(events_of(&site, &pool, "jane").await[0]["EventFeedback"], given("Invalid", "User"));
    site.advance(feedback::LIFETIME);
    site.refused("UpdateAuthEventFeedback", give("jane", &event, &token), "NotAuthorizedException", "Invalid feedback token.").await;
    let admin = |name: &str, event: &str| json!({ "UserPoolId": pool, "Username": name, "EventId": event, "FeedbackValue": "Valid" });
    site.ok("AdminUpdateAuthEventFeedback", admin("jane", &event)).await;
    assert_eq!(events_of(&site, &pool, "jane").await[0]["EventFeedback"], given("Valid", "Admin"));
    for (name, id) in [("jane", "another"), ("john", event.as_str())] {
        let message = format!("Auth event {id} does not exist.");
        site.refused("AdminUpdateAuthEventFeedback", admin(name, id), "ResourceNotFoundException", &message).await;
    }
    site.refused("AdminUpdateAuthEventFeedback", admin("nobody", &event), "UserNotFoundException", "User does not exist.").await;
});

site_test!(an_applications_word_counts_as_far_as_it_is_proved, |site: Site| async move {
    let (pool, public) = watched(&site).await;
    let secret = "abcdefghijklmnopqrstuvwxyz012345";
    let trusted = json!({ "ClientSecret": secret, "EnablePropagateAdditionalUserContextData": true });
    let (trusted, plain) = (site.client(&pool, trusted).await, site.client(&pool, json!({ "ClientSecret": secret })).await);
    site.user(&pool, "jane").await;
    let ask = |client: &str, context: Value| {
        let mut input = json!({ "ClientId": client, "Username": "jane", "UserContextData": context });
        if client != public {
            let hash = mac::hmac_sha256(secret.as_bytes(), &[b"jane", client.as_bytes()]);
            input["SecretHash"] = text::base64(&hash).into();
        }
        input
    };
    let said = json!({ "IpAddress": "198.51.100.9" });
    for (client, address) in [(&trusted, "198.51.100.9"), (&plain, "203.0.113.7"), (&public, "203.0.113.7")] {
        site.advance(HOUR);
        site.ok("ForgotPassword", ask(client, said.clone())).await;
        assert_eq!(events_of(&site, &pool, "jane").await[0]["EventContextData"]["IpAddress"], address);
    }
    for (data, device, timezone) in [
        (encoded(&public, &pool), "curl 8, Other", json!("-07:00")),
        (encoded(&trusted, &pool), "Other, Other", Value::Null),
        (encoded(&public, "us-east-1_other0000"), "Other, Other", Value::Null),
        ("garbage".to_owned(), "Other, Other", Value::Null),
    ] {
        site.advance(HOUR);
        site.ok("ForgotPassword", ask(&public, json!({ "EncodedData": data }))).await;
        let place = events_of(&site, &pool, "jane").await[0]["EventContextData"].clone();
        assert_eq!((&place["DeviceName"], place.get("Timezone").cloned().unwrap_or_default()), (&json!(device), timezone));
    }
    let nonsense = json!({ "IpAddress": "203.0.113.999" });
    let (name, message) =
        (json!({ "ClientId": public, "Username": "jane", "UserContextData": nonsense }), "Invalid IP address: 203.0.113.999");
    let code = json!({ "ConfirmationCode": "123456" });
    for (operation, more) in [
        ("SignUp", json!({ "Password": PASSWORD })),
        ("ConfirmSignUp", code.clone()),
        ("ResendConfirmationCode", json!({})),
        ("ForgotPassword", json!({})),
        ("ConfirmForgotPassword", merged(code, json!({ "Password": PASSWORD }))),
    ] {
        site.refused(operation, merged(name.clone(), more), "InvalidParameterException", message).await;
    }
    let public = json!({ "UserPoolId": pool, "ClientName": "p", "EnablePropagateAdditionalUserContextData": true });
    let message = "EnablePropagateAdditionalUserContextData can only be enabled for a client with a secret.";
    site.refused("CreateUserPoolClient", public, "InvalidParameterException", message).await;
});

site_test!(an_event_over_several_requests_is_one, |site: Site| async move {
    let (pool_id, client_id) = watched(&site).await;
    let sub = site.user(&pool_id, "jane").await;
    let mut cx = Cx::internal(site.app.clone());
    let pool = crate::pools::load(&mut cx, &pool_id).await.unwrap();
    let client = crate::clients::load(&mut cx, &client_id).await.unwrap();
    let header = json!([{ "headerName": "User-Agent", "headerValue": CHROME }, {}]);
    let data = json!({ "IpAddress": "198.51.100.9", "ServerName": "s", "ServerPath": "/", "HttpHeaders": header });
    let data: context::ContextData = serde_json::from_value(data).unwrap();
    let context = Context::of_server(&cx, &pool, &client, Some(&data)).unwrap();
    let mut event = events::begin(&cx, &pool, events::Kind::SignIn, Some(&client_id), context);
    event.answered(events::Challenge::Password, true);
    events::record(&mut cx, &event, &sub).await.unwrap();
    assert_eq!(kinds(&events_of(&site, &pool_id, "jane").await), [("SignIn", "InProgress")]);
    // As a sealed challenge would carry it.
    let mut event: events::Event = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
    event.answered(events::Challenge::Mfa, false);
    event.response = events::Response::Fail;
    events::record(&mut cx, &event, &sub).await.unwrap();
    let events = events_of(&site, &pool_id, "jane").await;
    assert_eq!((kinds(&events), &events[0]["EventId"]), (vec![("SignIn", "Fail")], &json!(event.id)));
    let challenges = json!([
        { "ChallengeName": "Password", "ChallengeResponse": "Success" },
        { "ChallengeName": "Mfa", "ChallengeResponse": "Failure" },
    ]);
    assert_eq!(events[0]["ChallengeResponses"], challenges);
    assert_eq!(events[0]["EventContextData"]["DeviceName"], "Chrome 126, Windows 10");
    assert_eq!(events[0]["EventContextData"]["IpAddress"], "198.51.100.9");
});
