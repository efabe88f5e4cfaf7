//! The page for what cannot be mended by trying again on it: an unknown client, a page that has expired.

use leptos::prelude::*;

use super::Chrome;
use crate::languages::Text;
use crate::ui::Page;

/// What the error page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorPage {
    /// What surrounds the content. Its notice is not shown: the page itself is one.
    pub chrome: Chrome,
    /// What is wrong, in a few words.
    pub title: Text,
    /// What it means for the reader, and what to do.
    pub message: Text,
    /// The status of the response.
    pub status: u16,
    /// What a developer needs to find the cause.
    pub detail: Option<String>,
}

/// Draws the error page.
pub fn view(model: ErrorPage) -> impl IntoView {
    let ErrorPage { chrome, title, message, status, detail } = model;
    let detail = match detail {
        Some(detail) => format!("{status} · {detail}"),
        None => chrome.words.fill("error.status", &[("status", &status.to_string())]),
    };
    let chrome = Chrome { notice: None, ..chrome };
    view! {
        <Page chrome heading=title lead=message.into_any()>
            <p class="raw mt-6 rounded-lg text-center text-muted">{detail}</p>
        </Page>
    }
}
