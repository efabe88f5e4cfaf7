//! UpdateUserPoolReplica

use crate::api::{Cx, Door, Operation, Result};
use crate::pools::replica::{self, Answer};
use crate::pools::{load, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserPoolReplica {
    pub user_pool_id: String,
    pub region_name: String,
    pub status: Status,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    Active,
    Inactive,
}

impl Operation for UpdateUserPoolReplica {
    const NAME: &'static str = "UpdateUserPoolReplica";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = load(cx, &self.user_pool_id).await?;
        replica::refuse_primary(cx, &self.region_name)?;
        let mut tx = cx.begin().await?;
        let active = self.status == Status::Active;
        let found = store::set_replica_active(&mut tx, &pool.id, &self.region_name, active).await?;
        tx.commit().await?;
        let replica = found.ok_or_else(|| replica::missing(&self.region_name))?;
        Ok(Answer::of(cx, &pool, &replica, replica.status()))
    }
}
