//! The HTML document around every page.

use leptos::prelude::*;

use super::look::Scheme;
use crate::languages::Language;

/// The document: head, stylesheets, body. It never contains a script.
///
/// A brand stylesheet is linked after the base one, whose rules are all layered, so that any rule of
/// the brand wins.
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
    /// The schemes that the page is drawn for.
    #[prop(optional)]
    scheme: Scheme,
    /// Addresses and media types of the window's icon.
    #[prop(optional)]
    icons: Vec<(String, &'static str)>,
    /// Classes of the body element.
    body_class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() dir=language.direction() data-scheme=scheme.forced()>
            <Head title scheme=scheme.content() icons base_css_url brand_css_url />
            <body class=body_class>{children()}</body>
        </html>
    }
}

#[component]
fn Head(
    title: String,
    scheme: &'static str,
    icons: Vec<(String, &'static str)>,
    base_css_url: String,
    brand_css_url: Option<String>,
) -> impl IntoView {
    // An empty icon spares the browser a request.
    let icons = if icons.is_empty() { vec![("data:,".to_owned(), "")] } else { icons };
    let icon = |(href, kind): (String, &'static str)| {
        let kind = (!kind.is_empty()).then_some(kind);
        view! { <link rel="icon" type=kind href=href /> }
    };
    let icons: Vec<_> = icons.into_iter().map(icon).collect();
    view! {
        <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content=scheme />
            <title>{title}</title>
            {icons}
            <link rel="stylesheet" href=base_css_url />
            {brand_css_url.map(|url| view! { <link rel="stylesheet" href=url /> })}
        </head>
    }
}
