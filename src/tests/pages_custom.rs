//! Custom challenges on the pages: what the pool's functions ask, drawn from their parameters.

use super::browser::{Browser, authorize, parameter};
use super::fixtures::{CALLBACK, PASSWORD};
use super::harness::{Answer, Site, site_test};
use super::pages_journeys::{follow, notice};
use crate::triggers::{Failure, Functions, Invocation};
use serde_json::{Value, json};

/// Functions that ask for a colour and then for a number; a third wish throws.
struct Wishes;

impl Functions for Wishes {
    fn invoke<'a>(&'a self, arn: &'a str, mut event: Value) -> Invocation<'a> {
        Box::pin(async move {
            let request = event["request"].clone();
            let past = request["session"].as_array().cloned().unwrap_or_default();
            let response = match arn.rsplit(':').next().unwrap_or_default() {
                "define" if past.iter().any(|round| round["challengeResult"] == false) => json!({ "failAuthentication": true }),
                "define" if past.len() == 2 => json!({ "issueTokens": true }),
                "define" => json!({ "challengeName": "CUSTOM_CHALLENGE" }),
                "create" if past.is_empty() => json!({
                    "publicChallengeParameters": {
                        "form.title": "A <b>colour</b>", "form.description": "Which one?", "form.type": "choice",
                        "form.choices": r#"["red", {"value": "b", "label": "Blue"}]"#, "form.image": "https://img.example/colours.png",
                    },
                    "privateChallengeParameters": { "answer": "b" },
                }),
                "create" => json!({
                    "publicChallengeParameters": { "form.label": "Number", "form.type": "code", "form.submit": "Finish", "form.image": "javascript:alert(1)" },
                    "privateChallengeParameters": { "answer": "42" },
                }),
                "verify" if request["challengeAnswer"] == "7" => return Err(Failure::Threw("no sevens today".into())),
                _ => json!({ "answerCorrect": request["challengeAnswer"] == request["privateChallengeParameters"]["answer"] }),
            };
            event["response"] = response;
            Ok(event)
        })
    }
}

async fn world(site: &Site, flows: Value) -> (String, String) {
    let arn = |name: &str| format!("arn:aws:lambda:us-east-1:000000000000:function:{name}");
    let functions =
        json!({ "DefineAuthChallenge": arn("define"), "CreateAuthChallenge": arn("create"), "VerifyAuthChallengeResponse": arn("verify") });
    let pool = site.pool(json!({ "LambdaConfig": functions })).await;
    let client = site.client(&pool, json!({ "ExplicitAuthFlows": flows, "PreventUserExistenceErrors": "ENABLED" })).await;
    assert!(site.app.functions.set(Box::new(Wishes)).is_ok());
    site.user(&pool, "jane").await;
    (pool, client)
}

fn step(shown: &Answer) -> String {
    let (_, rest) = shown.body.split_once(r#"name="step" value=""#).expect("a step");
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Begins on the page; where that leads, and what it shows.
async fn begin(browser: &Browser<'_>, pool: &str, client: &str, name: &str) -> (String, Answer) {
    let page = format!("/{pool}/login?{}", authorize(client, &[("state", "s"), ("scope", "openid")]));
    browser.get(&page).await.expect(200);
    follow(browser, &page, &[("username", name), ("action", "custom")]).await
}

site_test!(what_functions_ask_is_drawn_and_answered, |site: Site| async move {
    let (pool, client) = world(&site, json!(["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])).await;
    let browser = site.browser();
    let page = format!("/{pool}/login?{}", authorize(&client, &[]));
    let first = browser.get(&page).await;
    assert!(!first.body.contains("name=\"password\"") && first.body.contains("value=\"custom\""), "{}", first.body);
    let (told, _) = follow(&browser, &page, &[("username", "jane"), ("password", PASSWORD)]).await;
    assert_eq!(notice(&browser.get(&told).await), Some("This application takes no passwords here."), "functions are not passed by");

    let (at, shown) = begin(&browser, &pool, &client, "jane").await;
    assert!(at.starts_with(&format!("/{pool}/mfa?flow=")), "{at}");
    assert!(shown.body.contains("A &lt;b&gt;colour&lt;/b&gt;") && shown.body.contains("Which one?"), "{}", shown.body);
    assert!(shown.body.contains(r#"src="https://img.example/colours.png""#), "{}", shown.body);
    assert!(shown.header("content-security-policy").contains("img-src 'self' https://img.example data:;"));
    let odd = browser.post(&at, &[("step", &step(&shown)), ("answer", "green")]).await;
    let shown = browser.get(odd.location()).await;
    assert_eq!(notice(&shown), Some("Give an answer to go on."), "a choice that is not offered asks no function");

    let next = browser.post(&at, &[("step", &step(&shown)), ("answer", "b")]).await;
    let asked = browser.get(next.location()).await;
    assert!(asked.body.contains("Finish") && asked.body.contains("Number") && !asked.body.contains("javascript:"), "{}", asked.body);
    assert!(asked.header("content-security-policy").contains("img-src 'self' data:;"));
    let stale = browser.post(&at, &[("step", &step(&shown)), ("answer", "b")]).await;
    assert_eq!(notice(&browser.get(stale.location()).await), Some("This page has changed since you opened it. Go on here."));
    let end = browser.post(&at, &[("step", &step(&asked)), ("answer", " 4 2 ")]).await;
    assert!(end.location().starts_with(CALLBACK) && parameter(end.location(), "code").is_some(), "{}", end.location());
    assert_ne!(browser.cookie("cognito"), "");
});

site_test!(a_wrong_answer_leads_back_and_nobody_is_told_apart, |site: Site| async move {
    let (pool, client) = world(&site, json!(["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])).await;
    let mut seen = Vec::new();
    for (name, colour, number) in [("jane", "b", "41"), ("nobody", "b", "42"), ("jane", "red", "")] {
        let browser = site.browser();
        let (at, shown) = begin(&browser, &pool, &client, name).await;
        let mut next = browser.post(&at, &[("step", &step(&shown)), ("answer", colour)]).await.location().to_owned();
        if !number.is_empty() {
            let asked = browser.get(&next).await;
            next = browser.post(&at, &[("step", &step(&asked)), ("answer", number)]).await.location().to_owned();
        }
        assert!(next.starts_with(&format!("/{pool}/login?flow=")), "{next}");
        seen.push(notice(&browser.get(&next).await).map(str::to_owned));
        assert_eq!(browser.cookie("cognito"), "");
    }
    assert!(seen.iter().all(|n| n.as_deref() == Some("That was not right. Sign in again.")), "{seen:?}");
});

site_test!(a_function_that_throws_is_quoted_and_ends_the_sign_in, |site: Site| async move {
    let (pool, client) = world(&site, json!(["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])).await;
    let browser = site.browser();
    let (at, shown) = begin(&browser, &pool, &client, "jane").await;
    let next = browser.post(&at, &[("step", &step(&shown)), ("answer", "b")]).await;
    let asked = browser.get(next.location()).await;
    let thrown = browser.post(&at, &[("step", &step(&asked)), ("answer", "7")]).await;
    let told = browser.get(thrown.location()).await;
    assert_eq!(notice(&told), Some("no sevens today."));
});

site_test!(where_it_is_not_allowed_it_is_neither_shown_nor_taken, |site: Site| async move {
    let (pool, _) = world(&site, json!(["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])).await;
    let other = site.client(&pool, json!({})).await;
    let browser = site.browser();
    let page = format!("/{pool}/login?{}", authorize(&other, &[]));
    assert!(!browser.get(&page).await.body.contains("value=\"custom\""));
    let (at, told) = follow(&browser, &page, &[("username", "jane"), ("action", "custom")]).await;
    assert!(at.starts_with(&format!("/{pool}/login?flow=")), "{at}");
    assert_eq!(notice(&told), Some("CUSTOM_AUTH flow not enabled for this client."));
});
