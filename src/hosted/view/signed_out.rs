//! The page after signing out, where no application asked to be returned to.

use leptos::prelude::*;

use super::Chrome;
use crate::ui::{Page, words};

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedOut {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Where one may sign in again, if that is known.
    pub log_in_url: Option<String>,
}

/// Draws the page.
pub fn view(model: SignedOut) -> impl IntoView {
    let SignedOut { chrome, log_in_url } = model;
    let lead = chrome.words.get("signed_out.lead").into_any();
    let heading = chrome.words.get("signed_out.heading");
    view! {
        <Page chrome heading lead>
            {log_in_url
                .map(move |href| {
                    view! {
                        <p class="mt-7 grid">
                            <a class="button submitButton-customizable" href=href>
                                {words().get("signed_out.again")}
                            </a>
                        </p>
                    }
                })}
        </Page>
    }
}
