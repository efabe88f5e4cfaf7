//! How a pool's pages look: its logo and its style sheet.
//!
//! Owns `ui_customizations`. A style sheet is checked and written anew when it is set, so that what is served is only what was understood.

pub mod brand;
pub mod css;
pub mod http;
pub mod ops;
pub mod store;

pub use brand::{Brand, load};

crate::api::operations! {
    ops::ui_customization::SetUICustomization,
    ops::ui_customization::GetUICustomization,
}
