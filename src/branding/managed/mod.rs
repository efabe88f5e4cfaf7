//! Managed login styles: what a client's pages look like, as settings that differ from the defaults and images.
//!
//! Owns `managed_login_styles`, `managed_login_assets` and `style_previews`. A client has one style at most, and a style ends with its client. Settings are
//! checked against the structure of the defaults; an image is kept only if it is what it says, and an SVG only in its sanitised form.

pub mod asset;
pub mod look;
pub mod preview;
pub mod settings;
pub mod store;
pub mod style;
pub mod stylesheet;
pub mod svg;

/// The most styles of a pool.
pub const STYLES: i64 = 20;
/// The largest request with a style: Cognito takes 2 MB, and base64 adds a third.
pub const MAX_BODY: usize = 3 * 1024 * 1024;
