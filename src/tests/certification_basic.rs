//! The Basic OP plan of the OpenID certification suite, as far as the authorization endpoint goes: each row is one of its modules.

use super::certification::{Rp, id_claims};
use super::harness::{Site, site_test};
use crate::tokens::jwt;
use serde_json::{Value, json};

site_test!(oidcc_server, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let callback = rp.run(&[("nonce", "n-0S6")]).await;
    callback.reached_the_application();
    assert_eq!((callback.delivery, callback.get("state").as_deref()), ("query", Some("st/ate")));
    assert_eq!(callback.get("iss"), Some(rp.issuer()));
    let tokens = rp.tokens(&callback).await;
    let id = id_claims(&tokens);
    assert_eq!(
        (&id["iss"], &id["aud"], &id["sub"], &id["nonce"]),
        (&json!(rp.issuer()), &json!(rp.client), &json!(rp.sub), &json!("n-0S6"))
    );
    assert_eq!((&id["acr"], &id["amr"]), (&json!("urn:cognito:loa:1"), &json!(["pwd"])));
    assert_eq!(rp.user_info(&tokens).await["sub"], json!(rp.sub));
    let access = jwt::peek(tokens["access_token"].as_str().unwrap()).unwrap();
    assert_eq!((&access["acr"], &access["amr"], access.get("aud"), id.get("sid")), (&id["acr"], &id["amr"], None, None));
});

// What the discovery document promises, the rows below keep.
site_test!(oidcc_discovery_endpoint_verification, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let document = site.get(&format!("/{}/.well-known/openid-configuration", rp.pool), &[]).await.expect(200).json();
    for (name, value) in [
        ("claims_parameter_supported", json!(true)),
        ("request_parameter_supported", json!(true)),
        ("request_uri_parameter_supported", json!(false)),
        ("authorization_response_iss_parameter_supported", json!(true)),
        ("backchannel_logout_supported", json!(true)),
        ("backchannel_logout_session_supported", json!(true)),
        ("end_session_endpoint", json!(format!("{}/logout", rp.issuer()))),
        ("pushed_authorization_request_endpoint", json!(format!("{}/oauth2/par", rp.issuer()))),
    ] {
        assert_eq!(document[name], value, "{name}");
    }
});

site_test!(oidcc_requests_that_succeed, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    for (module, more) in [
        ("oidcc-ensure-request-without-nonce-succeeds-for-code-flow", &[][..]),
        ("oidcc-scope-profile", &[("scope", "openid profile")]),
        ("oidcc-scope-email", &[("scope", "openid email")]),
        ("oidcc-scope-phone", &[("scope", "openid phone")]),
        ("oidcc-scope-all", &[("scope", "openid profile email phone")]),
        ("oidcc-ensure-other-scope-order-succeeds", &[("scope", "email openid")]),
        ("oidcc-display-page", &[("display", "page")]),
        ("oidcc-display-popup", &[("display", "popup")]),
        ("oidcc-ensure-request-with-unknown-parameter-succeeds", &[("extra", "foobar")]),
        ("oidcc-login-hint", &[("login_hint", "jane@example.com")]),
        ("oidcc-ui-locales", &[("ui_locales", "fr-CA fr en")]),
        ("oidcc-claims-locales", &[("claims_locales", "se")]),
        ("oidcc-ensure-request-with-acr-values-succeeds", &[("acr_values", "1 2")]),
    ] {
        let callback = rp.run(more).await;
        assert!(callback.reached_the_application().get("code").is_some(), "{module}: {callback:?}");
        assert_eq!(rp.user_info(&rp.tokens(&callback).await).await["sub"], json!(rp.sub), "{module}");
    }
});

site_test!(oidcc_scope, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    for (module, scope, has, lacks) in [
        ("oidcc-scope-profile", "openid profile", "name", "email"),
        ("oidcc-scope-email", "openid email", "email_verified", "name"),
        ("oidcc-scope-phone", "openid phone", "phone_number", "email"),
    ] {
        let callback = rp.run(&[("scope", scope)]).await;
        let said = rp.user_info(&rp.tokens(&callback).await).await;
        assert!(said[has] != Value::Null && said[lacks] == Value::Null, "{module}: {said}");
    }
    assert_eq!(
        rp.error(&[("scope", "openid address")]).await.as_deref(),
        Some("invalid_scope"),
        "oidcc-scope-address: not a scope of the client"
    );
});

site_test!(oidcc_claims_essential, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let claims = r#"{"userinfo":{"name":{"essential":true}},"id_token":{"phone_number":null,"auth_time":{"essential":true}}}"#;
    let callback = rp.run(&[("scope", "openid email"), ("claims", claims)]).await;
    let tokens = rp.tokens(&callback).await;
    let (id, said) = (id_claims(&tokens), rp.user_info(&tokens).await);
    assert_eq!((&said["name"], &said["phone_number"]), (&json!("Jane Doe"), &Value::Null));
    assert_eq!((&id["phone_number"], id.get("name")), (&json!("+15555550100"), None));
    assert!(id["auth_time"].is_number());
    let refreshed =
        [("grant_type", "refresh_token"), ("client_id", &rp.client), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    let again = site.form(&format!("/{}/oauth2/token", rp.pool), &refreshed, &[]).await.expect(200).json();
    assert_eq!(id_claims(&again)["phone_number"], json!("+15555550100"), "a refresh keeps what was asked for");
    assert_eq!(rp.error(&[("claims", "{")]).await.as_deref(), Some("invalid_request"));
});

// What an application cannot read it cannot ask for either.
site_test!(claims_beyond_what_a_client_may_read, |site: Site| async move {
    let rp = Rp::new(&site, json!({ "ReadAttributes": ["email"] })).await;
    let claims = r#"{"userinfo":{"name":null},"id_token":{"name":null}}"#;
    let callback = rp.run(&[("scope", "openid email"), ("claims", claims)]).await;
    let tokens = rp.tokens(&callback).await;
    assert_eq!((id_claims(&tokens).get("name"), &rp.user_info(&tokens).await["name"]), (None, &Value::Null));
});

site_test!(oidcc_requests_that_are_refused, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    for (module, more, error) in [
        ("oidcc-response-type-missing", &[("response_type", "")][..], "invalid_request"),
        ("oidcc-unsigned-request-object", &[("request", "eyJhbGciOiJub25lIn0.e30.")], "invalid_request_object"),
        ("oidcc-request-uri-unsigned", &[("request_uri", "https://app.example/request.jwt")], "request_uri_not_supported"),
        ("oidcc-registration", &[("registration", "{}")], "registration_not_supported"),
        ("oidcc-resource", &[("resource", "https://api.example/#x")], "invalid_target"),
        ("oidcc-identity-provider", &[("identity_provider", "Google")], "invalid_request"),
        ("oidcc-idp-identifier", &[("idp_identifier", "acme.example")], "invalid_request"),
    ] {
        let callback = rp.run(more).await;
        callback.reached_the_application();
        assert_eq!((callback.get("error").as_deref(), callback.get("iss")), (Some(error), Some(rp.issuer())), "{module}");
        assert_eq!((callback.get("state").as_deref(), callback.get("code")), (Some("st/ate"), None), "{module}");
    }
});

site_test!(oidcc_redirect_uri, |site: Site| async move {
    let with_query = "https://app.example/cb?foo=bar";
    let rp = Rp::new(&site, json!({ "CallbackURLs": ["https://app.example/cb", with_query] })).await;
    for (module, uri) in [
        ("oidcc-ensure-registered-redirect-uri", "https://app.example/other"),
        ("oidcc-redirect-uri-query-added", "https://app.example/cb?foo=baz"),
        ("oidcc-redirect-uri-query-mismatch", "https://app.example/cb?foo=bar&x=1"),
        ("oidcc-ensure-redirect-uri-in-authorization-request", ""),
    ] {
        let answer = rp.browser.get(&rp.address(&[("redirect_uri", uri)])).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{module}");
    }
    let callback = rp.run(&[("redirect_uri", with_query)]).await;
    assert_eq!((callback.get("foo").as_deref(), callback.get("code").is_some()), (Some("bar"), true), "oidcc-redirect-uri-query-OK");
});

site_test!(oidcc_codereuse, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    let callback = rp.run(&[]).await;
    let tokens = rp.tokens(&callback).await;
    let again = site.exchange(&rp.pool, &rp.client, &callback.get("code").unwrap(), &[]).await;
    assert_eq!((again.status, &again.json()["error"]), (400, &json!("invalid_grant")));
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    site.get(&format!("/{}/oauth2/userInfo", rp.pool), &[("authorization", &bearer)]).await.expect(401);
});

// RFC 8707: what the tokens are for, and stays so.
site_test!(resources_are_the_audience, |site: Site| async move {
    let rp = Rp::new(&site, json!({})).await;
    for (resources, audience) in [
        (&["https://api.example"][..], json!("https://api.example")),
        (&["https://api.example", "app:files"], json!(["https://api.example", "app:files"])),
    ] {
        let more: Vec<_> = resources.iter().map(|resource| ("resource", *resource)).collect();
        let callback = rp.run(&more).await;
        let tokens = rp.tokens(&callback).await;
        let refreshed =
            [("grant_type", "refresh_token"), ("client_id", &rp.client), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
        let again = site.form(&format!("/{}/oauth2/token", rp.pool), &refreshed, &[]).await.expect(200).json();
        for tokens in [&tokens, &again] {
            assert_eq!(jwt::peek(tokens["access_token"].as_str().unwrap()).unwrap()["aud"], audience);
            assert_eq!(id_claims(tokens)["aud"], json!(rp.client));
            rp.user_info(tokens).await;
        }
    }
});
