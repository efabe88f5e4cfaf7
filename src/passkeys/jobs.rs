//! The removal of registrations that were not completed in time.

use super::store;
use crate::api::{Cx, Result};

pub async fn sweep(cx: &mut Cx) -> Result<()> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    store::sweep(&mut tx, now).await?;
    tx.commit().await
}
