//! Pages dressed in managed login styles, and previews of styles that are not published.

use super::browser::{authorize, parameter};
use super::harness::{Answer, Site, merged, site_test};
use crate::kit::clock::HOUR;
use crate::kit::text;
use serde_json::{Value, json};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n1234";

fn image(category: &str, mode: &str, extension: &str, bytes: &[u8]) -> Value {
    json!({ "Category": category, "ColorMode": mode, "Extension": extension, "Bytes": text::base64(bytes) })
}

/// Orange buttons, a logo in the form and one in the header, in either scheme.
fn dressed() -> Value {
    json!({
        "Settings": {
            "categories": { "global": { "colorSchemeMode": "DYNAMIC" } },
            "components": {
                "primaryButton": { "lightMode": { "defaults": { "backgroundColor": "ff9900ff" } } },
                "form": { "logo": { "enabled": true } },
                "pageHeader": { "logo": { "enabled": true } },
            },
        },
        "Assets": [
            image("FORM_LOGO", "LIGHT", "PNG", PNG),
            image("FORM_LOGO", "DARK", "SVG", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            image("PAGE_HEADER_LOGO", "DYNAMIC", "PNG", PNG),
            image("PAGE_BACKGROUND", "LIGHT", "WEBP", b"RIFF\x04\0\0\0WEBPVP8 "),
            image("FAVICON_ICO", "LIGHT", "ICO", b"\0\0\x01\0\x01\0\x10\x10"),
        ],
    })
}

async fn style(site: &Site, pool: &str, client: &str, more: Value) -> Value {
    let input = merged(json!({ "UserPoolId": pool, "ClientId": client }), more);
    site.ok("CreateManagedLoginBranding", input).await["ManagedLoginBranding"].take()
}

/// Every address of the brand that a text names.
fn addresses(html: &str, folder: &str) -> Vec<String> {
    let found = html.match_indices(folder).map(|(at, _)| html[at..].split(['"', ')']).next().unwrap().replace("&amp;", "&"));
    found.collect()
}

async fn served(site: &Site, address: &str) -> Answer {
    let answer = site.get(address, &[]).await;
    assert_eq!(answer.expect(200).header("x-content-type-options"), "nosniff", "{address}");
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{address}");
    answer
}

site_test!(a_clients_pages_are_drawn_from_its_style, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let login = format!("/{pool}/login?{}", authorize(&client, &[]));
    let plain = site.get(&login, &[]).await.body;
    let made = style(&site, &pool, &client, dressed()).await;
    let html = site.get(&login, &[]).await.body;
    assert!(plain != html && html.contains("page-header") && html.contains(r#"media="(prefers-color-scheme: dark)""#), "{html}");
    assert!(html.contains(r#"type="image/x-icon""#) && html.contains(r#"content="light dark""#) && !html.contains("data-scheme"), "{html}");
    let own = format!("/{pool}/brand/{client}/");
    let (mut css, mut kinds) = (String::new(), Vec::new());
    for address in addresses(&html, &own) {
        let answer = served(&site, &address).await;
        kinds.push(answer.header("content-type").to_owned());
        if address.contains("style.css") {
            css = answer.body;
        }
    }
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds, ["image/png", "image/svg+xml", "image/x-icon", "text/css; charset=utf-8"]);
    assert!(css.contains("--button:#ff9900ff") && css.contains("prefers-color-scheme:dark"), "{css}");
    for address in addresses(&css, "asset/") {
        assert_eq!(served(&site, &format!("{own}{address}")).await.header("content-type"), "image/webp");
    }
    // A change has addresses of its own, at once; without a style the pages are what they were.
    let change = json!({ "UserPoolId": pool, "ManagedLoginBrandingId": made["ManagedLoginBrandingId"], "Settings": { "categories": { "global": { "colorSchemeMode": "DARK" } } } });
    site.ok("UpdateManagedLoginBranding", change).await;
    let changed = site.get(&login, &[]).await.body;
    assert!(changed.contains(r#"content="dark""#) && addresses(&changed, &own)[0] != addresses(&html, &own)[0], "{changed}");
    let gone = json!({ "UserPoolId": pool, "ManagedLoginBrandingId": made["ManagedLoginBrandingId"] });
    site.ok("DeleteManagedLoginBranding", gone).await;
    assert!(!site.get(&login, &[]).await.body.contains("/brand/"));
    assert_eq!(site.get(&addresses(&html, &own)[0], &[]).await.status, 404);
});

site_test!(a_domain_of_the_classic_kind_shows_classic_pages, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    style(&site, &pool, &client, dressed()).await;
    for (prefix, version, drawn) in [("old", 1, false), ("new", 2, true)] {
        site.ok("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": prefix, "ManagedLoginVersion": version })).await;
        let host = format!("{prefix}.auth.localhost:8080");
        let page = site.get(&format!("/login?{}", authorize(&client, &[])), &[("host", &host)]).await;
        assert_eq!(page.expect(200).body.contains("style.css?look="), drawn, "{}", page.body);
        site.ok("DeleteUserPoolDomain", json!({ "UserPoolId": pool, "Domain": prefix })).await;
    }
});

site_test!(a_style_is_looked_at_before_it_is_published, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let made = style(&site, &pool, &client, dressed()).await;
    let draft = json!({ "UserPoolId": pool, "ManagedLoginBrandingId": made["ManagedLoginBrandingId"], "PoolhousePreview": true,
        "Settings": { "components": { "primaryButton": { "lightMode": { "defaults": { "backgroundColor": "123456ff" } } } } } });
    let answer = site.ok("UpdateManagedLoginBranding", draft.clone()).await;
    let url = answer["PoolhousePreviewUrl"].as_str().unwrap().replace("http://localhost:8080", "");
    let pages = site.get(&url, &[]).await;
    let links = addresses(&pages.expect(200).body, &format!("/{pool}/preview?"));
    assert_eq!(links.len(), 12, "{}", pages.body);
    for address in links {
        let page = site.get(&format!("{address}&lang=de"), &[]).await;
        assert!(page.expect(200).body.contains("Vorschau.") && page.body.contains(" inert"), "{address}: {}", page.body);
        assert!(page.header("content-security-policy").contains("form-action 'none'") && page.header("cache-control") == "no-store");
        assert!(page.headers.get("set-cookie").is_none(), "{address}");
    }
    let token = parameter(&url, "token").unwrap();
    let css = site.get(&format!("/{pool}/preview/style.css?token={token}"), &[]).await;
    assert!(css.expect(200).body.contains("--button:#123456ff") && css.header("cache-control") == "no-store", "{}", css.body);
    // The published style is the one that it was, and nobody guesses or keeps a preview.
    let login = site.get(&format!("/{pool}/login?{}", authorize(&client, &[])), &[]).await.body;
    let published = addresses(&login, &format!("/{pool}/brand/{client}/style.css"));
    assert!(site.get(&published[0], &[]).await.body.contains("--button:#ff9900ff"));
    assert_eq!(site.get(&format!("/{pool}/preview?page=login&token={}", "A".repeat(43)), &[]).await.status, 404);
    let with_assets = merged(draft, json!({ "Assets": [image("FORM_LOGO", "LIGHT", "PNG", PNG)] }));
    let message = "PoolhousePreview: a preview shows the published assets; leave Assets out.";
    site.refused("UpdateManagedLoginBranding", with_assets, "InvalidParameterException", message).await;
    site.advance(HOUR);
    assert_eq!(
        (site.get(&url, &[]).await.status, site.get(&format!("/{pool}/preview/style.css?token={token}"), &[]).await.status),
        (404, 404)
    );
});
