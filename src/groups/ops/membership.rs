//! AdminAddUserToGroup and AdminRemoveUserFromGroup. Tokens tell of a change from the next sign-in or refresh on.

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::groups::group::{PER_USER, not_found};
use crate::groups::store;
use crate::users::lookup;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminAddUserToGroup {
    pub user_pool_id: String,
    pub username: String,
    pub group_name: String,
}

impl Operation for AdminAddUserToGroup {
    const NAME: &'static str = "AdminAddUserToGroup";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        let mut tx = cx.begin().await?;
        if !store::lock(&mut tx, &pool.id, &self.group_name).await? {
            return Err(not_found());
        }
        if !store::add(&mut tx, &pool.id, &user.sub, &self.group_name).await? {
            return Err(ApiError::limit_exceeded(format!("A user can be in {PER_USER} groups at most.")));
        }
        tx.commit().await?;
        Ok(Empty {})
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminRemoveUserFromGroup {
    pub user_pool_id: String,
    pub username: String,
    pub group_name: String,
}

impl Operation for AdminRemoveUserFromGroup {
    const NAME: &'static str = "AdminRemoveUserFromGroup";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    /// Somebody who is no member stays none.
    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        let mut tx = cx.begin().await?;
        store::find(&mut tx, &pool.id, &self.group_name).await?.ok_or_else(not_found)?;
        store::remove(&mut tx, &pool.id, &user.sub, &self.group_name).await?;
        tx.commit().await?;
        Ok(Empty {})
    }
}
