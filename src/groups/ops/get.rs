//! GetGroup

use crate::api::{Cx, Door, Operation, Result};
use crate::groups::group::{One, not_found};
use crate::groups::store;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetGroup {
    pub user_pool_id: String,
    pub group_name: String,
}

impl Operation for GetGroup {
    const NAME: &'static str = "GetGroup";
    const DOOR: Door = Door::Iam;
    type Output = One;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<One> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let group = store::find(&mut *cx.read().await?, &pool.id, &self.group_name).await?.ok_or_else(not_found)?;
        Ok(One { group: group.into() })
    }
}
