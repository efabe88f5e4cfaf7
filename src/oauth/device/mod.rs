//! The device authorization grant (RFC 8628): a device without a browser shows a code, and its user allows it elsewhere.
//!
//! Owns `device_grants`. A grant is pending until a signed-in person decides on its page, and gives tokens once.

mod request;
pub mod store;
mod token;
pub mod user_code;

pub use request::serve;
pub use token::grant;

use super::authorize::AuthorizeRequest;
use crate::kit::clock::{MINUTE, Millis};

pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// How long a person has to enter the code.
pub const LIFETIME: Millis = 10 * MINUTE;
/// Seconds between two questions of a device, and what is added when it asks sooner (RFC 8628, 3.5).
pub const INTERVAL: i64 = 5;

/// The page that a sign-in leads to, where it was for a device rather than an application: an address on this server, as no application has.
pub fn page_of(request: &AuthorizeRequest) -> Option<&str> {
    Some(request.redirect_uri.as_str()).filter(|uri| uri.starts_with('/'))
}
