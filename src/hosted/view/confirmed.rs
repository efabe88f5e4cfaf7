//! The page after a confirmation link has done its work, where no application waits.

use leptos::prelude::*;

use super::Chrome;
use crate::ui::Page;

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// What surrounds the content.
    pub chrome: Chrome,
}

/// Draws the page.
pub fn view(model: Confirmed) -> impl IntoView {
    let words = &model.chrome.words;
    let (heading, lead) = (words.get("confirmed.heading"), words.get("confirmed.lead").into_any());
    view! { <Page chrome=model.chrome heading lead>""</Page> }
}
