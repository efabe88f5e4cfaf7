//! The removal of events that are too old.

use super::store;
use crate::api::{Cx, Result};
use crate::kit::clock::DAY;

/// Cognito keeps events for two years.
const KEPT: i64 = 2 * 365 * DAY;

pub async fn sweep(cx: &mut Cx) -> Result<()> {
    let before = cx.now() - KEPT;
    let mut tx = cx.begin().await?;
    store::delete_events_before(&mut tx, before).await?;
    tx.commit().await
}
