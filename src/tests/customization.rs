//! A pool's and a client's own style and logo.

use super::browser::authorize;
use super::harness::{Site, merged, site_test};
use crate::kit::text;
use serde_json::{Value, json};

const CSS: &str = ".submitButton-customizable { background-color: #654321; }";
const PNG: [u8; 12] = [0x89, b'P', b'N', b'G', 13, 10, 26, 10, 1, 2, 3, 4];

fn of(pool: &str, more: Value) -> Value {
    merged(json!({ "UserPoolId": pool }), more)
}

/// The addresses of the style and the logo on the sign-in page.
async fn shown(site: &Site, pool: &str, client: &str) -> Vec<String> {
    let page = site.get(&format!("/{pool}/login?{}", authorize(client, &[])), &[]).await;
    let own = format!("\"/{pool}/brand/");
    page.expect(200).body.match_indices(&own).map(|(at, _)| page.body[at + 1..].split('"').next().unwrap().replace("&amp;", "&")).collect()
}

site_test!(what_is_set_is_shown_and_given_back, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    assert_eq!(site.ok("GetUICustomization", of(&pool, json!({}))).await, json!({ "UICustomization": {} }));
    assert!(shown(&site, &pool, &client).await.is_empty());
    let answer = site.ok("SetUICustomization", of(&pool, json!({ "CSS": CSS, "ImageFile": text::base64(&PNG) }))).await;
    let set = &answer["UICustomization"];
    assert_eq!((&set["CSS"], &set["ClientId"], &set["UserPoolId"]), (&json!(CSS), &json!("ALL"), &json!(pool)));
    assert_eq!(site.ok("GetUICustomization", of(&pool, json!({ "ClientId": client }))).await, answer);
    let addresses = shown(&site, &pool, &client).await;
    assert_eq!(addresses.len(), 2, "{addresses:?}");
    for address in addresses {
        let answer = site.get(&address, &[]).await;
        assert_eq!(
            (answer.expect(200).header("cache-control"), answer.header("content-security-policy")),
            ("public, max-age=31536000, immutable", "default-src 'none'; sandbox")
        );
        let expected = if address.contains("/logo") { "image/png" } else { "text/css; charset=utf-8" };
        assert_eq!((answer.header("content-type"), answer.header("x-content-type-options")), (expected, "nosniff"));
    }
});

site_test!(a_clients_own_replaces_the_pools_altogether, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let plain = site.client(&pool, json!({})).await;
    site.ok("SetUICustomization", of(&pool, json!({ "CSS": CSS, "ImageFile": text::base64(&PNG) }))).await;
    site.ok("SetUICustomization", of(&pool, json!({ "CSS": CSS, "ClientId": client }))).await;
    assert_eq!((shown(&site, &pool, &client).await.len(), shown(&site, &pool, &plain).await.len()), (1, 2));
    let before = shown(&site, &pool, &plain).await;
    site.ok("SetUICustomization", of(&pool, json!({ "CSS": CSS }))).await;
    let after = shown(&site, &pool, &plain).await;
    assert!(after.len() == 1 && !before.contains(&after[0]), "a change has an address of its own: {after:?}");
});

site_test!(what_is_set_to_nothing_is_gone, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.ok("SetUICustomization", of(&pool, json!({ "CSS": CSS, "ImageFile": text::base64(&PNG) }))).await;
    let own = site.ok("SetUICustomization", of(&pool, json!({ "CSS": CSS, "ClientId": client }))).await;
    let before = shown(&site, &pool, &client).await;
    // The pool's applies again, and later styles have addresses of their own.
    site.ok("SetUICustomization", of(&pool, json!({ "ClientId": client }))).await;
    let found = site.ok("GetUICustomization", of(&pool, json!({ "ClientId": client }))).await;
    assert_eq!((&found["UICustomization"]["ClientId"], shown(&site, &pool, &client).await.len()), (&json!("ALL"), 2));
    let again = site.ok("SetUICustomization", of(&pool, json!({ "CSS": CSS, "ClientId": client }))).await;
    assert_ne!(again["UICustomization"]["CSSVersion"], own["UICustomization"]["CSSVersion"]);
    assert_ne!(shown(&site, &pool, &client).await, before);
    site.ok("SetUICustomization", of(&pool, json!({ "ClientId": client, "CSS": "" }))).await;
    site.ok("SetUICustomization", of(&pool, json!({ "ClientId": "ALL" }))).await;
    assert_eq!(site.ok("GetUICustomization", of(&pool, json!({ "ClientId": client }))).await, json!({ "UICustomization": {} }));
    assert_eq!(site.get(&before[0], &[]).await.status, 404);
    // A client takes its own along.
    site.ok("SetUICustomization", of(&pool, json!({ "CSS": CSS, "ClientId": client }))).await;
    site.ok("DeleteUserPoolClient", of(&pool, json!({ "ClientId": client }))).await;
    assert_eq!(site.count("ui_customizations").await, 1);
});

site_test!(only_what_is_understood_is_taken, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let (other, _) = site.pool_and_client().await;
    for css in [
        "body { color: red }",
        "@import url(https://evil.example/x.css);",
        ".submitButton-customizable { background: url(https://evil.example/) }",
        ".submitButton-customizable { background-color: expression(alert(1)) }",
        ".submitButton-customizable { position: fixed }",
        ".submitButton-customizable { background-color: red",
        "</style><script>alert(1)</script>",
        ".submitButton-customizable input { color: red }",
    ] {
        let answer = site.api("SetUICustomization", of(&pool, json!({ "CSS": css }))).await;
        assert_eq!((answer.status, answer.refusal().0.as_str()), (400, "InvalidParameterException"), "{css}");
        assert!(answer.refusal().1.starts_with("The CSS is not allowed. Line 1: "), "{}", answer.refusal().1);
    }
    let large = "request parameters too large";
    let comment = format!("{CSS}/*{}*/", "x".repeat(3_072));
    for (input, message) in [
        (json!({ "CSS": comment }), large),
        (json!({ "ImageFile": text::base64(b"<svg onload=alert(1)>") }), "The image must be a PNG or JPEG file."),
        (json!({ "ImageFile": text::base64(&[&PNG[..], &[0; 102_400]].concat()) }), large),
    ] {
        site.refused("SetUICustomization", of(&pool, input), "InvalidParameterException", message).await;
    }
    let text = of(&pool, json!({ "ImageFile": "not base64" }));
    site.refused("SetUICustomization", text, "SerializationException", "Invalid Base64 character: ' '").await;
    let message = format!("User pool client {client} does not exist.");
    let elsewhere = of(&other, json!({ "ClientId": client, "CSS": CSS }));
    site.refused("SetUICustomization", elsewhere, "ResourceNotFoundException", &message).await;
    assert_eq!(site.count("ui_customizations").await, 0);
});
