//! The page that a link by mail opens. Opening it does nothing: its button signs in.

use leptos::prelude::*;

use super::{Chrome, Elsewhere};
use crate::ui::{Form, Page, Submit};

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
    let lead = view! { "Sign in as " <bdi class="font-medium text-ink">{username}</bdi> }.into_any();
    let warning = elsewhere.then(|| {
        view! {
            <p class="notice notice-warning">
                <span>
                    "This link was asked for in another browser or on another device. If that was not you, close this page.
                    If you go on, you are signed in here and not there."
                </span>
            </p>
        }
    });
    view! {
        <Page chrome heading="Sign in".to_owned() lead>
            {warning}
            <Form csrf>
                <Submit label=if elsewhere { "Sign in here" } else { "Sign in" } />
            </Form>
            <Elsewhere text="Not you?" href=log_in_url link="Sign in as someone else" />
        </Page>
    }
}
