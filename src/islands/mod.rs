//! The only code that is compiled for the browser: small parts of the console and of the sample application that react without a round trip.
//! The hosted pages have none.

mod copy_button;

pub use copy_button::CopyButton;

/// Brings the islands of a page to life. The page's script calls it once.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
