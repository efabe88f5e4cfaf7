//! The page after signing out, where no application asked to be returned to.

use leptos::prelude::*;

use super::Chrome;
use crate::ui::Page;

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
    let lead = "You can close this window".into_any();
    view! {
        <Page chrome heading="You are signed out".to_owned() lead>
            {log_in_url
                .map(|href| {
                    view! {
                        <p class="mt-7 grid">
                            <a class="button submitButton-customizable" href=href>
                                "Sign in again"
                            </a>
                        </p>
                    }
                })}
        </Page>
    }
}
