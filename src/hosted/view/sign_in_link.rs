//! The page that a link by mail opens. Opening it does nothing: its button signs in.

use leptos::prelude::*;

use super::{Chrome, Elsewhere};
use crate::ui::{Form, Page, Submit, phrase, strong, words};

/// What the page shows. Posts nothing but the press of its button.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInLink {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Who is signed in, as they said.
    pub username: String,
    /// Whether the link was asked for in another browser.
    pub elsewhere: bool,
    /// Where one signs in otherwise.
    pub log_in_url: String,
}

/// Draws the page.
pub fn view(model: SignInLink) -> impl IntoView {
    let SignInLink { chrome, username, elsewhere, log_in_url } = model;
    let csrf = chrome.csrf.clone();
    let (heading, lead) =
        (chrome.words.get("log_in.heading"), phrase(&chrome.words, "sign_in_link.lead", [("username", strong(username))]));
    let warning = elsewhere.then(|| {
        view! {
            <p class="notice notice-warning">
                <span>{chrome.words.get("sign_in_link.elsewhere")}</span>
            </p>
        }
    });
    view! {
        <Page chrome heading lead>
            {warning}
            <Form csrf>
                <Submit label=words().get(if elsewhere { "sign_in_link.here" } else { "page.sign_in" }) />
            </Form>
            <Elsewhere text=words().get("page.not_you") href=log_in_url link=words().get("page.someone_else") />
        </Page>
    }
}
