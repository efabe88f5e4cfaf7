//! The page on which people create their account.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, Field, inputs};
use crate::languages::{Text, Words};
use crate::ui::{Form, Page, Submit, phrase, words};

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
    let lead = chrome.words.get("sign_up.lead").into_any();
    let heading = chrome.words.get("sign_up.heading");
    view! {
        <Page chrome=chrome.clone() heading lead>
            <Form csrf=chrome.csrf>
                {inputs(fields, password_rules, noticed)} <Submit label=words().get("sign_up.submit") />
                {terms.map(|terms| agreement(&words(), terms))}
            </Form>
            <Elsewhere text=words().get("sign_up.have_account") href=log_in_url link=words().get("page.sign_in") />
        </Page>
    }
}

/// The line that says what one agrees to.
fn agreement(words: &Words, terms: Terms) -> impl IntoView + use<> {
    let terms_of_use = document(terms.terms_of_use, words.get("sign_up.terms_of_use"));
    let privacy_policy = document(terms.privacy_policy, words.get("sign_up.privacy_policy"));
    let line = phrase(words, "sign_up.terms", [("terms", terms_of_use), ("privacy", privacy_policy)]);
    view! { <p class="redirect">{line}</p> }
}

fn document(href: String, name: Text) -> AnyView {
    view! {
        <a class="link" href=href target="_blank" rel="noopener">
            {name}
        </a>
    }
    .into_any()
}
