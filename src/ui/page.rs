//! The card that every hosted page is drawn on.

use leptos::prelude::*;

use super::{Alert, Notice, Shell};
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
    /// Address of the base stylesheet.
    pub base_css_url: String,
    /// The form token, the same as in the `XSRF-TOKEN` cookie.
    pub csrf: String,
    /// What the last action came to.
    pub notice: Option<Notice>,
    /// The words of the page's language.
    pub words: Words,
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
    let Chrome { pool_name, logo_url, css_url, base_css_url, notice, words, .. } = chrome;
    let footer_name = logo_url.is_some().then(|| pool_name.clone());
    let language = words.language;
    // What stands on the page finds the words by the owner that it is drawn under.
    let content = Owner::new().with(|| {
        provide_context(words);
        children()
    });
    view! {
        <Shell title language base_css_url brand_css_url=css_url body_class="hosted">
            <main class="card background-customizable">
                <div class="banner banner-customizable">
                    <Logo logo_url pool_name />
                </div>
                <div class="sheet">
                    <h1 class="title">{heading}</h1>
                    {lead.map(|lead| view! { <p class="lead textDescription-customizable">{lead}</p> })}
                    {notice.map(|notice| view! { <Alert notice /> })}
                    {content}
                </div>
            </main>
            {footer_name
                .map(|name| view! { <footer class="foot legalText-customizable">{name}</footer> })}
        </Shell>
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
