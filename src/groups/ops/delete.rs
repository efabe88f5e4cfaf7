//! DeleteGroup

use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::groups::group::not_found;
use crate::groups::store;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteGroup {
    pub user_pool_id: String,
    pub group_name: String,
}

impl Operation for DeleteGroup {
    const NAME: &'static str = "DeleteGroup";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let mut tx = cx.begin().await?;
        if !store::delete(&mut tx, &pool.id, &self.group_name).await? {
            return Err(not_found());
        }
        tx.commit().await?;
        Ok(Empty {})
    }
}
