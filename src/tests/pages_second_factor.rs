//! Second factors through the pages: codes, the choice between them, and their set-up, by hand and without script.

use super::browser::{Browser, authorize, parameter};
use super::fixtures::{CALLBACK, PASSWORD, sign_in};
use super::harness::{Answer, Site, attribute, attributes, merged, site_test};
use super::pages_journeys::{follow, notice};
use super::second_factor::{all_factors, answer as challenge_answer};
use crate::api::Cx;
use crate::kit::clock::{HOUR, MINUTE};
use serde_json::{Value, json};

const WRONG: &str = "That code is not right. Check it and try again.";

/// A pool with these factors, its client, and jane with an address and a number.
async fn world(site: &Site, configuration: &str, factors: Value) -> (String, String) {
    let (pool, client) = site.mfa_pool(configuration, factors).await;
    let known = [("email", "jane@example.com"), ("email_verified", "true"), ("phone_number", "+15555550100")];
    site.user_with(&pool, "jane", attributes(&known)).await;
    (pool, client)
}

async fn prefer(site: &Site, pool: &str, settings: Value) {
    site.ok("AdminSetUserMFAPreference", merged(json!({ "UserPoolId": pool, "Username": "jane" }), settings)).await;
}

/// Jane with an authenticator app that she is asked for; its seed.
async fn with_app(site: &Site, pool: &str, client: &str) -> String {
    let seed = site.associate(&site.sign_in(client, "jane").await.access).await;
    prefer(site, pool, json!({ "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true } })).await;
    site.advance(MINUTE);
    seed
}

/// Gives the password on the page; where that leads, and what it shows.
async fn password(browser: &Browser<'_>, pool: &str, client: &str) -> (String, Answer) {
    let page = format!("/{pool}/login?{}", authorize(client, &[("state", "s"), ("scope", "openid")]));
    browser.get(&page).await.expect(200);
    let (at, shown) = follow(browser, &page, &[("username", "jane"), ("password", PASSWORD)]).await;
    assert!(at.starts_with(&format!("/{pool}/mfa?flow=")), "{at}");
    assert_eq!(browser.cookie("cognito"), "", "nobody is signed in yet");
    (at, shown)
}

/// Which step the forms of a page answer.
fn step(shown: &Answer) -> String {
    let (_, rest) = shown.body.split_once(r#"name="step" value=""#).expect("a step");
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Sends a form of the page that is shown.
async fn send(browser: &Browser<'_>, at: &str, shown: &Answer, field: (&str, &str)) -> String {
    browser.post(at, &[("step", &step(shown)), field]).await.location().to_owned()
}

/// The same where the page is shown again.
async fn sent(browser: &Browser<'_>, at: &str, shown: &Answer, field: (&str, &str)) -> Answer {
    assert_eq!(send(browser, at, shown, field).await, at);
    browser.get(at).await
}

/// The methods that the browser's session names, once a code went to the application.
async fn methods(site: &Site, pool: &str, browser: &Browser<'_>, location: &str) -> String {
    assert!(location.starts_with(&format!("{CALLBACK}?code=")), "{location}");
    let mut cx = Cx::internal(site.app.clone());
    let session = crate::hosted::session::find(&mut cx, pool, &browser.cookie("cognito")).await.expect("a read");
    session.expect("a session").amr.clone()
}

site_test!(an_authenticator_app_is_asked_for, |site: Site| async move {
    let (pool, client) = world(&site, "OPTIONAL", all_factors()).await;
    let seed = with_app(&site, &pool, &client).await;
    let browser = site.browser();
    let (at, shown) = password(&browser, &pool, &client).await;
    assert!(shown.expect(200).body.contains("that your authenticator app (") && shown.body.contains(">phone</bdi>"));
    let silent = format!("/{pool}/oauth2/authorize?{}", authorize(&client, &[("prompt", "none")]));
    let refused = browser.get(&silent).await;
    assert_eq!(parameter(refused.location(), "error").as_deref(), Some("login_required"), "half a sign-in is none");

    let told = sent(&browser, &at, &shown, ("code", "12345")).await;
    assert_eq!(notice(&told), Some("Enter the six digits of the code."));
    let told = sent(&browser, &at, &shown, ("code", "000000")).await;
    assert_eq!(notice(&told), Some(WRONG));
    // Looking again changes nothing.
    assert_eq!(browser.get(&at).await.body, told.body);
    let code = site.totp(&seed);
    let location = send(&browser, &at, &told, ("code", &format!("{} {}", &code[..3], &code[3..]))).await;
    assert_eq!(parameter(&location, "state").as_deref(), Some("s"));
    assert_eq!(methods(&site, &pool, &browser, &location).await, "pwd otp mfa");
    assert_eq!(browser.get(&at).await.status, 400, "the flow has come to its end");
    // The browser's session carries what was proved.
    let silent = browser.get(&silent).await.location().to_owned();
    assert!(parameter(&silent, "code").is_some(), "{silent}");
});

site_test!(wrong_codes_lock_and_lead_back, |site: Site| async move {
    let (pool, client) = world(&site, "OPTIONAL", all_factors()).await;
    let seed = with_app(&site, &pool, &client).await;
    let browser = site.browser();
    let (at, mut shown) = password(&browser, &pool, &client).await;
    for _ in 0..5 {
        shown = sent(&browser, &at, &shown, ("code", "000000")).await;
        assert_eq!(notice(&shown), Some(WRONG));
    }
    let login = send(&browser, &at, &shown, ("code", &site.totp(&seed))).await;
    assert_eq!(login, at.replace("/mfa?", "/login?"));
    let locked = "There were too many wrong codes for this account. Wait a few minutes, then sign in again.";
    assert_eq!(notice(&browser.get(&login).await), Some(locked));
    assert_eq!(browser.get(&at).await.location(), login, "there is no step to go back to");
    site.advance(MINUTE);
    let (at, shown) = password(&browser, &pool, &client).await;
    assert!(send(&browser, &at, &shown, ("code", &site.totp(&seed))).await.starts_with(CALLBACK));
});

site_test!(who_takes_too_long_signs_in_again, |site: Site| async move {
    let (pool, client) = world(&site, "OPTIONAL", all_factors()).await;
    let seed = with_app(&site, &pool, &client).await;
    let browser = site.browser();
    let (at, shown) = password(&browser, &pool, &client).await;
    site.advance(16 * MINUTE);
    let login = send(&browser, &at, &shown, ("code", &site.totp(&seed))).await;
    let told = browser.get(&login).await;
    assert_eq!(notice(&told), Some("You took too long. Sign in again."));
    assert!(told.body.contains("value=\"jane\""));
    let (at, shown) = follow(&browser, &login, &[("username", "jane"), ("password", PASSWORD)]).await;
    assert!(send(&browser, &at, &shown, ("code", &site.totp(&seed))).await.starts_with(CALLBACK));
});

site_test!(codes_are_sent_and_sent_again, |site: Site| async move {
    let (pool, client) = world(&site, "OPTIONAL", all_factors()).await;
    for (settings, to, masked, method) in
        [("SMSMfaSettings", "+15555550100", "+*******0100", "sms"), ("EmailMfaSettings", "jane@example.com", "j***@e***", "email_otp")]
    {
        prefer(&site, &pool, json!({ settings: { "Enabled": true, "PreferredMfa": true } })).await;
        site.empty_outbox().await;
        let browser = site.browser();
        let (at, shown) = password(&browser, &pool, &client).await;
        assert!(shown.expect(200).body.contains(masked) && !shown.body.contains(to), "{}", shown.body);
        let first = site.code(to).await;
        let wrong = if first == "000000" { "000001" } else { "000000" };
        let told = sent(&browser, &at, &shown, ("code", wrong)).await;
        assert_eq!((notice(&told), site.outbox().await.len()), (Some(WRONG), 1), "{method}");
        site.empty_outbox().await;
        let told = sent(&browser, &at, &told, ("action", "resend")).await;
        assert_eq!(notice(&told), Some(format!("A new code is on its way to {masked}.").as_str()));
        let second = site.code(to).await;
        assert_ne!(first, second);
        let told = sent(&browser, &at, &told, ("code", &first)).await;
        assert_eq!(notice(&told), Some(WRONG), "only the last one counts");
        let location = send(&browser, &at, &told, ("code", &second)).await;
        assert_eq!(methods(&site, &pool, &browser, &location).await, format!("pwd {method} mfa"));
    }
});

site_test!(who_has_several_factors_chooses_on_the_page, |site: Site| async move {
    let (pool, client) = world(&site, "OPTIONAL", all_factors()).await;
    prefer(&site, &pool, json!({ "SMSMfaSettings": { "Enabled": true }, "EmailMfaSettings": { "Enabled": true } })).await;
    let browser = site.browser();
    let (at, choice) = password(&browser, &pool, &client).await;
    for (value, there) in [("SMS_MFA", true), ("EMAIL_OTP", true), ("SOFTWARE_TOKEN_MFA", false)] {
        assert_eq!(choice.body.contains(&format!("name=\"factor\" value=\"{value}\"")), there, "{value}");
    }
    let told = sent(&browser, &at, &choice, ("factor", "SOFTWARE_TOKEN_MFA")).await;
    assert_eq!((notice(&told), site.outbox().await.len()), (Some("Choose one of these."), 0));
    let asked = sent(&browser, &at, &told, ("factor", "EMAIL_OTP")).await;
    assert!(asked.body.contains("j***@e***") && notice(&asked).is_none());
    // The same choice from a tab that was left open does nothing more.
    let told = sent(&browser, &at, &choice, ("factor", "SMS_MFA")).await;
    assert_eq!((notice(&told), site.outbox().await.len()), (Some("This page has changed since you opened it. Go on here."), 1));
    assert_eq!(step(&told), step(&asked));
    assert!(send(&browser, &at, &asked, ("code", &site.code("jane@example.com").await)).await.starts_with(CALLBACK));
});

site_test!(a_flow_at_its_second_step_is_worth_nothing_elsewhere, |site: Site| async move {
    let (pool, client) = world(&site, "OPTIONAL", all_factors()).await;
    let seed = with_app(&site, &pool, &client).await;
    let browser = site.browser();
    let (at, shown) = password(&browser, &pool, &client).await;
    let stranger = site.browser();
    stranger.get(&format!("/{pool}/login?{}", authorize(&client, &[]))).await.expect(200);
    let before = site.rows().await;
    let seen = stranger.get(&at).await;
    assert_eq!((seen.status, seen.body.contains("phone")), (400, false));
    let answer = stranger.post(&at, &[("step", &step(&shown)), ("code", &site.totp(&seed))]).await;
    assert_eq!((answer.status, answer.header("location"), stranger.cookie("cognito").as_str()), (400, "", ""));
    // Nor does its own browser get past it by another page.
    for (page, fields) in
        [("login", vec![("code", "x")]), ("changePassword", vec![("password", "Other0ne!")]), ("confirmUser", vec![("code", "123456")])]
    {
        let answer = browser.post(&at.replace("/mfa?", &format!("/{page}?")), &fields).await;
        assert!(!answer.location().starts_with(CALLBACK) && browser.cookie("cognito").is_empty(), "{page}");
    }
    assert_eq!(site.count("browser_sessions").await, 0);
    assert_eq!(site.rows().await, before);
    let shown = browser.get(&at).await;
    assert!(send(&browser, &at, &shown, ("code", &site.totp(&seed))).await.starts_with(CALLBACK));
    // Without a step there is the sign-in page.
    let login = format!("/{pool}/login?{}", authorize(&client, &[]));
    assert_eq!(browser.get(&login.replace("/login?", "/mfa?")).await.location(), login);
    site.advance(HOUR);
    assert_eq!(browser.get(&at).await.status, 400);
});

/// The key that a set-up page shows, as the app takes it.
fn seed(shown: &Answer) -> String {
    let (_, rest) = shown.body.split_once("otpauth://totp/").expect("an address for the app");
    let uri = rest.split('"').next().unwrap_or_default().replace("&amp;", "&");
    let seed = parameter(&uri, "secret").expect("a secret");
    let groups: Vec<&str> = (0..seed.len()).step_by(4).map(|at| &seed[at..at + 4]).collect();
    assert!(shown.body.contains(&format!("{}</code>", groups.join(" "))) && shown.body.contains("class=\"qr\""));
    seed
}

site_test!(an_authenticator_app_is_set_up_on_the_page, |site: Site| async move {
    let (pool, client) = world(&site, "ON", json!({ "SoftwareTokenMfaConfiguration": { "Enabled": true } })).await;
    let browser = site.browser();
    let (at, shown) = password(&browser, &pool, &client).await;
    let key = seed(shown.expect(200));
    assert_eq!(seed(&browser.get(&at).await), key, "looking again makes no other key");
    let mut cx = Cx::internal(site.app.clone());
    let flow = parameter(&at, "flow").expect("a flow");
    let kept = crate::hosted::flow::find(&mut cx, &pool, &flow, &browser.cookie("XSRF-TOKEN")).await.expect("a read").expect("a flow");
    assert!(kept.second_step.is_some() && !format!("{kept:?}").contains(&key), "the key does not lie open");
    let told = sent(&browser, &at, &shown, ("code", "000000")).await;
    assert_eq!(notice(&told), Some("That code is not right. Try the next one that your app shows."));
    assert_eq!(seed(&told), key);

    // A second browser of somebody who knows the password has a key of its own, and its set-up ends with the other's.
    let second = site.browser();
    let (there, other) = password(&second, &pool, &client).await;
    let others = seed(&other);
    assert_ne!(others, key);
    assert_eq!(seed(&browser.get(&at).await), key);
    let location = send(&second, &there, &other, ("code", &site.totp(&others))).await;
    assert_eq!(methods(&site, &pool, &second, &location).await, "pwd otp mfa");
    let login = send(&browser, &at, &shown, ("code", &site.totp(&key))).await;
    assert_eq!(login, at.replace("/mfa?", "/login?"));
    assert_eq!(browser.cookie("cognito"), "");

    site.advance(MINUTE);
    let (at, shown) = password(&browser, &pool, &client).await;
    assert!(shown.body.contains("Enter the six digits") && !shown.body.contains("otpauth:"));
    assert!(send(&browser, &at, &shown, ("code", &site.totp(&others))).await.starts_with(CALLBACK));
});

site_test!(an_email_address_is_set_up_on_the_page, |site: Site| async move {
    let (pool, client) = site.mfa_pool("ON", json!({
        "SoftwareTokenMfaConfiguration": { "Enabled": true }, "EmailMfaConfiguration": { "Message": "Code {####}", "Subject": "Code" },
    })).await;
    site.user_with(&pool, "jane", attributes(&[("name", "Jane")])).await;
    let browser = site.browser();
    let (at, shown) = password(&browser, &pool, &client).await;
    assert!(shown.body.contains("Set up a second step"));
    let app = sent(&browser, &at, &shown, ("factor", "SOFTWARE_TOKEN_MFA")).await;
    let key = seed(&app);
    let shown = sent(&browser, &at, &app, ("action", "other")).await;
    assert_eq!(seed(&sent(&browser, &at, &shown, ("factor", "SOFTWARE_TOKEN_MFA")).await), key, "there and back");
    let app = browser.get(&at).await;
    let shown = sent(&browser, &at, &app, ("action", "other")).await;
    let email = sent(&browser, &at, &shown, ("factor", "EMAIL_OTP")).await;
    let told = sent(&browser, &at, &email, ("email", "nobody")).await;
    assert_eq!(notice(&told), Some("That is not a valid email address."));
    assert!(told.body.contains("value=\"nobody\""));
    let asked = sent(&browser, &at, &told, ("email", "new@example.com")).await;
    assert!(asked.body.contains("n***@e***"));
    assert_eq!(attribute(&site.admin_get(&pool, "jane").await, "email"), None, "not before it is proved");
    let asked = sent(&browser, &at, &asked, ("action", "resend")).await;
    let location = send(&browser, &at, &asked, ("code", &site.code("new@example.com").await)).await;
    assert_eq!(methods(&site, &pool, &browser, &location).await, "pwd email_otp mfa");
    let user = site.admin_get(&pool, "jane").await;
    assert_eq!((attribute(&user, "email"), attribute(&user, "email_verified")), (Some("new@example.com"), Some("true")));
});

site_test!(a_set_up_that_was_left_open_is_worthless_once_a_factor_is_there, |site: Site| async move {
    let (pool, client) = site.mfa_pool("ON", json!({
        "SoftwareTokenMfaConfiguration": { "Enabled": true }, "EmailMfaConfiguration": { "Message": "Code {####}", "Subject": "Code" },
    })).await;
    site.user_with(&pool, "jane", attributes(&[("name", "Jane")])).await;
    let begin = || site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD));
    let (left, waiting) = (begin().await, begin().await);
    let answer = |asked: &Value, given| challenge_answer(&client, asked, given);
    let mailed = site.ok("RespondToAuthChallenge", answer(&waiting, json!({ "EMAIL": "thief@example.com" }))).await;
    let owner = begin().await;
    let associated = site.ok("AssociateSoftwareToken", json!({ "Session": owner["Session"] })).await;
    let code = site.totp(associated["SecretCode"].as_str().unwrap());
    site.ok("VerifySoftwareToken", json!({ "Session": associated["Session"], "UserCode": code })).await;
    let invalid = "Invalid session for the user.";
    let once = "Invalid session for the user, session can only be used once.";
    for (session, message) in [(&left["Session"], invalid), (&owner["Session"], once), (&associated["Session"], once)] {
        site.refused("AssociateSoftwareToken", json!({ "Session": session }), "NotAuthorizedException", message).await;
        let verify = json!({ "Session": session, "UserCode": code });
        site.refused("VerifySoftwareToken", verify, "NotAuthorizedException", message).await;
    }
    let by_mail = answer(&left, json!({ "EMAIL": "thief@example.com" }));
    site.refused("RespondToAuthChallenge", by_mail, "NotAuthorizedException", invalid).await;
    let proved = answer(&mailed, json!({ "EMAIL_OTP_CODE": site.code("thief@example.com").await }));
    site.refused("RespondToAuthChallenge", proved, "NotAuthorizedException", invalid).await;
});
