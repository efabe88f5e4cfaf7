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
    let lead = "You can close this window and sign in".into_any();
    view! { <Page chrome=model.chrome heading="Your account is confirmed".to_owned() lead>""</Page> }
}
