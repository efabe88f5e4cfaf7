//! The HTML document around every page.

use leptos::prelude::*;

use crate::languages::Language;

/// The document: head, stylesheets, body. It never contains a script.
///
/// A brand stylesheet is linked after the base one, whose rules are all layered, so that any rule of
/// the brand wins. Such a stylesheet is written for a white page; the document then stays light.
#[component]
pub fn Shell(
    /// The text of the window's title bar.
    title: String,
    /// The language of the page.
    #[prop(optional)]
    language: Language,
    /// Address of the base stylesheet.
    base_css_url: String,
    /// Address of the stylesheet of the pool or client, if it has one.
    #[prop(optional_no_strip)]
    brand_css_url: Option<String>,
    /// Classes of the body element.
    body_class: &'static str,
    children: Children,
) -> impl IntoView {
    let (scheme, data_scheme) = match brand_css_url {
        Some(_) => ("light", Some("light")),
        None => ("light dark", None),
    };
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() dir=language.direction() data-scheme=data_scheme>
            <Head title scheme base_css_url brand_css_url />
            <body class=body_class>{children()}</body>
        </html>
    }
}

#[component]
fn Head(title: String, scheme: &'static str, base_css_url: String, brand_css_url: Option<String>) -> impl IntoView {
    view! {
        <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content=scheme />
            <title>{title}</title>
            <link rel="icon" href="data:," />
            <link rel="stylesheet" href=base_css_url />
            {brand_css_url.map(|url| view! { <link rel="stylesheet" href=url /> })}
        </head>
    }
}
