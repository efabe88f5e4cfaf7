//! What the last action came to, told above the form.

use leptos::prelude::*;

/// The id of the notice, so that the focused field can point at it.
pub(super) const NOTICE_ID: &str = "notice";

/// What the last action came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It failed, and this is what to do about it.
    Error(String),
    /// It worked.
    Success(String),
}

impl Notice {
    /// Whether something failed.
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Error(_))
    }
}

/// A notice, announced by screen readers: at once if it is an error.
#[component]
pub fn Alert(notice: Notice) -> impl IntoView {
    match notice {
        Notice::Error(text) => view! {
            <div class="notice notice-error errorMessage-customizable mt-6" role="alert" id=NOTICE_ID>
                <svg viewBox="0 0 20 22" aria-hidden="true">
                    <circle cx="10" cy="11" r="8"></circle>
                    <path d="M10 7v4.5M10 14.8v.1"></path>
                </svg>
                <p>{text}</p>
            </div>
        }
        .into_any(),
        Notice::Success(text) => view! {
            <div class="notice notice-success mt-6" role="status" id=NOTICE_ID>
                <svg viewBox="0 0 20 22" aria-hidden="true">
                    <circle cx="10" cy="11" r="8"></circle>
                    <path d="m6.5 11.3 2.4 2.4 4.6-5"></path>
                </svg>
                <p>{text}</p>
            </div>
        }
        .into_any(),
    }
}
