//! Page tokens: opaque to the caller, and of no use elsewhere.

use super::{ApiError, Cx, Result};
use crate::kit::text;

/// The position after which the next page begins, sealed so that it can be neither read nor made up.
pub fn token(cx: &Cx, list: &str, position: &str) -> String {
    text::base64url(&cx.app.sealer.seal(cx.rng(), &format!("page:{list}"), position.as_bytes()))
}

/// The position in a token that [`token`] made for the same list.
pub fn position(cx: &Cx, list: &str, token: Option<&str>) -> Result<Option<String>> {
    let Some(token) = token else { return Ok(None) };
    let open =
        |t: &str| cx.app.sealer.open(&format!("page:{list}"), &text::from_base64url(t)?).and_then(|p| String::from_utf8(p.to_vec()).ok());
    open(token).map(Some).ok_or_else(|| ApiError::invalid_parameter("Invalid pagination token given."))
}

/// Cuts a list that was read one row too long, and says where the next page begins.
pub fn cut<T>(rows: &mut Vec<T>, limit: usize, key: impl Fn(&T) -> String) -> Option<String> {
    if rows.len() <= limit {
        return None;
    }
    rows.truncate(limit);
    rows.last().map(key)
}
