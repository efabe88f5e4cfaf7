//! DeleteUserPoolDomain

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::pools::{load, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserPoolDomain {
    pub domain: String,
    pub user_pool_id: String,
}

impl Operation for DeleteUserPoolDomain {
    const NAME: &'static str = "DeleteUserPoolDomain";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = load(cx, &self.user_pool_id).await?;
        let mut tx = cx.begin().await?;
        if !store::delete_domain(&mut tx, &pool.id, &self.domain).await? {
            return Err(ApiError::invalid_parameter("No such domain or user pool exists."));
        }
        tx.commit().await?;
        cx.app.caches.domains.invalidate(&self.domain);
        Ok(Empty {})
    }
}
