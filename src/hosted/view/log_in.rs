//! The log-in page: who, the password, and the ways out.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, Field, FieldKind, username_field};
use crate::languages::{Text, Words};
use crate::ui::{Form, Input, Page, Submit, phrase, words};

/// What the log-in page shows. Posts `username` and `password`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogIn {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Whether the application takes no passwords here.
    pub closed: bool,
    /// What one signs in with: "Email", "Username", "Email or phone number", ...
    pub username_label: String,
    /// What was typed before, or asked for with `login_hint`.
    pub username: String,
    /// Where a forgotten password is reset.
    pub forgot_url: String,
    /// Where an account is created, if people may do so themselves.
    pub sign_up_url: Option<String>,
    /// How one signs in here.
    pub ways: Ways,
}

/// The ways to sign in. Without a password the form asks for the name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways {
    pub password: bool,
    /// A link by mail. Posts `action=link`.
    pub link: bool,
    /// What the pool's functions ask. Posts `action=custom`.
    pub custom: bool,
}

impl Default for Ways {
    fn default() -> Self {
        Self { password: true, link: false, custom: false }
    }
}

/// Draws the log-in page.
pub fn view(model: LogIn) -> impl IntoView {
    if model.closed {
        return closed(model.chrome).into_any();
    }
    let LogIn { chrome, username_label, username, forgot_url, sign_up_url, ways, .. } = model;
    let noticed = chrome.notice.is_some();
    let known = !username.is_empty();
    let pool = view! { <bdi>{chrome.pool_name.clone()}</bdi> }.into_any();
    let lead = phrase(&chrome.words, "log_in.lead", [("pool", pool)]);
    let heading = chrome.words.get("log_in.heading");
    view! {
        <Page chrome=chrome.clone() heading lead>
            <Form csrf=chrome.csrf>
                <Input field=username_field(username_label, username) autofocus=!known noticed />
                {ways.password.then(|| view! { <Password forgot_url known noticed /> })}
                <Others ways />
            </Form>
            {sign_up_url.map(|href| view! { <Elsewhere text=words().get("log_in.no_account") href link=words().get("log_in.sign_up") /> })}
        </Page>
    }
    .into_any()
}

#[component]
fn Password(forgot_url: String, known: bool, noticed: bool) -> impl IntoView {
    view! {
        <div>
            <Input field=password_field(&words()) autofocus=known noticed />
            <p class="mt-2.5 text-sm">
                <a class="link" href=forgot_url>{words().get("log_in.forgot")}</a>
            </p>
        </div>
        <Submit label=words().get("log_in.submit") />
    }
}

/// What else there is. The first button of a form is the one that the Enter key presses, and what it leaves out need not be filled in for
/// the others.
#[component]
fn Others(ways: Ways) -> impl IntoView {
    let custom = match (ways.custom, ways.password) {
        (false, _) => None,
        (true, true) => Some(view! { <Other action="custom" label=words().get("log_in.another_way") class="button button-quiet" /> }),
        (true, false) => {
            Some(view! { <Other action="custom" label=words().get("page.continue") class="button submitButton-customizable" /> })
        }
    };
    let link = ways.link.then(|| view! { <Other action="link" label=words().get("log_in.send_link") class="button button-quiet" /> });
    view! { {custom} {link} }
}

#[component]
fn Other(action: &'static str, label: Text, class: &'static str) -> impl IntoView {
    view! {
        <button class=class type="submit" name="action" value=action formnovalidate=true>
            {label}
        </button>
    }
}

fn closed(chrome: Chrome) -> impl IntoView {
    let (heading, lead) = (chrome.words.get("log_in.heading"), chrome.words.get("log_in.closed").into_any());
    view! {
        <Page chrome heading lead>
            ""
        </Page>
    }
}

fn password_field(words: &Words) -> Field {
    Field {
        name: "password".into(),
        label: words.get("page.password").into(),
        kind: FieldKind::Password,
        autocomplete: "current-password",
        required: true,
        ..Field::default()
    }
}
