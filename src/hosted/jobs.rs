//! The removal of flows, browser sessions and codes that have expired.

use super::store;
use crate::api::{Cx, Result};

pub async fn sweep(cx: &mut Cx) -> Result<()> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    store::sweep(&mut tx, now).await?;
    crate::oauth::store::sweep(&mut tx, now).await?;
    crate::oauth::authorize::store::sweep(&mut tx, now - super::flow::LIFETIME).await?;
    tx.commit().await
}
