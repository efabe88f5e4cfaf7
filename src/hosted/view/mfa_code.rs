//! The page that asks for a code: of an authenticator app, or one that was sent.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, code_field};
use crate::languages::Words;
use crate::ui::{Form, Input, Page, Submit, phrase, strong, words};

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
    let again = app.is_none().then(|| (csrf.clone(), step.clone()));
    let lead = lead(&chrome.words, app, destination);
    let heading = chrome.words.get("mfa.heading");
    view! {
        <Page chrome heading lead>
            <Form csrf>
                <input type="hidden" name="step" value=step />
                <Input field=code_field(words().get("mfa.code")) autofocus=true noticed />
                <Submit label=words().get("page.continue") />
            </Form>
            {again.map(|(csrf, step)| view! { <Resend csrf step /> })}
            <Elsewhere text=words().get("page.not_you") href=log_in_url link=words().get("page.someone_else") />
        </Page>
    }
}

#[component]
fn Resend(csrf: String, step: String) -> impl IntoView {
    view! {
        <Form csrf class="again">
            <input type="hidden" name="step" value=step />
            <p>{words().get("mfa.no_code")}</p>
            <button class="button button-quiet" type="submit" name="action" value="resend">
                {words().get("page.send_new_code")}
            </button>
        </Form>
    }
}

/// Says where the code is to be found.
fn lead(words: &Words, app: Option<String>, destination: String) -> AnyView {
    match app {
        Some(name) if name.is_empty() => words.get("mfa.app_code").into_any(),
        Some(name) => phrase(words, "mfa.named_app_code", [("app", strong(name))]),
        None => phrase(words, "mfa.sent_code", [("destination", strong(destination))]),
    }
}
