//! The page on which a forgotten password begins to be reset.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, username_field};
use crate::ui::{Form, Input, Page, Submit, words};

/// What the page shows. Posts `username`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForgotPassword {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// What one signs in with: "Email", "Username", "Email or phone number", ...
    pub username_label: String,
    /// What was typed before.
    pub username: String,
    /// The way back.
    pub log_in_url: String,
}

/// Draws the page.
pub fn view(model: ForgotPassword) -> impl IntoView {
    let ForgotPassword { chrome, username_label, username, log_in_url } = model;
    let noticed = chrome.notice.is_some();
    let lead = chrome.words.get("forgot_password.lead").into_any();
    let heading = chrome.words.get("forgot_password.heading");
    view! {
        <Page chrome=chrome.clone() heading lead>
            <Form csrf=chrome.csrf>
                <Input field=username_field(username_label, username) autofocus=true noticed />
                <Submit label=words().get("forgot_password.submit") />
            </Form>
            <Elsewhere text=words().get("forgot_password.remembered") href=log_in_url link=words().get("forgot_password.back") />
        </Page>
    }
}
