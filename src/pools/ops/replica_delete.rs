//! DeleteUserPoolReplica

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::pools::replica::{self, Answer};
use crate::pools::{load, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserPoolReplica {
    pub user_pool_id: String,
    pub region_name: String,
}

impl Operation for DeleteUserPoolReplica {
    const NAME: &'static str = "DeleteUserPoolReplica";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = load(cx, &self.user_pool_id).await?;
        replica::refuse_primary(cx, &self.region_name)?;
        let mut tx = cx.begin().await?;
        let replica = store::find_replica(&mut tx, &pool.id, &self.region_name).await?;
        let replica = replica.ok_or_else(|| replica::missing(&self.region_name))?;
        if !store::delete_inactive_replica(&mut tx, &pool.id, &replica.region).await? {
            return Err(ApiError::invalid_parameter("The replica can not be deleted while it is ACTIVE. Make it INACTIVE first."));
        }
        tx.commit().await?;
        Ok(Answer::of(cx, &pool, &replica, "DELETING"))
    }
}
