//! DeleteUserPool

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::pools::settings::DeletionProtection;
use crate::pools::{hold, load, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserPool {
    pub user_pool_id: String,
}

impl Operation for DeleteUserPool {
    const NAME: &'static str = "DeleteUserPool";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = load(cx, &self.user_pool_id).await?;
        crate::transfer::refuse_while_importing(cx, &pool.id).await?;
        let mut tx = cx.begin().await?;
        // Another server may have protected the pool a moment ago: what is stored decides.
        hold(&mut tx, &pool.id).await?;
        let stored = store::find(&mut tx, &pool.id).await?.ok_or_else(|| ApiError::no_such_pool(&pool.id))?;
        if stored.settings().deletion_protection == DeletionProtection::Active {
            return Err(ApiError::invalid_parameter(
                "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
            ));
        }
        if !store::domains(&mut tx, &pool.id).await?.is_empty() {
            return Err(ApiError::invalid_parameter(
                "User pool cannot be deleted. It has a domain configured that should be deleted first.",
            ));
        }
        store::delete(&mut tx, &pool.id).await?;
        tx.commit().await?;
        cx.app.caches.forget_pool(&pool.id);
        Ok(Empty {})
    }
}
