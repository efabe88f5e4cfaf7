//! The page on which an authenticator app is set up: its key as a picture, as a link and as text, and the first code.

use leptos::prelude::*;

use super::qr::{Qr, QrDrawing};
use super::{Chrome, Elsewhere, code_field};
use crate::ui::{Form, Input, Page, Submit, phrase, words};

/// What the page shows. Posts `step` and `code`; a second form posts `step` and `action=other`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MfaApp {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Which step the forms answer.
    pub step: String,
    /// The key to be scanned.
    pub qr: Option<Qr>,
    /// The key as an address (`otpauth:`), for an app on the same device.
    pub uri: String,
    /// The key to be typed.
    pub key: String,
    /// Whether something else could be set up instead.
    pub has_others: bool,
    /// Where one signs in.
    pub log_in_url: String,
}

/// Draws the page.
pub fn view(model: MfaApp) -> impl IntoView {
    let MfaApp { chrome, step, qr, uri, key, has_others, log_in_url } = model;
    let noticed = chrome.notice.is_some();
    let csrf = chrome.csrf.clone();
    let other = has_others.then(|| (csrf.clone(), step.clone()));
    let lead = chrome.words.get("mfa.app_lead").into_any();
    let heading = chrome.words.get("mfa.app_heading");
    view! {
        <Page chrome heading lead>
            <Key qr uri key />
            <Form csrf>
                <input type="hidden" name="step" value=step />
                <Input field=code_field(words().get("mfa.app_code_label")) autofocus=noticed noticed />
                <Submit label=words().get("page.continue") />
            </Form>
            {other.map(|(csrf, step)| view! { <OtherWay csrf step /> })}
            <Elsewhere text=words().get("page.not_you") href=log_in_url link=words().get("page.someone_else") />
        </Page>
    }
}

/// The key, in every form that an app may take it in.
#[component]
fn Key(qr: Option<Qr>, uri: String, key: String) -> impl IntoView {
    let link = view! { <a class="link" href=uri>{words().get("mfa.open_here")}</a> }.into_any();
    let label = words().get("page.qr_code");
    view! {
        <div class="enrol">
            <p>{words().get("mfa.scan")}</p>
            {qr.map(|qr| view! { <QrDrawing qr label /> })}
            <p>{phrase(&words(), "mfa.type_key", [("link", link)])}</p>
            <code class="key">{key}</code>
        </div>
    }
}

/// The way back to the choice.
#[component]
pub fn OtherWay(csrf: String, step: String) -> impl IntoView {
    view! {
        <Form csrf class="again">
            <input type="hidden" name="step" value=step />
            <button class="button button-quiet" type="submit" name="action" value="other">
                {words().get("mfa.other_way")}
            </button>
        </Form>
    }
}
