//! The page that developers and operators see: `/`, `/demo` and `/inbox`. Never a pool's customers.

use leptos::prelude::*;

use super::Shell;

/// A page for developers: a bar with a name, then content in one wide column.
#[component]
pub fn Developer(
    /// The text of the window's title bar.
    title: String,
    /// Address of the base stylesheet.
    base_css_url: String,
    /// What stands in the bar.
    bar: AnyView,
    /// Whether this is an application of its own, which must not look like Poolhouse or like a pool.
    #[prop(optional)]
    sample: bool,
    children: Children,
) -> impl IntoView {
    let body_class = if sample { "developer sample" } else { "developer" };
    view! {
        <Shell title base_css_url body_class>
            <header class="bar">
                <div class="column flex flex-wrap items-center justify-between gap-4 py-4">{bar}</div>
            </header>
            <main class="column pt-10 pb-16">{children()}</main>
        </Shell>
    }
}

/// The name and mark of Poolhouse.
#[component]
pub fn PoolhouseName() -> impl IntoView {
    view! {
        <p class="flex items-center gap-2.5 font-semibold">
            <svg class="size-7" viewBox="0 0 28 28" aria-hidden="true">
                <rect width="28" height="28" rx="8" fill="var(--button)"></rect>
                <path
                    d="M5 12c3-3 6-3 9 0s6 3 9 0M5 18c3-3 6-3 9 0s6 3 9 0"
                    fill="none"
                    stroke="#fff"
                    stroke-width="2.25"
                    stroke-linecap="round"
                ></path>
            </svg>
            "Poolhouse"
        </p>
    }
}

/// A short piece of code or an address within a sentence.
#[component]
pub fn Fact(
    /// The code or address.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <code class="inline-block font-mono text-sm text-ink">{text}</code> }
}
