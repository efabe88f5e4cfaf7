//! A button that puts text on the clipboard.

use leptos::prelude::*;

/// Hidden until the browser has brought it to life: without script it could do nothing.
#[island]
pub fn CopyButton(
    /// What is copied.
    text: String,
    /// What the text is, for the button's name: "access token".
    what: String,
) -> impl IntoView {
    let (alive, set_alive) = signal(false);
    let (copied, set_copied) = signal(false);
    Effect::new(move |_| set_alive.set(true));
    view! {
        <button
            type="button"
            class="link text-sm"
            hidden=move || !alive.get()
            aria-label=format!("Copy the {what}")
            on:click=move |_| {
                copy(&text);
                set_copied.set(true);
            }
        >
            <span hidden=move || copied.get()>"Copy"</span>
            <span hidden=move || !copied.get() role="status">"Copied"</span>
        </button>
    }
}

#[cfg(feature = "hydrate")]
fn copy(text: &str) {
    if let Some(window) = web_sys::window() {
        // The promise fails where the page may not use the clipboard; the text can still be selected.
        let _ = window.navigator().clipboard().write_text(text);
    }
}

#[cfg(not(feature = "hydrate"))]
fn copy(_: &str) {}
