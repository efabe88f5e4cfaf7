//! The building blocks of every page that works without script: the document, the card of a hosted
//! page, forms, fields and notices.
//!
//! Nothing here knows what a user pool is. A page is a plain struct with the text to show, a function
//! that turns it into a view, and [`render`], which turns that into the HTML that goes over the wire.
//! There are no signals outside of islands: a page is drawn once, on the server.

mod developer;
mod field;
mod form;
mod look;
mod notice;
mod page;
mod phrase;
mod shell;
#[cfg(test)]
mod tests;

pub use developer::{Developer, Fact, PoolhouseName};
pub use field::{Field, FieldKind, Input, first_to_fill};
pub use form::{Form, Submit};
pub use look::{Bar, FormLogo, Look, Picture, Scheme};
pub use notice::{Alert, Notice};
pub use page::{Chrome, Page, Preview};
pub use phrase::{phrase, strong, words};
pub use shell::Shell;

use leptos::prelude::{IntoView, Owner, RenderHtml};

/// What leptos leaves in the markup for the browser to find its place again.
const HYDRATION_MARKER: &str = "<!>";

/// Draws a whole document. Text and attribute values are escaped on the way.
pub fn render(view: impl IntoView) -> String {
    // Components look for an owner to hang their (here: absent) reactive state on.
    let html = Owner::new().with(|| view.into_view().to_html());
    strip_markers(&html)
}

const ISLAND: &str = "<leptos-island";
const ISLAND_END: &str = "</leptos-island>";

/// Removes the markers outside of islands: nothing else hydrates, and within `<title>` a marker would be shown. Whatever came from outside has
/// its `<` escaped, so that only markers are removed.
fn strip_markers(html: &str) -> String {
    let mut pieces = html.split(ISLAND);
    let mut out = pieces.next().unwrap_or_default().replace(HYDRATION_MARKER, "");
    for piece in pieces {
        let (island, rest) = piece.split_at(piece.find(ISLAND_END).unwrap_or(piece.len()));
        out.push_str(ISLAND);
        out.push_str(island);
        out.push_str(&rest.replace(HYDRATION_MARKER, ""));
    }
    out
}
