//! Modules of the OpenID certification suite about who is asked what: `prompt`, `max_age`, hints and levels.

use super::certification::{Callback, Rp, id_claims};
use super::fixtures::PASSWORD;
use super::harness::{Site, site_test};
use crate::kit::clock::SECOND;
use serde_json::json;

site_test!(oidcc_prompt_none, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    assert_eq!(rp.error(&[("prompt", "none")]).await.as_deref(), Some("login_required"), "oidcc-prompt-none-not-logged-in");
    let first = rp.id(&[]).await;
    site.advance(5 * SECOND);
    let callback = Callback::of(&rp.browser.get(&rp.address(&[("prompt", "none")])).await);
    let second = id_claims(&rp.tokens(&callback).await);
    assert_eq!((&first["sub"], &first["auth_time"]), (&second["sub"], &second["auth_time"]), "oidcc-prompt-none-logged-in");
});

site_test!(oidcc_prompt_login, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let first = rp.id(&[]).await;
    site.advance(5 * SECOND);
    let second = rp.id(&[("prompt", "login")]).await;
    assert_eq!(first["sub"], second["sub"]);
    assert_eq!(second["auth_time"].as_i64().unwrap() - first["auth_time"].as_i64().unwrap(), 5);
    assert_eq!(site.count("browser_sessions").await, 1, "the session of before has made place");
});

site_test!(oidcc_max_age, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let first = rp.id(&[]).await;
    site.advance(2 * SECOND);
    let second = rp.id(&[("max_age", "10000")]).await;
    assert_eq!(first["auth_time"], second["auth_time"], "oidcc-max-age-10000");
    let third = rp.id(&[("max_age", "1")]).await;
    assert_ne!(first["auth_time"], third["auth_time"], "oidcc-max-age-1");
});

site_test!(oidcc_id_token_hint, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let callback = rp.run(&[]).await;
    let token = rp.tokens(&callback).await["id_token"].as_str().unwrap().to_owned();
    let hinted = [("prompt", "none"), ("id_token_hint", token.as_str())];
    let again = Callback::of(&rp.browser.get(&rp.address(&hinted)).await);
    assert_eq!(id_claims(&rp.tokens(&again).await)["sub"], json!(rp.sub));
    // Of somebody else than who is signed in: asked for in silence, and by a sign-in that turns out to be another's.
    site.user(&rp.pool, "john").await;
    let john = site.browser();
    john.sign_in(&rp.pool, &rp.query(&[]), "john", PASSWORD).await;
    assert_eq!(Callback::of(&john.get(&rp.address(&hinted)).await).get("error").as_deref(), Some("login_required"));
    let page = john.get(&rp.address(&hinted[1..])).await.location().to_owned();
    let answer = john.post(&page, &[("username", "john"), ("password", PASSWORD)]).await;
    assert_eq!(Callback::of(&answer).get("error").as_deref(), Some("login_required"));
    // Not a hint at all, or another pool's.
    let (_, other) = token.split_once('.').unwrap();
    for bad in ["x", &format!("e30.{other}")] {
        assert_eq!(rp.error(&[("id_token_hint", bad)]).await.as_deref(), Some("invalid_request"));
    }
    let wrong = r#"{"id_token":{"sub":{"value":"somebody-else"}}}"#;
    assert_eq!(rp.error(&[("prompt", "none"), ("claims", wrong)]).await.as_deref(), Some("login_required"));
});

site_test!(levels_are_told_wanted_and_demanded, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let essential = r#"{"id_token":{"acr":{"essential":true,"values":["urn:cognito:loa:4"]}}}"#;
    // A wish is asked for once, and then goes by what there is.
    assert_eq!(rp.id(&[("acr_values", "urn:cognito:loa:3 urn:cognito:loa:4")]).await["acr"], json!("urn:cognito:loa:1"));
    assert!(rp.browser.get(&rp.address(&[("acr_values", "urn:cognito:loa:3")])).await.location().contains("/login?"));
    assert_eq!(rp.error(&[("acr_values", "urn:cognito:loa:3"), ("prompt", "none")]).await.as_deref(), Some("login_required"));
    assert_eq!(
        rp.error(&[("acr_values", "urn:mace:incommon:iap:silver"), ("prompt", "none")]).await,
        None,
        "names of others are passed over"
    );
    let demanded = rp.run(&[("claims", essential)]).await;
    assert_eq!(demanded.get("error").as_deref(), Some("unmet_authentication_requirements"));
    let satisfied = r#"{"id_token":{"acr":{"essential":true,"values":["urn:cognito:loa:1"]}}}"#;
    assert_eq!(rp.id(&[("claims", satisfied)]).await["acr"], json!("urn:cognito:loa:1"));
});

// What was wanted of a page is kept for it: the languages go with the flow.
site_test!(oidcc_ui_locales, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let page = rp.browser.get(&rp.address(&[("ui_locales", "fr en"), ("lang", "de")])).await.location().to_owned();
    rp.browser.get(&page).await.expect(200);
    let wrong = rp.browser.post(&page, &[("username", "jane"), ("password", "wrong")]).await.location().to_owned();
    let id = crate::tests::browser::parameter(&wrong, "flow").expect("a flow");
    let mut cx = crate::api::Cx::internal(site.app.clone());
    let flow = crate::hosted::flow::find(&mut cx, &rp.pool, &id, &rp.browser.cookie("XSRF-TOKEN")).await.unwrap().expect("a flow");
    assert_eq!(flow.request.lang, ["de", "fr", "en"]);
});

// A pool says how long its browsers stay signed in.
site_test!(sessions_last_as_long_as_the_pool_says, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let input = json!({ "UserPoolId": rp.pool, "AutoVerifiedAttributes": ["email"], "PoolhouseSessionMinutes": 0 });
    site.refused("UpdateUserPool", input, "InvalidParameterException", "PoolhouseSessionMinutes must be from 1 to 129600.").await;
    site.ok("UpdateUserPool", json!({ "UserPoolId": rp.pool, "PoolhouseSessionMinutes": 10 })).await;
    site.ok("UpdateUserPool", json!({ "UserPoolId": rp.pool, "AutoVerifiedAttributes": ["email"] })).await;
    assert_eq!(site.ok("DescribeUserPool", json!({ "UserPoolId": rp.pool })).await["UserPool"]["PoolhouseSessionMinutes"], json!(10));
    rp.id(&[]).await;
    site.advance(600 * SECOND - 1);
    assert_eq!(rp.error(&[("prompt", "none")]).await, None);
    site.advance(1);
    assert_eq!(rp.error(&[("prompt", "none")]).await.as_deref(), Some("login_required"));
});
