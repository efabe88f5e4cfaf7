//! UpdateUserPool: replaces every setting that can change; what is omitted goes back to its default, as in Cognito.

use super::create::check;
use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::pools::pool::Document;
use crate::pools::settings::{Settings, Unsupported};
use crate::pools::{Pool, load, store};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserPool {
    pub user_pool_id: String,
    #[serde(default)]
    pub pool_name: Option<String>,
    #[serde(flatten)]
    pub settings: Settings,
    #[serde(flatten)]
    pub unsupported: Unsupported,
}

impl Operation for UpdateUserPool {
    const NAME: &'static str = "UpdateUserPool";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        if let Some(name) = self.unsupported.first() {
            return Err(ApiError::unsupported_setting(name));
        }
        check(&self.settings)?;
        let pool = load(cx, &self.user_pool_id).await?;
        crate::transfer::refuse_while_importing(cx, &pool.id).await?;
        let name = self.pool_name.unwrap_or_else(|| pool.name.clone());
        replace(cx, &pool, name, Document { settings: self.settings, ..pool.document.clone() }).await?;
        Ok(Empty {})
    }
}

/// Stores a pool's new document unless another change came between.
pub async fn replace(cx: &mut Cx, pool: &Pool, name: String, document: Document) -> Result<()> {
    // Strictly later than the version it replaces, so that the time identifies the version.
    let modified_at = cx.now().max(pool.modified_at + 1);
    let changed = Pool { name, document, modified_at, ..pool.clone() };
    let mut tx = cx.begin().await?;
    let replaced = store::replace(&mut tx, &changed, pool.modified_at).await?;
    tx.commit().await?;
    if !replaced {
        cx.app.caches.pools.invalidate(&pool.id);
        return Err(ApiError::too_many_requests("The user pool was changed by another request at the same time. Try again."));
    }
    cx.app.caches.pools.insert(pool.id.clone(), Arc::new(changed));
    Ok(())
}
