//! What every page relies on: one well-formed document, and nothing from outside that escapes it.

use leptos::prelude::*;

use super::*;
use crate::languages::{Language, PoolLanguages, Words};

/// Closes an attribute and a tag, then opens a script.
const EVIL: &str = r#"'"><script>alert(1)</script>&amp;"#;

fn page(chrome: Chrome) -> String {
    let heading = "Heading".to_owned();
    render(view! { <Page chrome heading>"content"</Page> })
}

fn chrome() -> Chrome {
    Chrome { pool_name: "Acme".into(), base_css_url: "/app.css".into(), ..Chrome::default() }
}

#[test]
fn text_is_escaped() {
    let html = render(view! { <p>{EVIL.to_owned()}</p> });
    assert_eq!(html, r#"<p>'"&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;</p>"#);
}

#[test]
fn attribute_values_are_escaped() {
    let html = render(view! { <input value=EVIL.to_owned() title=EVIL.to_owned() /> });
    let value = r#"'&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;"#;
    assert_eq!(html, format!(r#"<input value="{value}" title="{value}">"#));
}

#[test]
fn addresses_and_classes_are_escaped() {
    let html = render(view! { <a href=EVIL.to_owned() class=EVIL.to_owned()><img src=EVIL.to_owned() /></a> });
    assert!(!html.contains("<script"), "{html}");
    assert_eq!(html.matches(r#"="'&quot;&gt;&lt;script&gt;"#).count(), 3, "{html}");
}

#[test]
fn a_document_is_whole_and_free_of_markers() {
    let html = page(chrome());
    assert!(html.starts_with(r#"<!DOCTYPE html><html lang="en" dir="ltr"><head><meta charset="utf-8">"#), "{html}");
    assert!(html.ends_with("</body></html>"), "{html}");
    assert!(html.contains("<title>Heading · Acme</title>"), "{html}");
    assert!(!html.contains("<!>") && !html.contains("<!--"), "{html}");
    assert!(!html.contains("<script"), "{html}");
}

#[test]
fn a_marker_that_comes_from_outside_stays_text() {
    let html = render(view! { <p title="<!>">{"a<!>b".to_owned()}</p> });
    assert_eq!(html, r#"<p title="&lt;!&gt;">a&lt;!&gt;b</p>"#);
}

#[test]
fn the_brand_comes_last_and_keeps_the_page_light() {
    let html =
        page(Chrome { css_url: Some("/brand.css".into()), words: Words::new(Language::Arabic, &PoolLanguages::default()), ..chrome() });
    let (base, brand) = (html.find("/app.css").unwrap(), html.find("/brand.css").unwrap());
    assert!(base < brand, "{html}");
    assert!(html.contains(r#"<html lang="ar" dir="rtl" data-scheme="light">"#), "{html}");
    assert!(html.contains(r#"<meta name="color-scheme" content="light">"#), "{html}");
}

#[test]
fn a_logo_replaces_the_name_and_is_named_by_it() {
    let html = page(Chrome { logo_url: Some("/logo.png".into()), ..chrome() });
    assert!(html.contains(r#"src="/logo.png""#) && html.contains(r#"alt="Acme""#), "{html}");
    assert!(!html.contains("wordmark"), "{html}");
}

#[test]
fn an_error_is_announced_and_named_in_the_title() {
    let html = page(Chrome { notice: Some(Notice::Error("No.".into())), ..chrome() });
    assert!(html.contains("<title>Error: Heading · Acme</title>"), "{html}");
    assert!(html.contains(r#"role="alert""#) && html.contains("<p>No.</p>"), "{html}");
    let html = page(Chrome { notice: Some(Notice::Success("Yes.".into())), ..chrome() });
    assert!(html.contains(r#"role="status""#) && !html.contains("Error"), "{html}");
}

#[test]
fn a_pool_may_have_an_empty_or_a_wordless_name() {
    assert!(page(Chrome { pool_name: String::new(), ..chrome() }).contains("wordmark"));
    assert!(!page(Chrome { pool_name: "···".into(), ..chrome() }).contains(r#"class="mark""#));
    assert!(page(Chrome { pool_name: "éa".into(), ..chrome() }).contains(r#"class="mark">É<"#));
}

/// A look whose every address is `text`.
fn look(text: &str) -> Look {
    let picture = || Picture { address: text.to_owned(), dark: Some(text.to_owned()) };
    let bar = || Some(Bar { logo: Some(picture()) });
    let form_logo = Some(FormLogo { picture: picture(), inside: true, above: false });
    Look { css: text.into(), icons: vec![(text.into(), "image/png")], header: bar(), footer: bar(), form_logo, ..Look::default() }
}

#[test]
fn a_look_takes_the_place_of_logo_and_stylesheet() {
    let html =
        page(Chrome { look: Some(look("/x").below("/p")), css_url: Some("/brand.css".into()), logo_url: Some("/logo".into()), ..chrome() });
    assert!(!html.contains("/brand.css") && !html.contains("/logo\"") && !html.contains("wordmark"), "{html}");
    assert!(
        html.contains(r#"<link rel="stylesheet" href="/p//x">"#) && html.contains(r#"<meta name="color-scheme" content="light dark">"#),
        "{html}"
    );
    let header = html.find("page-header").unwrap();
    assert!(header < html.find("<main").unwrap() && html.find("</main>").unwrap() < html.find("page-footer").unwrap(), "{html}");
    assert!(!html.contains(" inert"), "{html}");
}

#[test]
fn nothing_of_a_look_or_a_preview_becomes_markup() {
    let preview = Preview { text: EVIL.into(), links: vec![(EVIL.into(), EVIL.into())] };
    let html = page(Chrome { look: Some(look(EVIL)), preview: Some(preview), pool_name: EVIL.into(), ..chrome() });
    assert!(!html.contains("<script") && html.contains(" inert"), "{html}");
}
