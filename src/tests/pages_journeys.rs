//! The ways through the pages, by hand and without script.

use super::browser::{Browser, authorize, parameter};
use super::fixtures::{CALLBACK, PASSWORD, sign_in};
use super::harness::{Answer, Site, attribute, attributes, merged, site_test};
use serde_json::json;

/// The notice that a page shows.
pub fn notice(answer: &Answer) -> Option<&str> {
    let (_, rest) = answer.body.split_once("id=\"notice\"")?;
    let (_, rest) = rest.split_once("<p>")?;
    Some(rest.split_once("</p>")?.0)
}

/// Posts a form and opens the page that it leads to.
pub async fn follow(browser: &Browser<'_>, page: &str, fields: &[(&str, &str)]) -> (String, Answer) {
    let location = browser.post(page, fields).await.location().to_owned();
    let next = browser.get(&location).await;
    (location, next)
}

site_test!(signing_up_confirming_and_being_signed_in, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let browser = site.browser();
    let page = format!("/{pool}/signup?{}", authorize(&client, &[("state", "s")]));
    let shown = browser.get(&page).await;
    for name in ["username", "email", "password"] {
        assert!(shown.expect(200).body.contains(&format!("name=\"{name}\"")), "{name}");
    }
    let (weak, again) = follow(&browser, &page, &[("username", "jane"), ("email", "jane@example.com"), ("password", "weak")]).await;
    assert_eq!(notice(&again), Some("That password is too short. See what it needs below."));
    assert!(again.body.contains("value=\"jane@example.com\"") && !again.body.contains("weak\""), "what was typed is kept, but no password");
    assert_eq!((site.count("users").await, site.outbox().await.len()), (0, 0));
    let fields =
        [("username", "jane"), ("email", "jane@example.com"), ("password", PASSWORD), ("email_verified", "true"), ("nickname", "x")];
    let (confirm, shown) = follow(&browser, &weak, &fields).await;
    assert!(confirm.starts_with(&format!("/{pool}/confirmUser?flow=")) && shown.body.contains("j***@e***"));
    assert_eq!(notice(&shown), None, "the notice of the last page is gone");
    let user = site.admin_get(&pool, "jane").await;
    let names: Vec<_> = user["UserAttributes"].as_array().unwrap().iter().filter_map(|a| a["Name"].as_str()).collect();
    assert_eq!(names, ["sub", "email", "email_verified"], "only what the page asks for counts");
    assert_eq!(attribute(&user, "email_verified"), Some("false"));
    let code = site.code("jane@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let (_, told) = follow(&browser, &confirm, &[("code", wrong)]).await;
    assert_eq!(notice(&told), Some("That code is not right. Check it and try again."));
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let location = browser.post(&confirm, &[("code", &spaced)]).await.location().to_owned();
    assert!(location.starts_with(&format!("{CALLBACK}?code=")), "{location}");
    assert_eq!(parameter(&location, "state").as_deref(), Some("s"));
    let tokens = site.exchange(&pool, &client, &parameter(&location, "code").unwrap(), &[]).await;
    assert!(tokens.expect(200).json()["id_token"].is_string());
    assert_eq!(browser.get(&confirm).await.status, 400, "the flow has come to its end");
});

site_test!(a_notice_is_told_on_its_page_only, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let browser = site.browser();
    let page = format!("/{pool}/login?{}", authorize(&client, &[]));
    browser.get(&page).await.expect(200);
    let (flow, told) = follow(&browser, &page, &[("username", "jane"), ("password", "Wr0ng-one!")]).await;
    let wrong = Some("That name or password is not right. Check both and try again.");
    assert_eq!(notice(&told), wrong);
    assert!(told.body.contains("value=\"jane\"") && !told.body.contains("Wr0ng-one!"));
    for other in ["signup", "forgotPassword"] {
        assert_eq!(notice(&browser.get(&flow.replace("login", other)).await), None, "{other}");
    }
    let (_, told) = follow(&browser, &flow, &[("username", ""), ("password", "")]).await;
    assert_eq!(notice(&told), Some("Enter your name and your password."));
    for forged in ["error=You+won", "notice=You+won", "__err=You+won", "__path=x&__err=WW91IHdvbg"] {
        let answer = browser.get(&format!("{page}&{forged}")).await;
        assert!(notice(&answer).is_none() && !answer.body.contains("You won"), "{forged}");
    }
    let location = browser.post(&flow, &[("username", "jane"), ("password", PASSWORD)]).await.location().to_owned();
    assert!(location.starts_with(CALLBACK));
});

site_test!(a_forgotten_password, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let browser = site.browser();
    let page = format!("/{pool}/forgotPassword?{}", authorize(&client, &[]));
    browser.get(&page).await.expect(200);
    let (_, told) = follow(&browser, &page, &[("username", "nobody")]).await;
    assert_eq!(notice(&told), Some("There is no account with that name."));
    let (reset, shown) = follow(&browser, &page, &[("username", "jane")]).await;
    assert!(reset.starts_with(&format!("/{pool}/confirmForgotPassword?flow=")) && shown.body.contains("j***@e***"));
    let code = site.code("jane@example.com").await;
    let (_, told) = follow(&browser, &reset, &[("code", &code), ("password", "Passw0rds")]).await;
    assert_eq!(notice(&told), Some("The password needs a symbol, such as ! or #."));
    let (login, told) = follow(&browser, &reset, &[("code", &code), ("password", "Other0ne!")]).await;
    assert_eq!(notice(&told), Some("Your password is changed. Sign in with the new one."));
    let location = browser.post(&login, &[("username", "jane"), ("password", "Other0ne!")]).await.location().to_owned();
    assert!(location.starts_with(CALLBACK));
});

site_test!(a_hidden_pool_says_nothing_of_who_is_in_it, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = site.client(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    site.user(&pool, "jane").await;
    let mut seen = Vec::new();
    for name in ["jane", "nobody"] {
        let browser = site.browser();
        let query = authorize(&client, &[]);
        browser.get(&format!("/{pool}/login?{query}")).await.expect(200);
        let (_, told) = follow(&browser, &format!("/{pool}/login?{query}"), &[("username", name), ("password", "Wr0ng-one!")]).await;
        let (reset, _) = follow(&browser, &format!("/{pool}/forgotPassword?{query}"), &[("username", name)]).await;
        let (_, wrong) = follow(&browser, &reset, &[("code", "000000"), ("password", "Other0ne!")]).await;
        let path = reset.split('?').next().unwrap().to_owned();
        seen.push((notice(&told).map(str::to_owned), path, notice(&wrong).map(str::to_owned)));
    }
    assert_eq!(seen[0], seen[1]);
    assert!(site.outbox().await.iter().all(|m| m.to == "jane@example.com"));
});

site_test!(a_password_of_ones_own_after_an_administrators, |site: Site| async move {
    let schema = json!([{ "Name": "given_name", "AttributeDataType": "String", "Required": true, "Mutable": true }]);
    let pool = site.pool(json!({ "Schema": schema })).await;
    let client = site.client(&pool, json!({})).await;
    let create = json!({ "UserPoolId": pool, "Username": "jane", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS" });
    site.ok("AdminCreateUser", create).await;
    let browser = site.browser();
    let page = format!("/{pool}/login?{}", authorize(&client, &[]));
    browser.get(&page).await.expect(200);
    let (new, shown) = follow(&browser, &page, &[("username", "jane"), ("password", PASSWORD)]).await;
    assert!(new.starts_with(&format!("/{pool}/changePassword?flow=")) && shown.body.contains("name=\"given_name\""));
    assert_eq!(browser.cookie("cognito"), "", "nobody is signed in yet");
    let (_, told) = follow(&browser, &new, &[("password", "Other0ne!")]).await;
    assert_eq!(notice(&told), Some("Fill in every field."));
    let fields = [("password", "Other0ne!"), ("given_name", "Jane"), ("email_verified", "true")];
    assert!(browser.post(&new, &fields).await.location().starts_with(CALLBACK));
    let user = site.admin_get(&pool, "jane").await;
    assert_eq!((user["UserStatus"].as_str(), user["UserAttributes"].as_array().map(Vec::len)), (Some("CONFIRMED"), Some(2)));
    site.ok("InitiateAuth", sign_in(&client, "jane", "Other0ne!")).await;
});

site_test!(who_is_not_confirmed_is_led_to_the_code, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    let browser = site.browser();
    let page = format!("/{pool}/login?{}", authorize(&client, &[]));
    browser.get(&page).await.expect(200);
    let (confirm, told) = follow(&browser, &page, &[("username", "jane"), ("password", PASSWORD)]).await;
    assert!(confirm.contains("/confirmUser?flow=") && notice(&told).is_some_and(|n| n.starts_with("Your account is not confirmed yet.")));
    site.advance(1);
    let (_, told) = follow(&browser, &confirm, &[("action", "resend")]).await;
    assert_eq!(notice(&told), Some("A new code is on its way to j***@e***."));
    let code = site.code("jane@example.com").await;
    let (login, told) = follow(&browser, &confirm, &[("code", &code)]).await;
    assert_eq!(
        (login.split('?').next(), notice(&told)),
        (Some(format!("/{pool}/login").as_str()), Some("Your account is confirmed. Sign in."))
    );
});

site_test!(a_confirmation_link_shows_a_button_and_changes_nothing_by_itself, |site: Site| async move {
    let template = json!({ "VerificationMessageTemplate": { "DefaultEmailOption": "CONFIRM_WITH_LINK" } });
    let pool = site.pool(template).await;
    let client = site.client(&pool, json!({})).await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    let text = site.outbox().await[0].text.clone();
    let link = text.split_whitespace().find(|word| word.starts_with("http://localhost:8080/")).expect("a link").to_owned();
    let path = link.strip_prefix("http://localhost:8080").unwrap().to_owned();
    let browser = site.browser();
    browser.get(&path).await.expect(200);
    assert_eq!(site.admin_get(&pool, "jane").await["UserStatus"], "UNCONFIRMED", "mail scanners follow links");
    let code = parameter(&path, "confirmation_code").unwrap();
    let (_, shown) = follow(&browser, &path, &[("code", &code)]).await;
    shown.expect(200);
    assert_eq!(site.admin_get(&pool, "jane").await["UserStatus"], "CONFIRMED");
});

site_test!(a_pool_that_admits_nobody_shows_no_sign_up, |site: Site| async move {
    let pool = site.pool(json!({ "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true } })).await;
    let client = site.client(&pool, json!({})).await;
    let browser = site.browser();
    let query = authorize(&client, &[]);
    assert!(!browser.get(&format!("/{pool}/login?{query}")).await.body.contains("/signup"));
    assert_eq!(browser.get(&format!("/{pool}/signup?{query}")).await.status, 400);
    let fields = [("username", "jane"), ("email", "jane@example.com"), ("password", PASSWORD)];
    browser.post(&format!("/{pool}/signup?{query}"), &fields).await;
    assert_eq!(site.count("users").await, 0);
});

site_test!(what_people_type_is_shown_as_text, |site: Site| async move {
    let hostile = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    let (pool, client) = site.pool_and_client().await;
    let settings = merged(
        json!({ "UserPoolId": pool, "Username": "<b>bold</b>", "MessageAction": "SUPPRESS", "TemporaryPassword": PASSWORD }),
        json!({ "UserAttributes": attributes(&[("name", hostile)]) }),
    );
    site.ok("AdminCreateUser", settings).await;
    let browser = site.browser();
    let query = authorize(&client, &[("login_hint", hostile), ("state", hostile)]);
    let mut shown = vec![browser.get(&format!("/{pool}/login?{query}")).await];
    for (page, fields) in [
        ("login", vec![("username", hostile), ("password", "x")]),
        ("login", vec![("username", "<b>bold</b>"), ("password", PASSWORD)]),
        ("signup", vec![("username", hostile), ("email", hostile), ("password", "x")]),
        ("forgotPassword", vec![("username", hostile)]),
    ] {
        let answer = browser.post(&format!("/{pool}/{page}?{query}"), &fields).await;
        shown.push(browser.get(answer.location()).await);
    }
    let encoded: String = form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
    shown.push(site.get(&format!("/{pool}/login?client_id={encoded}"), &[]).await);
    shown.push(site.get(&format!("/{pool}/login?client_id={client}&redirect_uri={encoded}"), &[]).await);
    shown.push(site.get(&format!("/{pool}/logout?client_id={client}&logout_uri={encoded}"), &[]).await);
    shown.push(site.get(&format!("/{encoded}/login"), &[]).await);
    shown.push(site.get("/inbox", &[]).await);
    for answer in shown {
        for raw in ["<script", "<img src=x", "<b>bold"] {
            assert!(!answer.body.contains(raw), "{raw} in {}", answer.body);
        }
    }
});
