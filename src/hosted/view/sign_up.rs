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
    /// What one agrees to by signing up, where there is something.
    pub terms: Option<Terms>,
}

/// The addresses of what one agrees to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    pub terms_of_use: String,
    pub privacy_policy: String,
}

/// Draws the sign-up page.
pub fn view(model: SignUp) -> impl IntoView {
    let SignUp { chrome, fields, password_rules, log_in_url, terms } = model;
    let noticed = chrome.notice.is_some();
    let lead = "Enter your details to get started".into_any();
    view! {
        <Page chrome=chrome.clone() heading="Create your account".to_owned() lead>
            <Form csrf=chrome.csrf>
                {inputs(fields, password_rules, noticed)} <Submit label="Create account" />
                {terms.map(agreement)}
            </Form>
            <Elsewhere text="Already have an account?" href=log_in_url link="Sign in" />
        </Page>
    }
}

/// The line that says what one agrees to.
fn agreement(terms: Terms) -> impl IntoView {
    view! {
        <p class="redirect">
            "By signing up, you agree to our " {document(terms.terms_of_use, "Terms of use")} " and "
            {document(terms.privacy_policy, "Privacy policy")} "."
        </p>
    }
}

fn document(href: String, name: &'static str) -> impl IntoView {
    view! {
        <a class="link" href=href target="_blank" rel="noopener">
            {name}
        </a>
    }
}
