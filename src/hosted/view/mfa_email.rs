//! The page on which an e-mail address is given, for codes to be sent to.

use leptos::prelude::*;

use super::mfa_app::OtherWay;
use super::{Chrome, Elsewhere, Field, attribute};
use crate::ui::{Form, Input, Page, Submit, words};

/// What the page shows. Posts `step` and `email`; a second form posts `step` and `action=other`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MfaEmail {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Which step the forms answer.
    pub step: String,
    /// What was typed before.
    pub email: String,
    /// Whether something else could be set up instead.
    pub has_others: bool,
    /// Where one signs in.
    pub log_in_url: String,
}

/// Draws the page.
pub fn view(model: MfaEmail) -> impl IntoView {
    let MfaEmail { chrome, step, email, has_others, log_in_url } = model;
    let noticed = chrome.notice.is_some();
    let csrf = chrome.csrf.clone();
    let other = has_others.then(|| (csrf.clone(), step.clone()));
    let lead = chrome.words.get("mfa.email_lead").into_any();
    let heading = chrome.words.get("mfa.email_heading");
    view! {
        <Page chrome heading lead>
            <Form csrf>
                <input type="hidden" name="step" value=step />
                <Input field=Field { value: email, ..attribute::field(&words(), "email", true) } autofocus=true noticed />
                <Submit label=words().get("mfa.send_code") />
            </Form>
            {other.map(|(csrf, step)| view! { <OtherWay csrf step /> })}
            <Elsewhere text=words().get("page.not_you") href=log_in_url link=words().get("page.someone_else") />
        </Page>
    }
}
