//! The page on which a new account is confirmed with the code that was sent.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, Field, code_field};
use crate::ui::{Form, Input, Page, Submit};

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
    let lead = lead(username, destination);
    view! {
        <Page chrome heading="Confirm your account".to_owned() lead>
            <Form csrf=csrf.clone()>
                <Input field=Field { value: code, ..code_field("Confirmation code") } autofocus=true noticed />
                <Submit label="Confirm" />
            </Form>
            <Form csrf class="again">
                <p>"No code? Look in your spam folder, or ask for another."</p>
                <button class="button button-quiet" type="submit" name="action" value="resend">
                    "Send a new code"
                </button>
            </Form>
            {log_in_url.map(|href| view! { <Elsewhere text="Already confirmed?" href link="Sign in" /> })}
        </Page>
    }
}

/// Says where the code went, or at least whose it is.
fn lead(username: String, destination: Option<String>) -> AnyView {
    let (text, who) = match destination {
        Some(destination) => ("Enter the code we sent to ", destination),
        None => ("Enter the code we sent for ", username),
    };
    view! { {text} <bdi class="font-medium text-ink">{who}</bdi> }.into_any()
}
