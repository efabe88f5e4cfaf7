//! Rotation of the keys of OpenID tokens.

use super::{keys, store};
use crate::api::{Cx, Result};
use crate::kit::clock::DAY;

/// Rotates the keys once the newest has signed for as long as the operator allows.
pub async fn rotate_old_keys(cx: &mut Cx) -> Result<()> {
    let Some(days) = cx.app.config.key_rotation_days.filter(|d| *d > 0) else { return Ok(()) };
    let now = cx.now();
    let newest = store::keys(&mut *cx.read().await?, now).await?.into_iter().next();
    if newest.is_some_and(|key| key.signs_from < now - i64::from(days) * DAY) {
        keys::rotate(cx).await?;
    }
    let mut tx = cx.begin().await?;
    store::delete_retired_keys(&mut tx, now).await?;
    tx.commit().await
}
