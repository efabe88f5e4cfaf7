//! An identity pool.

use super::settings::Settings;
use super::tags::TagMap;
use super::{roles::RoleMapping, store};
use crate::api::{ApiError, Cx, Result, Service};
use crate::kit::clock::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A pool as it is stored and cached.
#[derive(Debug, Clone, PartialEq)]
pub struct IdentityPool {
    pub id: String,
    pub name: String,
    pub document: Document,
    pub created_at: Millis,
    pub modified_at: Millis,
}

/// The stored document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    pub settings: Settings,
    #[serde(default)]
    pub roles: BTreeMap<String, String>,
    #[serde(default)]
    pub role_mappings: BTreeMap<String, RoleMapping>,
    /// Which claims become session tags, by provider.
    #[serde(default)]
    pub principal_tags: BTreeMap<String, TagMap>,
}

/// The pool of this id. Cached for a moment: a change made here is seen at once, one made by another server within two seconds.
pub async fn load(cx: &mut Cx, id: &str) -> Result<Arc<IdentityPool>> {
    if let Some(pool) = cx.app.caches.identity_pools.get(id) {
        return Ok(pool);
    }
    let pool = Arc::new(store::find(&mut *cx.read().await?, id).await?.ok_or_else(|| no_such_pool(id))?);
    cx.app.caches.identity_pools.insert(id.to_owned(), pool.clone());
    Ok(pool)
}

pub fn no_such_pool(id: &str) -> ApiError {
    ApiError::resource_not_found(format!("IdentityPool '{id}' not found."))
}

/// Stores a pool's new name and document unless another change came between.
pub async fn replace(cx: &mut Cx, pool: &IdentityPool, name: String, document: Document) -> Result<Arc<IdentityPool>> {
    // Strictly later than the version it replaces, so that the time identifies the version.
    let modified_at = cx.now().max(pool.modified_at + 1);
    let changed = Arc::new(IdentityPool { name, document, modified_at, ..pool.clone() });
    let mut tx = cx.begin().await?;
    let replaced = store::replace(&mut tx, &changed, pool.modified_at).await?;
    tx.commit().await?;
    if !replaced {
        cx.app.caches.identity_pools.invalidate(&pool.id);
        let message = "The identity pool was changed by another request at the same time. Try again.";
        return Err(ApiError::concurrent_modification(message));
    }
    cx.app.caches.identity_pools.insert(pool.id.clone(), changed.clone());
    Ok(changed)
}

/// The same, for operations whose model knows no ConcurrentModificationException.
pub async fn replace_or_ask_again(cx: &mut Cx, pool: &IdentityPool, document: Document) -> Result<Arc<IdentityPool>> {
    use crate::api::Exception::ConcurrentModificationException;
    replace(cx, pool, pool.name.clone(), document).await.map_err(|error| match error.is(ConcurrentModificationException) {
        true => ApiError::too_many_requests(error.message()),
        false => error,
    })
}

impl IdentityPool {
    pub fn settings(&self) -> &Settings {
        &self.document.settings
    }

    pub fn arn(&self, cx: &Cx) -> String {
        Service::IdentityPools.pool_arn(&cx.app.config.region, &cx.app.config.account_id, &self.id)
    }
}
