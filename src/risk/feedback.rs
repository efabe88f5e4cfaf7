//! The token by which a user may say, from a mail, whether it was them.

use crate::api::Cx;
use crate::kit::clock::{DAY, Millis};
use crate::kit::{mac, text};

/// How long after the event a mail's links work.
pub const LIFETIME: Millis = 7 * DAY;

/// A token for one event of one user, good until [`LIFETIME`] has passed.
pub fn token(cx: &Cx, pool_id: &str, sub: &str, event_id: &str) -> String {
    let expires_at = (cx.now() + LIFETIME).to_be_bytes();
    let mut bytes = expires_at.to_vec();
    bytes.extend(code(cx, pool_id, sub, event_id, expires_at));
    text::base64url(&bytes)
}

/// Whether a token was made for this event of this user, and still holds.
pub fn holds(cx: &Cx, pool_id: &str, sub: &str, event_id: &str, token: &str) -> bool {
    let bytes = text::from_base64url(token).unwrap_or_default();
    let Some((expires_at, given)) = bytes.split_first_chunk::<8>() else { return false };
    mac::same(&code(cx, pool_id, sub, event_id, *expires_at), given) && i64::from_be_bytes(*expires_at) > cx.now()
}

/// None of the names holds a NUL, so that no two sets of them run together to the same text.
fn code(cx: &Cx, pool_id: &str, sub: &str, event_id: &str, expires_at: [u8; 8]) -> [u8; 32] {
    let names = format!("auth event feedback\0{pool_id}\0{sub}\0{event_id}\0");
    mac::hmac_sha256(&cx.app.secret, &[names.as_bytes(), &expires_at])
}
