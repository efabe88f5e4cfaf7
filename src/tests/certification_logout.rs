//! The RP-Initiated and Back-Channel Logout plans of the OpenID certification suite.

use super::certification::{Rp, id_claims};
use super::fixtures::PASSWORD;
use super::harness::{Site, site_test};
use crate::boot::config::Settings;
use crate::kit::clock::SECOND;
use crate::oauth::backchannel::deliver::deliver;
use crate::store::testing::db_test;
use crate::tokens::jwt::{self, Claims};
use axum::body::Bytes;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const OUT: &str = "https://app.example/out";

impl Rp<'_> {
    fn logout(&self, more: &[(&str, &str)]) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(more).finish();
        format!("/{}/logout?{query}", self.pool)
    }

    async fn signed_in_token(&self) -> String {
        let callback = self.run(&[]).await;
        self.tokens(&callback).await["id_token"].as_str().unwrap().to_owned()
    }

    async fn is_signed_in(&self) -> bool {
        self.error(&[("prompt", "none")]).await.is_none()
    }
}

site_test!(oidcc_rp_initiated_logout, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    for (module, more, leads_to) in [
        (
            "oidcc-rp-initiated-logout",
            &[("post_logout_redirect_uri", OUT), ("state", "s 1")][..],
            Some("https://app.example/out?state=s+1"),
        ),
        ("oidcc-rp-initiated-logout-no-state", &[("post_logout_redirect_uri", OUT)], Some(OUT)),
        ("oidcc-rp-initiated-logout-no-post-logout-redirect-uri", &[("state", "s")], None),
        ("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri", &[("post_logout_redirect_uri", "https://evil.example/")], None),
        (
            "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
            &[("post_logout_redirect_uri", "https://app.example/out?x=1")],
            None,
        ),
    ] {
        let token = rp.signed_in_token().await;
        let answer = rp.browser.get(&rp.logout(&[&[("id_token_hint", token.as_str())], more].concat())).await;
        assert_eq!(answer.header("location"), leads_to.unwrap_or_default(), "{module}");
        assert!(!rp.is_signed_in().await, "{module}");
    }
    // A hint that has expired is as good.
    let token = rp.signed_in_token().await;
    site.advance(3_000 * SECOND);
    site.advance(700 * SECOND);
    rp.signed_in_token().await;
    let answer =
        rp.browser.get(&rp.logout(&[("id_token_hint", &token), ("post_logout_redirect_uri", OUT), ("client_id", &rp.client)])).await;
    assert_eq!(answer.location(), OUT);
});

site_test!(oidcc_rp_initiated_logout_asks_where_nothing_proves_the_wish, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let token = rp.signed_in_token().await;
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let modified = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    let sibling = site.client(&rp.pool, json!({})).await;
    for (module, more, leads_to) in [
        ("oidcc-rp-initiated-logout-no-params", vec![], ""),
        ("oidcc-rp-initiated-logout-only-state", vec![("state", "s")], ""),
        ("oidcc-rp-initiated-logout-no-id-token-hint", vec![("post_logout_redirect_uri", OUT), ("state", "s")], ""),
        ("oidcc-rp-initiated-logout-bad-id-token-hint", vec![("post_logout_redirect_uri", OUT), ("id_token_hint", "x")], ""),
        ("oidcc-rp-initiated-logout-modified-id-token-hint", vec![("post_logout_redirect_uri", OUT), ("id_token_hint", &modified)], ""),
        ("a hint of another client", vec![("post_logout_redirect_uri", OUT), ("id_token_hint", &token), ("client_id", &sibling)], OUT),
        ("the client alone", vec![("post_logout_redirect_uri", OUT), ("client_id", &rp.client)], OUT),
    ] {
        if !rp.is_signed_in().await {
            rp.run(&[]).await;
        }
        let address = rp.logout(&more);
        let page = rp.browser.get(&address).await;
        assert!(page.expect(200).body.contains("Sign out?") && page.body.contains("jane@example.com"), "{module}: {}", page.body);
        // Another site cannot answer in the person's place.
        let forged = rp.browser.post_as(&address, &[("_csrf", "x"), ("decision", "out")], &[]).await;
        assert_eq!(forged.status, 403, "{module}");
        let stays = rp.browser.post(&address, &[("decision", "stay")]).await;
        assert!(stays.expect(200).body.contains("You are still signed in") && rp.is_signed_in().await, "{module}");
        let leaves = rp.browser.post(&address, &[("decision", "out")]).await;
        assert_eq!((leaves.header("location"), rp.is_signed_in().await), (leads_to, false), "{module}");
    }
    let nobody = site.browser().get(&rp.logout(&[("post_logout_redirect_uri", OUT), ("client_id", &rp.client)])).await;
    assert_eq!(nobody.location(), OUT, "with nobody signed in there is nothing to ask");
});

// RP-Initiated Logout, 2: the request may come as a form, from another site and so without cookies.
site_test!(a_sign_out_may_be_posted, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let token = rp.signed_in_token().await;
    let fields = [("id_token_hint", token.as_str()), ("post_logout_redirect_uri", OUT)];
    let answer = site.form(&format!("/{}/logout", rp.pool), &fields, &[("origin", "https://app.example")]).await;
    assert_eq!(rp.browser.get(answer.location()).await.location(), OUT);
    assert!(!rp.is_signed_in().await);
});

/// What an application received, and what it answers.
#[derive(Clone, Default)]
struct Listener {
    received: Arc<Mutex<Vec<String>>>,
    refuses: Arc<std::sync::atomic::AtomicBool>,
}

impl Listener {
    /// Listens; its address is returned.
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let this = self.clone();
        let take = move |body: Bytes| async move {
            let form: BTreeMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
            if this.refuses.load(std::sync::atomic::Ordering::SeqCst) {
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            this.received.lock().unwrap().push(form["logout_token"].clone());
            StatusCode::OK
        };
        let routes = axum::Router::new().route("/out", axum::routing::post(take));
        #[expect(clippy::disallowed_methods, reason = "the application of a test")]
        tokio::spawn(async move { axum::serve(listener, routes).await });
        format!("http://localhost:{port}/out")
    }

    fn take(&self) -> Vec<Claims> {
        self.received.lock().unwrap().drain(..).map(|token| jwt::peek(&token).expect("a JWT")).collect()
    }
}

fn allowing_localhost() -> Settings {
    Settings { outbound_allow: Some(vec!["localhost".into()]), ..Settings::default() }
}

async fn listening(site: &Site) -> (Rp<'_>, Listener) {
    let listener = Listener::default();
    let uri = listener.start().await;
    let rp = Rp::new(site, json!({ "PoolhouseOAuth": { "BackchannelLogoutUri": uri, "BackchannelLogoutSessionRequired": true } })).await;
    (rp, listener)
}

async fn run_job(site: &Site) {
    deliver(&mut crate::api::Cx::internal(site.app.clone())).await.unwrap();
}

db_test!(oidcc_backchannel_rp_initiated_logout, |db: crate::store::Db| async move {
    let site = Site::with(db, allowing_localhost()).await;
    let (rp, listener) = listening(&site).await;
    let callback = rp.run(&[]).await;
    let tokens = rp.tokens(&callback).await;
    let id = id_claims(&tokens);
    assert!(id["sid"].as_str().is_some_and(|sid| sid.starts_with("sso")), "{id:?}");
    let hint = tokens["id_token"].as_str().unwrap();
    assert_eq!(rp.browser.get(&rp.logout(&[("id_token_hint", hint), ("post_logout_redirect_uri", OUT)])).await.location(), OUT);
    // Not taken at first: it is tried again.
    listener.refuses.store(true, std::sync::atomic::Ordering::SeqCst);
    run_job(&site).await;
    listener.refuses.store(false, std::sync::atomic::Ordering::SeqCst);
    run_job(&site).await;
    assert_eq!((listener.take().len(), site.count("logout_notices").await), (0, 1), "not before its time");
    site.advance(5 * SECOND);
    run_job(&site).await;
    let raw = listener.received.lock().unwrap().clone();
    let header: Value = serde_json::from_slice(&crate::kit::text::from_base64url(raw[0].split('.').next().unwrap()).unwrap()).unwrap();
    assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!("RS256")));
    let [token]: [Claims; 1] = listener.take().try_into().unwrap();
    assert_eq!((&token["iss"], &token["aud"], &token["sub"], &token["sid"]), (&id["iss"], &id["aud"], &id["sub"], &id["sid"]));
    assert_eq!(token["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    let now = site.now() / 1_000;
    assert_eq!((&token["iat"], &token["exp"], token.get("nonce"), token["jti"].is_string()), (&json!(now), &json!(now + 120), None, true));
    assert_eq!(site.count("logout_notices").await, 0);
});

db_test!(whatever_ends_a_session_is_told, |db: crate::store::Db| async move {
    let site = Site::with(db, allowing_localhost()).await;
    let (rp, listener) = listening(&site).await;
    site.track(&rp.pool, 20).await;
    let of = |name: &str| json!({ "UserPoolId": rp.pool, "Username": name });
    for operation in ["AdminUserGlobalSignOut", "AdminDisableUser", "AdminDeleteUser", "AdminResetUserPassword", "AdminRevokeUserSession"] {
        let sub = site.user(&rp.pool, operation).await;
        let browser = site.browser();
        let location = browser.sign_in(&rp.pool, &rp.query(&[]), operation, PASSWORD).await;
        let code = crate::tests::browser::parameter(&location, "code").unwrap();
        let tokens = site.exchange(&rp.pool, &rp.client, &code, &[]).await.expect(200).json();
        let sid = id_claims(&tokens)["sid"].clone();
        let mut input = of(operation);
        if operation == "AdminRevokeUserSession" {
            input["SessionId"] = sid.clone();
        }
        site.ok(operation, input).await;
        run_job(&site).await;
        let told = listener.take();
        assert_eq!(told.iter().map(|t| (&t["sub"], &t["sid"])).collect::<Vec<_>>(), [(&json!(sub), &sid)], "{operation}");
    }
    // A client that does not listen is told nothing, nor is anybody whose user never came.
    let quiet = site.client(&rp.pool, json!({})).await;
    site.user(&rp.pool, "quiet").await;
    site.oauth(&rp.pool, &quiet, "quiet", &[("scope", "openid")]).await;
    site.ok("AdminUserGlobalSignOut", of("quiet")).await;
    assert_eq!(site.count("logout_notices").await, 0);
});

// Proving oneself again is no end.
db_test!(signing_in_again_tells_nobody, |db: crate::store::Db| async move {
    let site = Site::with(db, allowing_localhost()).await;
    let (rp, listener) = listening(&site).await;
    let first = rp.id(&[]).await;
    let second = rp.id(&[("prompt", "login")]).await;
    assert_eq!((&first["sid"], site.count("logout_notices").await), (&second["sid"], 0));
    site.user(&rp.pool, "john").await;
    rp.browser.sign_in(&rp.pool, &rp.query(&[("prompt", "login")]), "john", PASSWORD).await;
    run_job(&site).await;
    assert_eq!(listener.take().iter().map(|t| &t["sid"]).collect::<Vec<_>>(), [&first["sid"]], "another one took the place");
});

db_test!(an_address_inside_is_not_told, |db: crate::store::Db| async move {
    let site = Site::new(db).await;
    let (rp, listener) = listening(&site).await;
    let token = rp.signed_in_token().await;
    rp.browser.get(&rp.logout(&[("id_token_hint", &token)])).await.expect(200);
    run_job(&site).await;
    assert_eq!((listener.take().len(), site.count("logout_notices").await), (0, 1));
    site.advance(7_200 * SECOND);
    run_job(&site).await;
    assert_eq!(site.count("logout_notices").await, 0, "given up");
});
