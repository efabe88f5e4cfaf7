//! What is done for functions in the background.

use super::{runner, store};
use crate::api::{Cx, Result};
use crate::kit::clock::DAY;

/// How long a call is kept at most.
const KEPT: i64 = 7 * DAY;

/// Writes down the calls of the last second.
pub async fn keep(cx: &mut Cx) -> Result<()> {
    runner::flush(cx).await
}

/// Lets idle workers go, and forgets old calls.
pub async fn sweep(cx: &mut Cx) -> Result<()> {
    cx.app.functions_here.pool.sweep();
    let before = (cx.now() - KEPT) * 1_000;
    let mut tx = cx.begin().await?;
    store::sweep(&mut tx, before).await?;
    tx.commit().await
}
