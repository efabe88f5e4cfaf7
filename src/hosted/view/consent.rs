//! The page on which a person lets an application have what it asks for, or does not.

use leptos::prelude::*;

use super::Chrome;
use crate::ui::{Form, Page, phrase, strong, words};

/// What the page shows. Posts `decision`: `allow` or `deny`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Who asks.
    pub client_name: String,
    /// Who is asked.
    pub person: String,
    /// What is asked for, in words.
    pub scopes: Vec<String>,
}

/// Draws the page.
pub fn view(model: Consent) -> impl IntoView {
    let Consent { chrome, client_name, person, scopes } = model;
    let lead = phrase(&chrome.words, "consent.lead", [("person", strong(person))]);
    let asks = phrase(&chrome.words, "consent.asks", [("client", view! { <strong><bdi>{client_name}</bdi></strong> }.into_any())]);
    let (heading, csrf) = (chrome.words.get("consent.heading"), chrome.csrf.clone());
    let scopes: Vec<_> = scopes.into_iter().map(|scope| view! { <li>{scope}</li> }).collect();
    view! {
        <Page chrome heading lead>
            <p class="textDescription-customizable mt-6">{asks}</p>
            <ul class="mt-3 list-disc space-y-1 ps-6">{scopes}</ul>
            <Form csrf>
                <button class="button submitButton-customizable" type="submit" name="decision" value="allow">
                    {words().get("consent.allow")}
                </button>
                <button class="button button-quiet" type="submit" name="decision" value="deny">
                    {words().get("consent.deny")}
                </button>
            </Form>
        </Page>
    }
}
