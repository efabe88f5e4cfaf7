//! The page of the challenge `NEW_PASSWORD_REQUIRED`: an administrator made the account, its owner
//! chooses the password and fills in what is missing.

use leptos::prelude::*;

use super::{Chrome, Field, inputs, new_password_field};
use crate::ui::{Form, Page, Submit, words};

/// What the page shows. Posts `password` and every field under its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPassword {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// The required attributes that are missing. A field `password` is put first if there is none among them.
    pub fields: Vec<Field>,
    /// What the new password must satisfy.
    pub password_rules: Vec<String>,
}

/// Draws the page.
pub fn view(model: NewPassword) -> impl IntoView {
    let NewPassword { chrome, mut fields, password_rules } = model;
    let noticed = chrome.notice.is_some();
    if !fields.iter().any(|field| field.name == "password") {
        fields.insert(0, new_password_field(chrome.words.get("page.new_password")));
    }
    let lead = chrome.words.get("new_password.lead").into_any();
    let heading = chrome.words.get("new_password.heading");
    view! {
        <Page chrome=chrome.clone() heading lead>
            <Form csrf=chrome.csrf>
                {inputs(fields, password_rules, noticed)} <Submit label=words().get("new_password.submit") />
            </Form>
        </Page>
    }
}
