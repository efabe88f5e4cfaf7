//! What the hosted pages look like: one file per page, a model and a function that draws it.
//!
//! The models are plain text; nothing here reads a database or knows a request. Every form posts to
//! the address of the page it stands on.

pub mod attribute;
pub mod confirm;
pub mod confirmed;
pub mod consent;
pub mod custom;
pub mod device;
pub mod error;
pub mod forgot_password;
pub mod form_post;
pub mod log_in;
pub mod mfa_app;
pub mod mfa_choice;
pub mod mfa_code;
pub mod mfa_email;
pub mod new_password;
pub mod qr;
pub mod reset_password;
pub mod select_account;
pub mod sign_in_link;
pub mod sign_out;
pub mod sign_up;
pub mod signed_out;
#[cfg(test)]
mod tests;

pub use crate::ui::{Chrome, Field, FieldKind, Notice};

use crate::languages::Text;
use crate::ui::{Input, first_to_fill};
use leptos::prelude::*;

/// The field in which a person says who they are.
pub fn username_field(label: impl Into<String>, value: String) -> Field {
    Field {
        name: "username".into(),
        label: label.into(),
        kind: FieldKind::Username,
        value,
        autocomplete: "username",
        required: true,
        ..Field::default()
    }
}

/// The field for a password that is being chosen.
pub fn new_password_field(label: impl Into<String>) -> Field {
    Field {
        name: "password".into(),
        label: label.into(),
        kind: FieldKind::Password,
        autocomplete: "new-password",
        required: true,
        ..Field::default()
    }
}

/// The field for a code that was sent.
pub fn code_field(label: impl Into<String>) -> Field {
    Field {
        name: "code".into(),
        label: label.into(),
        kind: FieldKind::Code,
        autocomplete: "one-time-code",
        required: true,
        ..Field::default()
    }
}

/// Draws fields; a password field that asks for a new one also says what it must satisfy.
fn inputs(fields: Vec<Field>, password_rules: Vec<String>, noticed: bool) -> Vec<impl IntoView> {
    let focus = first_to_fill(&fields);
    let draw = |(index, field): (usize, Field)| {
        let rules = if field.autocomplete == "new-password" { password_rules.clone() } else { Vec::new() };
        view! { <Input field autofocus=focus == Some(index) noticed rules /> }
    };
    fields.into_iter().enumerate().map(draw).collect()
}

/// The line below a form that leads elsewhere: some text and a link.
#[component]
fn Elsewhere(
    /// What comes before the link.
    #[prop(into)]
    text: Text,
    /// Where the link leads.
    href: String,
    /// The text of the link.
    #[prop(into)]
    link: Text,
) -> impl IntoView {
    view! {
        <p class="redirect redirect-customizable">
            {text} " " <a class="link" href=href>{link}</a>
        </p>
    }
}
