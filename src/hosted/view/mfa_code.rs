//! The page that asks for a code: of an authenticator app, or one that was sent.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, code_field};
use crate::ui::{Form, Input, Page, Submit};

/// What the page shows. Posts `step` and `code`; the second form posts `step` and `action=resend`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MfaCode {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Which step the forms answer.
    pub step: String,
    /// The name of the authenticator app, or nothing if it has none; absent where the code was sent.
    pub app: Option<String>,
    /// Where the code was sent, masked.
    pub destination: String,
    /// Where one signs in.
    pub log_in_url: String,
}

/// Draws the page.
pub fn view(model: MfaCode) -> impl IntoView {
    let MfaCode { chrome, step, app, destination, log_in_url } = model;
    let noticed = chrome.notice.is_some();
    let csrf = chrome.csrf.clone();
    let again = app.is_none().then(|| (csrf.clone(), step.clone())).map(|(csrf, step)| view! { <Resend csrf step /> });
    let lead = lead(app, destination);
    view! {
        <Page chrome heading="Confirm that it is you".to_owned() lead>
            <Form csrf>
                <input type="hidden" name="step" value=step />
                <Input field=code_field("Code") autofocus=true noticed />
                <Submit label="Continue" />
            </Form>
            {again}
            <Elsewhere text="Not you?" href=log_in_url link="Sign in as someone else" />
        </Page>
    }
}

#[component]
fn Resend(csrf: String, step: String) -> impl IntoView {
    view! {
        <Form csrf class="again">
            <input type="hidden" name="step" value=step />
            <p>"No code? Wait a minute, or ask for another."</p>
            <button class="button button-quiet" type="submit" name="action" value="resend">
                "Send a new code"
            </button>
        </Form>
    }
}

/// Says where the code is to be found.
fn lead(app: Option<String>, destination: String) -> AnyView {
    match app {
        Some(name) if name.is_empty() => "Enter the six digits that your authenticator app shows".into_any(),
        Some(name) => view! {
            "Enter the six digits that your authenticator app (" <bdi class="font-medium text-ink">{name}</bdi> ") shows"
        }
        .into_any(),
        None => view! { "We sent a code to " <bdi class="font-medium text-ink">{destination}</bdi> }.into_any(),
    }
}
