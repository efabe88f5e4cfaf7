//! Links by mail that sign in.

use super::browser::{Browser, authorize, parameter};
use super::fixtures::{CALLBACK, PASSWORD, Tokens};
use super::harness::{HOST, Site, attributes, merged, site_test};
use super::pages_journeys::{follow, notice};
use crate::api::Cx;
use crate::kit::clock::MINUTE;
use futures::future::join;
use serde_json::{Value, json};

const SENT: &str = "If this account can sign in by email, a link is on its way. Open it in this browser.";
const SPENT: &str = "This link was used already, or is not valid any more. Ask for a new one.";

async fn world(site: &Site) -> (String, String) {
    let pool = site.pool(json!({})).await;
    let client = site.client(&pool, json!({ "PoolhouseSignInLink": { "Enabled": true } })).await;
    site.user(&pool, "jane").await;
    (pool, client)
}

/// Asks for a link on the page, and says what the page says.
async fn ask(browser: &Browser<'_>, pool: &str, client: &str, name: &str) -> Option<String> {
    let page = format!("/{pool}/login?{}", authorize(client, &[("state", "s"), ("scope", "openid")]));
    assert!(browser.get(&page).await.expect(200).body.contains("value=\"link\""));
    let (_, told) = follow(browser, &page, &[("username", name), ("action", "link")]).await;
    notice(&told).map(str::to_owned)
}

/// The path in the mail that was sent last.
async fn path(site: &Site) -> String {
    let mail = site.outbox().await.remove(0);
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("jane@example.com", "Your link to sign in"));
    let address = mail.text.lines().find(|line| line.starts_with("http")).expect("a link").to_owned();
    assert!(mail.html.unwrap().contains(&format!("href=\"{address}\"")));
    address.strip_prefix(&format!("http://{HOST}")).expect("below the public URL").to_owned()
}

site_test!(a_link_signs_in_once_by_its_button, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let browser = site.browser();
    assert_eq!(ask(&browser, &pool, &client, "jane").await.as_deref(), Some(SENT));
    let link = path(&site).await;
    // Whoever merely opens it, a scanner of mail with or without cookies, uses nothing up.
    for _ in 0..3 {
        let scanned = site.browser().get(&link).await;
        assert!(scanned.expect(200).body.contains("another browser or on another device"), "{}", scanned.body);
    }
    let shown = browser.get(&link).await;
    assert!(!shown.expect(200).body.contains("another browser") && shown.body.contains(">jane</bdi>"), "{}", shown.body);
    assert_eq!(site.count("browser_sessions").await, 0);
    let end = browser.post(&link, &[]).await;
    assert!(end.location().starts_with(CALLBACK) && parameter(end.location(), "state").as_deref() == Some("s"), "{}", end.location());
    let mut cx = Cx::internal(site.app.clone());
    let session = crate::hosted::session::find(&mut cx, &pool, &browser.cookie("cognito")).await.unwrap().expect("a session");
    assert_eq!(session.amr, "email_otp");
    assert_eq!(browser.get(&link).await.status, 400, "used up");
    assert_eq!(site.count("sign_in_links").await, 0);
});

site_test!(another_browser_is_asked_and_the_first_gains_nothing, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let (asker, opener) = (site.browser(), site.browser());
    ask(&asker, &pool, &client, "jane").await;
    let link = path(&site).await;
    assert!(opener.get(&link).await.body.contains("Sign in here"));
    // Another site cannot press the button.
    let token = opener.cookie("XSRF-TOKEN");
    let forged = opener.post_as(&link, &[("_csrf", &token)], &[("origin", "https://evil.example")]).await;
    assert_eq!(forged.status, 403);
    assert!(opener.post(&link, &[]).await.location().starts_with(CALLBACK));
    assert!(!opener.cookie("cognito").is_empty() && asker.cookie("cognito").is_empty());
});

site_test!(of_two_presses_one_signs_in, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let browser = site.browser();
    ask(&browser, &pool, &client, "jane").await;
    let link = path(&site).await;
    browser.get(&link).await.expect(200);
    let (one, two) = join(browser.post(&link, &[]), browser.post(&link, &[])).await;
    let ends: Vec<_> = [one, two].iter().filter(|a| a.status == 302 && a.location().starts_with(CALLBACK)).map(|_| ()).collect();
    assert_eq!((ends.len(), site.count("browser_sessions").await), (1, 1));
});

site_test!(a_link_is_worthless_once_something_changed, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let set = |name: &'static str, value: Value| json!({ "UserPoolId": pool, "Username": "jane", name: value });
    let moved = attributes(&[("email", "new@example.com"), ("email_verified", "true")]);
    let back = attributes(&[("email", "jane@example.com"), ("email_verified", "true")]);
    for case in ["age", "address", "password", "disabled"] {
        let browser = site.browser();
        ask(&browser, &pool, &client, "jane").await;
        let link = path(&site).await;
        browser.get(&link).await.expect(200);
        match case {
            "age" => site.advance(16 * MINUTE),
            "address" => drop(site.ok("AdminUpdateUserAttributes", set("UserAttributes", moved.clone())).await),
            "password" => {
                let input = json!({ "UserPoolId": pool, "Username": "jane", "Password": PASSWORD, "Permanent": true });
                site.advance(1);
                site.ok("AdminSetUserPassword", input).await;
            }
            _ => drop(site.ok("AdminDisableUser", json!({ "UserPoolId": pool, "Username": "jane" })).await),
        }
        let answer = browser.post(&link, &[]).await;
        if case == "age" {
            assert_eq!(answer.status, 400, "{case}");
        } else {
            assert_eq!(notice(&browser.get(answer.location()).await), Some(SPENT), "{case}");
        }
        assert_eq!(browser.cookie("cognito"), "", "{case}");
        site.ok("AdminUpdateUserAttributes", set("UserAttributes", back.clone())).await;
    }
});

site_test!(who_cannot_sign_in_by_link_gets_none_and_is_not_told_apart, |site: Site| async move {
    let (pool, client) = world(&site).await;
    site.user_with(&pool, "john", attributes(&[("email", "john@example.com")])).await;
    site.user(&pool, "jack").await;
    site.ok("AdminDisableUser", json!({ "UserPoolId": pool, "Username": "jack" })).await;
    for name in ["nobody", "john", "jack"] {
        assert_eq!(ask(&site.browser(), &pool, &client, name).await.as_deref(), Some(SENT), "{name}");
    }
    assert_eq!((site.outbox().await.len(), site.count("sign_in_links").await), (0, 0));
    // A client without the setting neither offers nor sends.
    let other = site.client(&pool, json!({})).await;
    let browser = site.browser();
    let page = format!("/{pool}/login?{}", authorize(&other, &[]));
    assert!(!browser.get(&page).await.body.contains("value=\"link\""));
    let (_, told) = follow(&browser, &page, &[("username", "jane"), ("action", "link")]).await;
    assert_eq!(notice(&told), Some("Sign-in links are not enabled for this client."));
    assert_eq!(site.outbox().await.len(), 0);
});

site_test!(an_application_sends_and_takes_links_by_itself, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let asked = json!({ "ClientId": client, "Username": "jane", "Url": CALLBACK });
    let session = site.ok("SendSignInLink", asked.clone()).await["Session"].clone();
    let mail = site.outbox().await.remove(0);
    let (_, secret) = mail.text.split_once(&format!("{CALLBACK}?sign_in_link=")).expect("a link");
    let secret = secret.split_whitespace().next().unwrap();
    let given = json!({ "ClientId": client, "Secret": secret });
    let elsewhere = "The link was asked for elsewhere. Ask the person before signing in here.";
    site.refused("SignInWithLink", given.clone(), "PreconditionNotMetException", elsewhere).await;
    let other = site.client(&pool, json!({ "PoolhouseSignInLink": { "Enabled": true } })).await;
    let spent = "This link was used already, or is not valid any more.";
    let of_other = json!({ "ClientId": other, "Secret": secret, "Elsewhere": true });
    site.refused("SignInWithLink", of_other, "ExpiredCodeException", spent).await;
    assert_eq!(site.get(&format!("/{pool}/signInLink?sign_in_link={secret}"), &[]).await.status, 400, "not on the pages");
    let signed_in = site.ok("SignInWithLink", merged(given.clone(), json!({ "Session": session }))).await;
    assert_eq!(Tokens::of(&signed_in).access_claims()["username"], "jane");
    site.refused("SignInWithLink", merged(given, json!({ "Session": session })), "ExpiredCodeException", spent).await;

    site.empty_outbox().await;
    let nobody = site.ok("SendSignInLink", merged(asked.clone(), json!({ "Username": "nobody" }))).await;
    assert_eq!((nobody["Session"].as_str().map(str::len), site.outbox().await.len()), (Some(43), 0));
    let bad = merged(asked, json!({ "Url": "https://evil.example/" }));
    site.refused("SendSignInLink", bad, "InvalidParameterException", "Url is not one of the client's callback URLs.").await;
    // A link of the pages is none of the API's.
    let browser = site.browser();
    ask(&browser, &pool, &client, "jane").await;
    let secret = parameter(&path(&site).await, "sign_in_link").unwrap();
    let given = json!({ "ClientId": client, "Secret": secret, "Elsewhere": true });
    site.refused("SignInWithLink", given, "ExpiredCodeException", spent).await;
});

site_test!(the_setting_is_checked_kept_and_told, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let described = site.ok("DescribeUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
    assert_eq!(described["UserPoolClient"]["PoolhouseSignInLink"], json!({ "Enabled": true, "ValidityMinutes": 15 }));
    let long = json!({ "UserPoolId": pool, "ClientId": client, "PoolhouseSignInLink": { "Enabled": true, "ValidityMinutes": 61 } });
    let why = "PoolhouseSignInLink: ValidityMinutes must be between 1 and 60.";
    site.refused("UpdateUserPoolClient", long, "InvalidParameterException", why).await;
});
