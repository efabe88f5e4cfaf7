//! The page that takes an answer to the application as a form (OAuth 2.0 Form Post Response Mode). A script sends it; without, a button does.

use leptos::prelude::*;

use super::Chrome;
use crate::ui::{Page, words};

/// What the page holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormPost {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Where the form goes.
    pub address: String,
    /// What it says.
    pub fields: Vec<(String, String)>,
    /// Address of the script that sends it.
    pub script_url: String,
}

/// Draws the page.
pub fn view(model: FormPost) -> impl IntoView {
    let FormPost { chrome, address, fields, script_url } = model;
    let fields: Vec<_> = fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect();
    let (heading, lead) = (chrome.words.get("form_post.heading"), chrome.words.get("form_post.lead").into_any());
    view! {
        <Page chrome heading lead>
            <form class="stack" method="post" action=address>
                {fields}
                <button class="button submitButton-customizable" type="submit">
                    {words().get("form_post.submit")}
                </button>
            </form>
            <script src=script_url></script>
        </Page>
    }
}
