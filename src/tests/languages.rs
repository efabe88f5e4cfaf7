//! Pages and messages in the reader's language, and in the pool's own words.

use super::browser::authorize;
use super::harness::{Site, site_test};
use serde_json::{Value, json};

fn terms_of(pool: &str, client: &str, name: &str) -> Value {
    json!({ "UserPoolId": pool, "ClientId": client, "TermsName": name, "TermsSource": "LINK", "Enforcement": "NONE",
        "Links": { "cognito:default": "https://any.example", "cognito:french": "https://fr.example" } })
}

site_test!(a_page_speaks_the_language_that_is_asked_for_and_remembers_it, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let page = format!("/{pool}/login?{}", authorize(&client, &[]));
    let english = site.get(&page, &[]).await;
    assert!(english.expect(200).body.contains(r#"<html lang="en" dir="ltr""#) && english.body.contains(">Sign in</button>"));
    let browser = site.browser();
    let german = browser.get(&format!("{page}&lang=de-AT")).await;
    assert!(
        german.expect(200).body.contains(r#"<html lang="de" dir="ltr""#) && german.body.contains(">Anmelden</button>"),
        "{}",
        german.body
    );
    assert_eq!(browser.cookie("lang"), "de");
    assert!(browser.get(&page).await.body.contains(">Anmelden</button>"), "the cookie is heard");
    site.user(&pool, "jane").await;
    let told = browser.post(&page, &[("username", "jane"), ("password", "Wrong-1234")]).await;
    let told = browser.get(told.location()).await;
    assert!(told.body.contains("Name oder Passwort stimmt nicht."), "{}", told.body);
    let arabic = site.get(&format!("{page}&ui_locales=tlh%20ar"), &[("accept-language", "fr")]).await;
    assert!(arabic.body.contains(r#"<html lang="ar" dir="rtl""#), "{}", arabic.body);
    let french = site.get(&page, &[("accept-language", "tlh, fr-CA;q=0.9, en;q=0.1")]).await;
    assert!(french.body.contains(">Se connecter</button>"), "{}", french.body);
    assert_eq!(french.headers.get_all("set-cookie").iter().filter(|c| c.to_str().unwrap().starts_with("lang=")).count(), 0);
    let error = site.get(&format!("/{pool}/login?client_id=nobody&lang=it"), &[]).await;
    assert!(error.expect(400).body.contains("Questo link di accesso non funziona"), "{}", error.body);
});

site_test!(a_pool_has_words_and_a_default_of_its_own, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let page = format!("/{pool}/login?{}", authorize(&client, &[]));
    let own =
        json!({ "Default": "nl", "Texts": { "nl": { "log_in.lead": "<b>Welkom</b> bij {pool}" }, "en": { "log_in.heading": "Hello" } } });
    site.ok("UpdateUserPool", json!({ "UserPoolId": pool, "PoolhouseLanguages": own })).await;
    let dutch = site.get(&page, &[]).await;
    assert!(dutch.body.contains("&lt;b&gt;Welkom&lt;/b&gt; bij <bdi>") && !dutch.body.contains("<b>"), "{}", dutch.body);
    assert!(site.get(&format!("{page}&lang=en"), &[]).await.body.contains(r#"<h1 class="title">Hello</h1>"#));
    // What is left out stays, and other settings went untouched.
    let described = site.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
    assert_eq!((&described["UserPool"]["PoolhouseLanguages"], &described["UserPool"]["AutoVerifiedAttributes"]), (&own, &json!(["email"])));
    site.ok("UpdateUserPool", json!({ "UserPoolId": pool, "AutoVerifiedAttributes": ["email"] })).await;
    assert_eq!(site.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await["UserPool"]["PoolhouseLanguages"], own);
    let bad = json!({ "UserPoolId": pool, "PoolhouseLanguages": { "Texts": { "en": { "log_in.lead": "Welcome" } } } });
    let message = "PoolhouseLanguages: log_in.lead in en must have each of {pool} once, and no other.";
    site.refused("UpdateUserPool", bad, "InvalidParameterException", message).await;
    site.ok("UpdateUserPool", json!({ "UserPoolId": pool, "PoolhouseLanguages": {} })).await;
    assert!(site.get(&page, &[]).await.body.contains(">Sign in</button>"));
});

site_test!(messages_are_in_the_readers_language, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let attributes = json!([{ "Name": "email", "Value": "jane@example.com" }, { "Name": "locale", "Value": "es_MX" }]);
    let input = json!({ "ClientId": client, "Username": "jane", "Password": "Passw0rd!", "UserAttributes": attributes });
    site.ok("SignUp", input).await;
    let mail = site.outbox().await.remove(0);
    assert_eq!(mail.subject, "Su código de verificación");
    assert!(mail.text.contains("Es válido durante 24 horas.") && mail.html.unwrap().contains(r#"<html lang="es" dir="ltr">"#));
    site.empty_outbox().await;
    let browser = site.browser();
    let page = format!("/{pool}/signup?{}&lang=he", authorize(&client, &[]));
    browser.get(&page).await.expect(200);
    let fields = [("username", "jo"), ("email", "jo@example.com"), ("password", "Passw0rd!")];
    browser.post(&page, &fields).await.expect(302);
    let mail = site.outbox().await.remove(0);
    assert_eq!(mail.subject, "קוד האימות שלך");
    assert!(mail.html.unwrap().contains(r#"<html lang="he" dir="rtl">"#));
});

site_test!(terms_lead_to_documents_in_the_readers_language, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    for name in ["terms-of-use", "privacy-policy"] {
        site.ok("CreateTerms", terms_of(&pool, &client, name)).await;
    }
    let page = format!("/{pool}/signup?{}", authorize(&client, &[]));
    let french = site.get(&format!("{page}&lang=fr"), &[]).await;
    assert!(
        french.expect(200).body.contains(r#"href="https://fr.example""#) && french.body.contains("vous acceptez nos"),
        "{}",
        french.body
    );
    assert!(site.get(&page, &[]).await.body.contains(r#"href="https://any.example""#));
});
