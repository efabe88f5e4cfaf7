//! DeleteIdentityPool: with its identities and their logins.

use crate::api::{Cx, Door, Empty, Operation, Result, Service};
use crate::identity::{pool, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteIdentityPool {
    pub identity_pool_id: String,
}

impl Operation for DeleteIdentityPool {
    const NAME: &'static str = "DeleteIdentityPool";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let mut tx = cx.begin().await?;
        let deleted = store::delete(&mut tx, &self.identity_pool_id).await?;
        tx.commit().await?;
        cx.app.caches.identity_pools.invalidate(&self.identity_pool_id);
        if deleted { Ok(Empty {}) } else { Err(pool::no_such_pool(&self.identity_pool_id)) }
    }
}
