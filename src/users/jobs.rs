//! The removal of codes and counts that have had their time.

use super::{attempts, code};
use crate::api::{Cx, Result};

pub async fn sweep(cx: &mut Cx) -> Result<()> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    code::store::sweep(&mut tx, now).await?;
    attempts::store::sweep(&mut tx, now).await?;
    tx.commit().await
}
