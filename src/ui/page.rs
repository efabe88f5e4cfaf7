//! The card that every hosted page is drawn on.

use leptos::prelude::*;

use super::look::{BarRow, PictureImage};
use super::{Alert, Bar, Look, Notice, Scheme, Shell};
use crate::languages::{Text, Words};

/// What surrounds the content of every hosted page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chrome {
    /// The name of the pool, shown where there is no logo.
    pub pool_name: String,
    /// Address of the logo of the pool or client.
    pub logo_url: Option<String>,
    /// Address of the stylesheet of the pool or client.
    pub css_url: Option<String>,
    /// How the client's pages are dressed, in place of logo and stylesheet.
    pub look: Option<Look>,
    /// What a page says of itself that is shown for its looks only: nothing can be entered on it.
    pub preview: Option<Preview>,
    /// Address of the base stylesheet.
    pub base_css_url: String,
    /// The form token, the same as in the `XSRF-TOKEN` cookie.
    pub csrf: String,
    /// What the last action came to.
    pub notice: Option<Notice>,
    /// The words of the page's language.
    pub words: Words,
}

/// What a preview says, and the pages that there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    pub text: Text,
    /// Names and addresses.
    pub links: Vec<(String, String)>,
}

/// A hosted page: logo or name, heading, notice, content.
///
/// The `…-customizable` classes are the ones that a pool's own stylesheet may address.
#[component]
pub fn Page(
    /// What surrounds the content.
    chrome: Chrome,
    /// The heading; with the pool's name also the title of the window.
    #[prop(into)]
    heading: Text,
    /// A sentence below the heading.
    #[prop(optional, into)]
    lead: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let title = window_title(&chrome, &heading);
    let Chrome { pool_name, logo_url, css_url, look, preview, base_css_url, notice, words, .. } = chrome;
    let footer_name = (logo_url.is_some() && look.is_none()).then(|| pool_name.clone());
    let language = words.language;
    let is_preview = preview.is_some();
    // What stands on the page finds the words by the owner that it is drawn under.
    let content = Owner::new().with(|| {
        provide_context(words);
        children()
    });
    // A stylesheet of the classic kind is written for a white page; the document then stays light.
    let scheme = match (&look, &css_url) {
        (Some(look), _) => look.scheme,
        (None, Some(_)) => Scheme::Light,
        (None, None) => Scheme::Either,
    };
    let is_dressed = look.is_some();
    let Look { css, icons, header, footer, form_logo, .. } = look.clone().unwrap_or_default();
    let brand_css_url = if is_dressed { Some(css) } else { css_url };
    let named = look.is_some_and(|look| look.has_logo());
    let logo_at = |inside: bool, above: bool| {
        let logo = form_logo.clone().filter(|logo| (logo.inside, logo.above) == (inside, above));
        // Beside the form it stands in no landmark; the title of the window names the pool all the same.
        let name = if inside { pool_name.clone() } else { String::new() };
        logo.map(|logo| view! { <div class="logo-row"><PictureImage picture=logo.picture name class="logo" /></div> })
    };
    let (above_form, above, below, below_form) = (logo_at(false, true), logo_at(true, true), logo_at(true, false), logo_at(false, false));
    let row = |bar: Bar| view! { <BarRow bar name=pool_name.clone() /> };
    let header = header.map(row).map(|row| view! { <header class="page-bar page-header">{row}</header> });
    let footer = footer.map(row).map(|row| view! { <footer class="page-bar page-footer">{row}</footer> });
    let banner = (!named)
        .then(|| view! { <div class="banner banner-customizable"><Logo logo_url=logo_url.filter(|_| !is_dressed) pool_name /></div> });
    view! {
        <Shell title language base_css_url brand_css_url scheme icons body_class="hosted">
            {preview.map(|preview| view! { <PreviewBar preview /> })}
            {header}
            <div class="stage">
                {above_form}
                <main class="card background-customizable" inert=is_preview>
                    {banner}
                    {above}
                    <div class="sheet">
                        <h1 class="title">{heading}</h1>
                        {lead.map(|lead| view! { <p class="lead textDescription-customizable">{lead}</p> })}
                        {notice.map(|notice| view! { <Alert notice /> })}
                        {content}
                    </div>
                    {below}
                </main>
                {below_form}
                {footer_name.map(|name| view! { <footer class="foot legalText-customizable">{name}</footer> })}
            </div>
            {footer}
        </Shell>
    }
}

#[component]
fn PreviewBar(preview: Preview) -> impl IntoView {
    let link = |(name, href): (String, String)| view! { <a href=href>{name}</a> };
    let links: Vec<_> = preview.links.into_iter().map(link).collect();
    view! {
        <nav class="preview">
            <p>{preview.text}</p>
            <div class="preview-pages" dir="ltr">
                {links}
            </div>
        </nav>
    }
}

/// The text of the title bar. An error is said first: it is what a screen reader speaks on arrival.
fn window_title(chrome: &Chrome, heading: &str) -> String {
    let failed = chrome.notice.as_ref().is_some_and(Notice::is_error);
    let title = format!("{heading} · {}", chrome.pool_name);
    if failed { chrome.words.fill("page.error_prefix", &[("title", &title)]) } else { title }
}

/// The logo, or what stands in for it: the pool's initial and name.
#[component]
fn Logo(logo_url: Option<String>, pool_name: String) -> impl IntoView {
    if let Some(url) = logo_url {
        return view! { <img class="logo logo-customizable" src=url alt=pool_name /> }.into_any();
    }
    let initial = pool_name.chars().find(|c| c.is_alphanumeric());
    let initial = initial.map(|c| c.to_uppercase().to_string());
    view! {
        <p class="wordmark">
            {initial.map(|initial| view! { <span class="mark" aria-hidden="true">{initial}</span> })}
            <bdi>{pool_name}</bdi>
        </p>
    }
    .into_any()
}
