//! The page on which a forgotten password is replaced, with the code that was sent.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, code_field, inputs, new_password_field};
use crate::ui::{Form, Page, Submit, phrase, strong, words};

/// What the page shows. Posts `code` and `password`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResetPassword {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Where the code went, masked.
    pub destination: Option<String>,
    /// What the new password must satisfy.
    pub password_rules: Vec<String>,
    /// The way back.
    pub log_in_url: String,
}

/// Draws the page.
pub fn view(model: ResetPassword) -> impl IntoView {
    let ResetPassword { chrome, destination, password_rules, log_in_url } = model;
    let noticed = chrome.notice.is_some();
    let fields = vec![code_field(chrome.words.get("reset_password.code")), new_password_field(chrome.words.get("page.new_password"))];
    let lead = match destination {
        Some(destination) => phrase(&chrome.words, "page.code_destination", [("destination", strong(destination))]),
        // Said alike whether or not the account exists.
        None => chrome.words.get("reset_password.lead").into_any(),
    };
    let heading = chrome.words.get("reset_password.heading");
    view! {
        <Page chrome=chrome.clone() heading lead>
            <Form csrf=chrome.csrf>
                {inputs(fields, password_rules, noticed)} <Submit label=words().get("reset_password.submit") />
            </Form>
            <Elsewhere text=words().get("forgot_password.remembered") href=log_in_url link=words().get("forgot_password.back") />
        </Page>
    }
}
