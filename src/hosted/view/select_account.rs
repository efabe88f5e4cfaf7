//! The page on which a person chooses one of the accounts that this browser is signed in to.

use leptos::prelude::*;

use super::Chrome;
use crate::ui::{Form, Page, phrase, strong, words};

/// What the page shows. Posts `account`: empty for another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelectAccount {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// The application to go on to.
    pub client_name: String,
    /// Who is signed in, the one of now first.
    pub accounts: Vec<Account>,
}

/// One account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// What is posted as `account`.
    pub value: String,
    /// Whose it is.
    pub name: String,
    /// What else it is known by.
    pub hint: Option<String>,
}

/// Draws the page.
pub fn view(model: SelectAccount) -> impl IntoView {
    let SelectAccount { chrome, client_name, accounts } = model;
    let lead = phrase(&chrome.words, "accounts.lead", [("client", strong(client_name))]);
    let (heading, csrf) = (chrome.words.get("accounts.heading"), chrome.csrf.clone());
    let buttons: Vec<_> = accounts.into_iter().map(|account| view! { <One account /> }).collect();
    view! {
        <Page chrome heading lead>
            <Form csrf class="ways">
                {buttons}
                <button class="button button-quiet way" type="submit" name="account" value="">
                    <svg viewBox="0 0 24 24" aria-hidden="true">
                        <path d="M12 5v14M5 12h14"></path>
                    </svg>
                    <span>
                        <span class="way-name">{words().get("accounts.other")}</span>
                    </span>
                </button>
            </Form>
        </Page>
    }
}

#[component]
fn One(account: Account) -> impl IntoView {
    let Account { value, name, hint } = account;
    view! {
        <button class="button button-quiet way" type="submit" name="account" value=value>
            <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.5-6.5 8-6.5s8 2.5 8 6.5"></path>
            </svg>
            <span>
                <span class="way-name">
                    <bdi>{name}</bdi>
                </span>
                {hint
                    .map(|hint| {
                        view! {
                            " "
                            <span class="way-hint">
                                <bdi>{hint}</bdi>
                            </span>
                        }
                    })}
            </span>
        </button>
    }
}
