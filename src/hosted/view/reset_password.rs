//! The page on which a forgotten password is replaced, with the code that was sent.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, code_field, inputs, new_password_field};
use crate::ui::{Form, Page, Submit};

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
    let fields = vec![code_field("Reset code"), new_password_field("New password")];
    let lead = match destination {
        Some(destination) => view! { "Enter the code we sent to " <bdi class="font-medium text-ink">{destination}</bdi> }.into_any(),
        // Said alike whether or not the account exists.
        None => "If there is an account with that name, a code is on its way to it".into_any(),
    };
    view! {
        <Page chrome=chrome.clone() heading="Choose a new password".to_owned() lead>
            <Form csrf=chrome.csrf>
                {inputs(fields, password_rules, noticed)} <Submit label="Reset password" />
            </Form>
            <Elsewhere text="Remembered it?" href=log_in_url link="Back to sign in" />
        </Page>
    }
}
