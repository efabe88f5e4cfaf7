//! How many requests a second the installation serves of a category of operations.
//!
//! Owns `provisioned_limits`. Nothing is limited until an operator sets a limit; each server counts for itself, in memory.

pub mod bucket;
pub mod category;
pub mod ops;
pub mod store;

pub use bucket::Buckets;
pub use category::Category;

use crate::api::{ApiError, Cx, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

crate::api::operations! {
    ops::provisioned::GetProvisionedLimit,
    ops::provisioned::UpdateProvisionedLimit,
}

/// The limits that were set.
pub type Limits = BTreeMap<Category, i64>;

/// Takes a request into account, or refuses it where its category had as many in this second as it may.
pub async fn admit(cx: &mut Cx, operation: &str) -> Result<()> {
    let Some(category) = Category::of(operation) else { return Ok(()) };
    let Some(limit) = limits(cx).await?.get(&category).copied() else { return Ok(()) };
    let (now, buckets) = (cx.now(), &cx.app.buckets);
    // Answers to challenges have room of their own, three times as much, before they count as sign-ins.
    let answers = operation.ends_with("RespondToAuthChallenge");
    let taken = answers && buckets.take(operation, 3 * limit, now) || buckets.take(category.name(), limit, now);
    if taken { Ok(()) } else { Err(ApiError::Throttled { retry_after: 1 }) }
}

/// Cached for a moment, as settings are.
async fn limits(cx: &mut Cx) -> Result<Arc<Limits>> {
    if let Some(limits) = cx.app.caches.limits.get(&()) {
        return Ok(limits);
    }
    let limits = Arc::new(store::all(&mut *cx.read().await?).await?);
    cx.app.caches.limits.insert((), limits.clone());
    Ok(limits)
}
