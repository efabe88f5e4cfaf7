//! The removal of devices that nobody confirmed.

use super::store;
use crate::api::{Cx, Result};
use crate::kit::clock::DAY;

pub async fn sweep(cx: &mut Cx) -> Result<()> {
    let before = cx.now() - DAY;
    let mut tx = cx.begin().await?;
    store::sweep(&mut tx, before).await?;
    tx.commit().await
}
