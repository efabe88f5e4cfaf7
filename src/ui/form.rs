//! Forms: they post to the page's own address and carry the token of the double-submit check.

use leptos::prelude::*;

use crate::languages::Text;

/// A form that posts to the address of the page it stands on.
#[component]
pub fn Form(
    /// The form token, the same as in the `XSRF-TOKEN` cookie.
    csrf: String,
    /// Another address to post to; the page's own if absent.
    #[prop(optional)]
    action: Option<&'static str>,
    /// Classes instead of the usual stack of fields.
    #[prop(default = "stack")]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <form class=class method="post" action=action>
            <input type="hidden" name="_csrf" value=csrf />
            {children()}
        </form>
    }
}

/// The button that sends a form.
#[component]
pub fn Submit(
    /// The text on the button.
    #[prop(into)]
    label: Text,
) -> impl IntoView {
    view! {
        <button class="button submitButton-customizable" type="submit">
            {label}
        </button>
    }
}
