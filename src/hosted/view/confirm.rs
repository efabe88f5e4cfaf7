//! The page on which a new account is confirmed with the code that was sent.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, Field, code_field};
use crate::languages::Words;
use crate::ui::{Form, Input, Page, Submit, phrase, strong, words};

/// What the confirmation page shows. Posts `code`; the second form posts `action=resend`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirm {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Whose account it is.
    pub username: String,
    /// Where the code went, masked.
    pub destination: Option<String>,
    /// The code that a link brought; empty where it is to be typed.
    pub code: String,
    /// Where one signs in with a confirmed account, if an application is waiting for that.
    pub log_in_url: Option<String>,
}

/// Draws the confirmation page.
pub fn view(model: Confirm) -> impl IntoView {
    let Confirm { chrome, username, destination, code, log_in_url } = model;
    let noticed = chrome.notice.is_some();
    let csrf = chrome.csrf.clone();
    let lead = lead(&chrome.words, username, destination);
    let heading = chrome.words.get("confirm.heading");
    view! {
        <Page chrome heading lead>
            <Form csrf=csrf.clone()>
                <Input field=Field { value: code, ..code_field(words().get("confirm.code")) } autofocus=true noticed />
                <Submit label=words().get("confirm.submit") />
            </Form>
            <Form csrf class="again">
                <p>{words().get("confirm.no_code")}</p>
                <button class="button button-quiet" type="submit" name="action" value="resend">
                    {words().get("page.send_new_code")}
                </button>
            </Form>
            {log_in_url.map(|href| view! { <Elsewhere text=words().get("confirm.already") href link=words().get("page.sign_in") /> })}
        </Page>
    }
}

/// Says where the code went, or at least whose it is.
fn lead(words: &Words, username: String, destination: Option<String>) -> AnyView {
    match destination {
        Some(destination) => phrase(words, "page.code_destination", [("destination", strong(destination))]),
        None => phrase(words, "confirm.code_for", [("username", strong(username))]),
    }
}
