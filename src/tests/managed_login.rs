//! Managed login styles: created, merged, answered and ended with their client.

use super::harness::{Site, merged, site_test};
use crate::kit::text;
use futures::future::join_all;
use serde_json::{Value, json};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n1234";
const NOBODY: &str = "63f30090-6b1f-4278-b885-2bbb81f8e545";

fn asset(category: &str, extension: &str, bytes: &[u8]) -> Value {
    json!({ "Category": category, "ColorMode": "LIGHT", "Extension": extension, "Bytes": text::base64(bytes) })
}

fn rounded(radius: f64) -> Value {
    json!({ "componentClasses": { "buttons": { "borderRadius": radius } } })
}

impl Site {
    async fn style(&self, pool: &str, client: &str, more: Value) -> Value {
        let input = merged(json!({ "UserPoolId": pool, "ClientId": client }), more);
        self.ok("CreateManagedLoginBranding", input).await["ManagedLoginBranding"].take()
    }

    async fn style_of(&self, pool: &str, client: &str, all: bool) -> Value {
        let input = json!({ "UserPoolId": pool, "ClientId": client, "ReturnMergedResources": all });
        self.ok("DescribeManagedLoginBrandingByClient", input).await["ManagedLoginBranding"].take()
    }
}

fn update(style: &Value, more: Value) -> Value {
    merged(json!({ "UserPoolId": style["UserPoolId"], "ManagedLoginBrandingId": style["ManagedLoginBrandingId"] }), more)
}

site_test!(a_style_of_defaults_has_nothing_of_its_own, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.advance(313);
    let made = site.style(&pool, &client, json!({ "UseCognitoProvidedValues": true })).await;
    let id = made["ManagedLoginBrandingId"].as_str().unwrap();
    let now = site.now() as f64 / 1_000.0;
    let expected = json!({ "ManagedLoginBrandingId": id, "UserPoolId": pool, "UseCognitoProvidedValues": true, "Assets": [],
        "CreationDate": now, "LastModifiedDate": now });
    assert_eq!(made, expected);
    assert_eq!(uuid::Uuid::parse_str(id).unwrap().get_version_num(), 4);
    assert_eq!(site.style_of(&pool, &client, false).await, made);
    let all = site.style_of(&pool, &client, true).await;
    assert_eq!(all["Settings"], *crate::branding::managed::settings::DEFAULTS);
    let by_id = json!({ "UserPoolId": pool, "ManagedLoginBrandingId": id.to_uppercase(), "ReturnMergedResources": true });
    assert_eq!(site.ok("DescribeManagedLoginBranding", by_id).await["ManagedLoginBranding"], all);
});

site_test!(an_update_keeps_what_it_does_not_say, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let own = json!({ "Settings": rounded(4.0), "Assets": [asset("FORM_LOGO", "PNG", PNG), asset("FAVICON_SVG", "SVG", b"<svg/>")] });
    let made = site.style(&pool, &client, own.clone()).await;
    assert_eq!((&made["Settings"], &made["Assets"], &made["UseCognitoProvidedValues"]), (&own["Settings"], &own["Assets"], &json!(false)));
    let all = site.style_of(&pool, &client, true).await["Settings"].take();
    assert_eq!(all["componentClasses"]["buttons"]["borderRadius"], json!(4.0));
    assert_eq!(all["components"]["form"]["borderRadius"], json!(8.0));
    site.advance(5);
    let dark = merged(asset("FORM_LOGO", "PNG", PNG), json!({ "ColorMode": "DARK" }));
    let jpeg = asset("FORM_LOGO", "JPEG", b"\xff\xd8\xff\xe0");
    let change = json!({ "Settings": { "categories": { "global": { "colorSchemeMode": "DARK" } } }, "Assets": [jpeg, dark] });
    let after = site.ok("UpdateManagedLoginBranding", update(&made, change)).await["ManagedLoginBranding"].take();
    let joined =
        json!({ "componentClasses": { "buttons": { "borderRadius": 4.0 } }, "categories": { "global": { "colorSchemeMode": "DARK" } } });
    assert_eq!((&after["Settings"], &after["Assets"]), (&joined, &json!([jpeg, asset("FAVICON_SVG", "SVG", b"<svg/>"), dark])));
    let at = |style: &Value, name: &str| style[name].as_f64().unwrap();
    assert_eq!((at(&after, "CreationDate"), at(&after, "LastModifiedDate")), (at(&made, "CreationDate"), site.now() as f64 / 1_000.0));
    assert_eq!(site.style_of(&pool, &client, false).await, after);
    // Nothing said: nothing changes but the time. Back to the defaults: nothing is left.
    let same = site.ok("UpdateManagedLoginBranding", update(&made, json!({}))).await["ManagedLoginBranding"].take();
    assert_eq!((&same["Settings"], &same["Assets"]), (&after["Settings"], &after["Assets"]));
    let plain = update(&made, json!({ "UseCognitoProvidedValues": true }));
    let plain = site.ok("UpdateManagedLoginBranding", plain).await["ManagedLoginBranding"].take();
    assert_eq!((plain.get("Settings"), &plain["Assets"], &plain["UseCognitoProvidedValues"]), (None, &json!([]), &json!(true)));
    let own =
        site.ok("UpdateManagedLoginBranding", update(&made, json!({ "Settings": rounded(2.0) }))).await["ManagedLoginBranding"].take();
    assert_eq!((&own["Settings"], &own["UseCognitoProvidedValues"]), (&rounded(2.0), &json!(false)));
});

site_test!(an_svg_is_kept_in_its_sanitised_form, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let hostile = br#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script><rect width="9"/></svg>"#;
    let made = site.style(&pool, &client, json!({ "Assets": [asset("PAGE_BACKGROUND", "SVG", hostile)] })).await;
    let kept = text::from_base64(made["Assets"][0]["Bytes"].as_str().unwrap()).unwrap();
    assert_eq!(String::from_utf8(kept).unwrap(), r#"<svg xmlns="http://www.w3.org/2000/svg"><rect width="9"/></svg>"#);
    assert_eq!(site.style_of(&pool, &client, false).await, made);
});

site_test!(what_is_no_style_is_refused, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let both = "useCognitoProvidedValues or settings should be specified (but not both)";
    let icon = |id: &str| merged(asset("IDP_BUTTON_ICON", "SVG", b"<svg/>"), json!({ "ResourceId": id }));
    for (more, message) in [
        (json!({ "UseCognitoProvidedValues": true, "Settings": {} }), both),
        (json!({ "Settings": "{}" }), "Settings must be a JSON object."),
        (
            json!({ "Settings": rounded(-1.0) }),
            "Settings is not valid: componentClasses.buttons.borderRadius must be a number from 0 to 10000.",
        ),
        (json!({ "Settings": { "colour": "red" } }), "Settings is not valid: colour is not a known setting."),
        (json!({ "Settings": { "categories": { "signUp": "x".repeat(140_000) } } }), "Settings is too large."),
        (json!({ "Assets": [asset("FAVICON_ICO", "PNG", PNG)] }), "The asset FAVICON_ICO must be one of [ICO]."),
        (json!({ "Assets": [asset("FORM_LOGO", "JPEG", PNG)] }), "The asset FORM_LOGO is not a valid JPEG file."),
        (
            json!({ "Assets": [asset("FORM_LOGO", "SVG", b"<html/>")] }),
            "The asset FORM_LOGO is not a valid SVG file: its only root must be an svg element.",
        ),
        (json!({ "Assets": [icon("a"), icon("a")] }), "The asset IDP_BUTTON_ICON is given more than once for LIGHT."),
    ] {
        let input = merged(json!({ "UserPoolId": pool, "ClientId": client }), more);
        site.refused("CreateManagedLoginBranding", input, "InvalidParameterException", message).await;
    }
    let bad = json!({ "UserPoolId": pool, "ClientId": client, "Assets": [icon("../x")] });
    let answer = site.api("CreateManagedLoginBranding", bad).await;
    assert!(answer.refusal().1.contains("assets.1.member.resourceId"), "{}", answer.body);
    let message = "ManagedLoginBranding does not exist.";
    for operation in ["DescribeManagedLoginBranding", "UpdateManagedLoginBranding", "DeleteManagedLoginBranding"] {
        let input = json!({ "UserPoolId": pool, "ManagedLoginBrandingId": NOBODY });
        site.refused(operation, input, "ResourceNotFoundException", message).await;
    }
    let message = format!("ManagedLoginBranding for client {client} does not exist.");
    let input = json!({ "UserPoolId": pool, "ClientId": client });
    site.refused("DescribeManagedLoginBrandingByClient", input, "ResourceNotFoundException", &message).await;
    site.refused(
        "UpdateManagedLoginBranding",
        json!({ "UserPoolId": pool }),
        "InvalidParameterException",
        "ManagedLoginBrandingId is required.",
    )
    .await;
    site.refused("UpdateManagedLoginBranding", json!({}), "InvalidParameterException", "UserPoolId is required.").await;
});

site_test!(a_pools_styles_are_its_own, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let (other, stranger) = site.pool_and_client().await;
    let made = site.style(&pool, &client, json!({})).await;
    let message = "ManagedLoginBranding does not exist.";
    for operation in ["DescribeManagedLoginBranding", "UpdateManagedLoginBranding", "DeleteManagedLoginBranding"] {
        let input = update(&made, json!({ "UserPoolId": other }));
        site.refused(operation, input, "ResourceNotFoundException", message).await;
    }
    let message = format!("User pool client {stranger} does not exist.");
    for operation in ["CreateManagedLoginBranding", "DescribeManagedLoginBrandingByClient"] {
        let input = json!({ "UserPoolId": pool, "ClientId": stranger });
        site.refused(operation, input, "ResourceNotFoundException", &message).await;
    }
});

site_test!(the_defaults_may_have_assets, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let assets = json!({ "UseCognitoProvidedValues": true, "Assets": [asset("FORM_LOGO", "PNG", PNG)] });
    let made = site.style(&pool, &client, assets).await;
    assert_eq!((&made["UseCognitoProvidedValues"], made["Assets"].as_array().map(Vec::len)), (&json!(true), Some(1)));
});

site_test!(one_style_a_client_at_once_too, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let input = json!({ "UserPoolId": pool, "ClientId": client, "Assets": [asset("FORM_LOGO", "PNG", PNG)] });
    let answers = join_all((0..4).map(|_| site.api("CreateManagedLoginBranding", input.clone()))).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
    let message = format!("A ManagedLoginBranding already exists for client {client}");
    for lost in answers.iter().filter(|a| a.status != 200) {
        lost.expect_refusal("ManagedLoginBrandingExistsException", &message);
    }
    assert_eq!((site.count("managed_login_styles").await, site.count("managed_login_assets").await), (1, 1));
    site.refused("CreateManagedLoginBranding", input, "ManagedLoginBrandingExistsException", &message).await;
});

site_test!(a_style_ends_with_its_client_and_makes_room, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let first = site.style(&pool, &client, json!({ "Assets": [asset("FORM_LOGO", "PNG", PNG)] })).await;
    let mut last = String::new();
    for _ in 1..20 {
        last = site.client(&pool, json!({})).await;
        site.style(&pool, &last, json!({})).await;
    }
    let more = site.client(&pool, json!({})).await;
    let input = json!({ "UserPoolId": pool, "ClientId": more });
    let message = "A user pool can have at most 20 managed login branding styles.";
    site.refused("CreateManagedLoginBranding", input, "LimitExceededException", message).await;
    site.ok("DeleteUserPoolClient", json!({ "UserPoolId": pool, "ClientId": last })).await;
    assert_eq!(site.count("managed_login_styles").await, 19);
    site.style(&pool, &more, json!({})).await;
    assert_eq!(site.ok("DeleteManagedLoginBranding", update(&first, json!({}))).await, json!({}));
    assert_eq!((site.count("managed_login_styles").await, site.count("managed_login_assets").await), (19, 0));
    assert_ne!(site.style(&pool, &client, json!({})).await["ManagedLoginBrandingId"], first["ManagedLoginBrandingId"]);
});

site_test!(a_style_holds_forty_assets, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let icon = |n: usize| merged(asset("IDP_BUTTON_ICON", "SVG", b"<svg/>"), json!({ "ResourceId": format!("provider {n}") }));
    let made = site.style(&pool, &client, json!({ "Assets": (0..40).map(icon).collect::<Vec<_>>() })).await;
    assert_eq!(made["Assets"].as_array().unwrap().len(), 40);
    let message = "A style can have at most 40 assets.";
    site.refused("UpdateManagedLoginBranding", update(&made, json!({ "Assets": [icon(40)] })), "InvalidParameterException", message).await;
    let same = site.ok("UpdateManagedLoginBranding", update(&made, json!({ "Assets": [icon(7)] }))).await;
    assert_eq!(same["ManagedLoginBranding"]["Assets"], made["Assets"]);
    let many: Vec<_> = (0..41).map(icon).collect();
    let answer = site.api("UpdateManagedLoginBranding", update(&made, json!({ "Assets": many }))).await;
    assert!(answer.refusal().1.ends_with("at 'assets' failed to satisfy constraint: Member must have length less than or equal to 40"));
});

site_test!(only_styles_may_be_large_and_only_of_those_with_a_key, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let image = |size: usize| asset("PAGE_BACKGROUND", "PNG", &[PNG, &vec![7; size - PNG.len()]].concat());
    let one = image(1_000_000);
    let dark = merged(image(1_000_000), json!({ "ColorMode": "DARK" }));
    let made = site.style(&pool, &client, json!({ "Assets": [one, dark] })).await;
    assert_eq!(made["Assets"], json!([one, dark]));
    let answer = site.api("UpdateManagedLoginBranding", update(&made, json!({ "Assets": [image(1_000_001)] }))).await;
    assert!(answer.refusal().1.contains("Member must have length less than or equal to 1000000"), "{:.300}", answer.body);
    let too_large = |answer: crate::tests::harness::Answer| {
        assert_eq!((answer.status, answer.refusal().0.as_str()), (413, "RequestEntityTooLargeException"), "{:.200}", answer.body);
    };
    let padded = |size: usize| update(&made, json!({ "Padding": "x".repeat(size) }));
    too_large(site.api("UpdateManagedLoginBranding", padded(3 * 1024 * 1024)).await);
    too_large(site.api("DescribeManagedLoginBranding", padded(256 * 1024)).await);
    too_large(site.api("SetUICustomization", padded(256 * 1024)).await);
    let body = padded(256 * 1024).to_string().into_bytes();
    too_large(site.call("UpdateManagedLoginBranding", body.clone(), None).await);
    too_large(site.call("UpdateManagedLoginBranding", body.clone(), Some(("AKIASTRANGER", "secret"))).await);
    let forged = site.call("UpdateManagedLoginBranding", body, Some(("AKIAROOT", "guessed"))).await;
    assert_eq!(forged.refusal().0, "InvalidSignatureException");
});
