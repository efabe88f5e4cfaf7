//! The page that asks whether to sign out, where nothing proves that the person's application asked for it.

use leptos::prelude::*;

use super::Chrome;
use crate::ui::{Form, Page, phrase, strong, words};

/// What the page shows. Posts `decision`: `out` or `stay`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignOut {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Who would be signed out.
    pub people: Vec<String>,
    /// Whether the person has chosen to stay.
    pub stays: bool,
}

/// Draws the page.
pub fn view(model: SignOut) -> impl IntoView {
    let SignOut { chrome, people, stays } = model;
    if stays {
        let (heading, lead) = (chrome.words.get("sign_out.stays_heading"), chrome.words.get("sign_out.stays_lead").into_any());
        return view! { <Page chrome heading lead>""</Page> }.into_any();
    }
    let lead = match people.is_empty() {
        true => chrome.words.get("sign_out.nobody").into_any(),
        false => phrase(&chrome.words, "sign_out.lead", [("people", strong(people.join(", ")))]),
    };
    let (heading, csrf) = (chrome.words.get("sign_out.heading"), chrome.csrf.clone());
    view! {
        <Page chrome heading lead>
            <Form csrf>
                <button class="button submitButton-customizable" type="submit" name="decision" value="out">
                    {words().get("sign_out.submit")}
                </button>
                <button class="button button-quiet" type="submit" name="decision" value="stay">
                    {words().get("sign_out.stay")}
                </button>
            </Form>
        </Page>
    }
    .into_any()
}
