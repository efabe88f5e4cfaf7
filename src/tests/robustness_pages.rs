//! No address, form or cookie breaks a page or an endpoint, and what is too large is refused.

use super::browser::authorize;
use super::harness::{Sent, Site, TARGET, site_test};
use axum::http::Method;

site_test!(addresses_forms_and_cookies_of_every_kind, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let good = authorize(&client, &[]);
    let odd = ["%00", "%ff", "%", "a%2Fb", "\u{4f8b}", &"x".repeat(5_000), "%F0%9F%98%80", "..%2f..%2f", "%0d%0aSet-Cookie:x"];
    let encoded: Vec<String> = odd
        .iter()
        .map(|text| if text.is_ascii() { (*text).to_owned() } else { form_urlencoded::byte_serialize(text.as_bytes()).collect() })
        .collect();
    let pages = [
        "login",
        "signup",
        "confirmUser",
        "resendcode",
        "forgotPassword",
        "confirmForgotPassword",
        "changePassword",
        "mfa",
        "selectAccount",
        "consent",
        "logout",
        "error",
        "oauth2/authorize",
        "oauth2/par",
        "oauth2/token",
        "oauth2/userInfo",
        "oauth2/revoke",
        "oauth2/introspect",
        "oauth2/device_authorization",
        "oauth2/register",
        "oauth2/register/x",
        "device",
        ".well-known/jwks.json",
        ".well-known/openid-configuration",
        "brand/ALL/style.css",
        "brand/ALL/logo",
    ];
    for page in pages {
        for value in &encoded {
            let paths = [
                format!("/{value}/{page}"),
                format!("/{pool}/{page}?{value}={value}&{value}={value}"),
                format!("/{pool}/{page}?{good}&state={value}&login_hint={value}&nonce={value}"),
                format!("/{pool}/{page}?client_id={client}&flow={value}&user_name={value}&confirmation_code={value}&user_code={value}"),
                format!("/{pool}/{page}?client_id={value}&redirect_uri={value}&logout_uri={value}"),
            ];
            for path in paths {
                let cookie = format!("cognito={value}; XSRF-TOKEN={value}; ;=; {value}");
                let bearer = format!("Bearer {value}");
                let headers: Vec<_> = [("cookie", cookie), ("authorization", bearer)].into_iter().collect();
                let answer = site.send(Sent { method: Method::GET, path: &path, headers: headers.clone(), body: Vec::new() }).await;
                assert!(answer.status < 500, "GET {path:.300}: {} {}", answer.status, answer.body);
                let token = "t".repeat(43);
                let body = format!(
                    "_csrf={token}&username={value}&password={value}&code={value}&email={value}&token={value}&user_code={value}&action=allow&device_code={value}&client_assertion={value}&client_assertion_type={value}&refresh_token={value}&grant_type=refresh_token&client_id={client}"
                );
                let mut headers = headers;
                headers[0].1 = format!("XSRF-TOKEN={token}; cognito={value}");
                headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
                let answer = site.send(Sent { method: Method::POST, path: &path, headers, body: body.into_bytes() }).await;
                assert!(answer.status < 500, "POST {path:.300}: {} {}", answer.status, answer.body);
            }
        }
    }
});

site_test!(what_is_too_large_is_refused, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let before = site.rows().await;
    for path in ["/".to_owned(), format!("/{pool}/login?{}", authorize(&client, &[])), format!("/{pool}/oauth2/token")] {
        for megabytes in [2, 10] {
            let body = vec![b'x'; megabytes * 1024 * 1024];
            let target = format!("{}SignUp", TARGET);
            let headers = vec![
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
                ("x-amz-target", target),
                ("content-length", body.len().to_string()),
            ];
            let answer = site.send(Sent { method: Method::POST, path: &path, headers, body: body.clone() }).await;
            assert_eq!(answer.status, 413, "{path:.60}: {:.200}", answer.body);
            // Without a declared length it is noticed on the way.
            let headers =
                vec![("content-type", "application/x-www-form-urlencoded".to_owned()), ("x-amz-target", format!("{}SignUp", TARGET))];
            let answer = site.send(Sent { method: Method::POST, path: &path, headers, body }).await;
            assert_eq!(answer.status, 413, "{path:.60}: {:.200}", answer.body);
        }
    }
    let target = format!("{}SignUp", TARGET);
    let sent = Sent { method: Method::POST, path: "/", headers: vec![("x-amz-target", target)], body: vec![b' '; 2 * 1024 * 1024] };
    assert_eq!(site.send(sent).await.refusal().0, "RequestEntityTooLargeException");
    assert_eq!(site.rows().await, before);
});
