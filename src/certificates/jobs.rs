//! Getting certificates before they are needed.

use super::{acme, names, store};
use crate::api::{Cx, Result};
use crate::kit::clock::{MINUTE, Millis};
use std::collections::HashSet;

/// A claim outlives the slowest order.
const CLAIM: Millis = 10 * MINUTE;
/// Orders of one run. Authorities count them.
const ORDERS: usize = 20;

/// Orders what is missing or about to expire.
pub async fn renew(cx: &mut Cx) -> Result<()> {
    let Some(directory) = cx.app.config.acme_directory.clone() else { return Ok(()) };
    let now = cx.now();
    let fresh: HashSet<_> = store::fresh(&mut *cx.read().await?, now).await?.into_iter().collect();
    let due = names::served(cx).await?.into_iter().filter(|name| !fresh.contains(name)).take(ORDERS);
    for name in due.collect::<Vec<_>>() {
        let mut tx = cx.begin().await?;
        let is_ours = store::claim(&mut tx, &name, now, now + CLAIM).await?;
        tx.commit().await?;
        if is_ours {
            ask(cx, &directory, &name).await?;
        }
    }
    Ok(())
}

async fn ask(cx: &mut Cx, directory: &str, name: &str) -> Result<()> {
    let outcome = acme::order(cx, directory, name).await;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    match outcome {
        Ok(()) => {
            tracing::info!(name, "a certificate was issued");
            store::release(&mut tx, name).await?;
        }
        Err(error) => {
            tracing::warn!(name, error = format!("{error:#}"), "no certificate was issued; it will be tried again later");
            store::failed(&mut tx, name, now).await?;
        }
    }
    tx.commit().await
}
