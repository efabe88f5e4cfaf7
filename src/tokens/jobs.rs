//! Key rotation and the removal of what has expired.

use super::{keys, store};
use crate::api::{Cx, Result};
use crate::kit::clock::DAY;

/// Rotates the keys of pools whose newest key has signed for as long as the operator allows.
pub async fn rotate_old_keys(cx: &mut Cx) -> Result<()> {
    let Some(days) = cx.app.config.key_rotation_days.filter(|d| *d > 0) else { return Ok(()) };
    let (now, before) = (cx.now(), cx.now() - i64::from(days) * DAY);
    let due = store::pools_with_keys_older_than(&mut *cx.read().await?, before).await?;
    for (pool_id,) in due {
        keys::rotate(cx, &pool_id, keys::ANNOUNCED).await?;
    }
    let mut tx = cx.begin().await?;
    store::delete_retired_keys(&mut tx, now).await?;
    tx.commit().await
}

/// Removes expired sessions and used values.
pub async fn sweep(cx: &mut Cx) -> Result<()> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    store::sweep(&mut tx, now).await?;
    tx.commit().await
}
