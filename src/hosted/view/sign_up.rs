//! The page on which people create their account.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, Field, inputs};
use crate::ui::{Form, Page, Submit};

/// What the sign-up page shows. Posts every field under its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignUp {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// What is asked for, in order; the password among them.
    pub fields: Vec<Field>,
    /// What the password must satisfy, shown below the field with the autofill token `new-password`.
    pub password_rules: Vec<String>,
    /// Where one signs in with an existing account.
    pub log_in_url: String,
}

/// Draws the sign-up page.
pub fn view(model: SignUp) -> impl IntoView {
    let SignUp { chrome, fields, password_rules, log_in_url } = model;
    let noticed = chrome.notice.is_some();
    let lead = "Enter your details to get started".into_any();
    view! {
        <Page chrome=chrome.clone() heading="Create your account".to_owned() lead>
            <Form csrf=chrome.csrf>
                {inputs(fields, password_rules, noticed)} <Submit label="Create account" />
            </Form>
            <Elsewhere text="Already have an account?" href=log_in_url link="Sign in" />
        </Page>
    }
}
