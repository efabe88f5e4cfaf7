//! UpdateGroup: what is omitted stays as it is.

use crate::api::{Cx, Door, Operation, Result};
use crate::groups::group::{One, not_found};
use crate::groups::store;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateGroup {
    pub user_pool_id: String,
    pub group_name: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub role_arn: Option<String>,
    #[serde(default)]
    pub precedence: Option<i64>,
}

impl Operation for UpdateGroup {
    const NAME: &'static str = "UpdateGroup";
    const DOOR: Door = Door::Iam;
    type Output = One;

    fn passed_role(&self) -> Option<&str> {
        self.role_arn.as_deref().filter(|role| !role.is_empty())
    }

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<One> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let (key, now) = ((pool.id.as_str(), self.group_name.as_str()), cx.now());
        let mut tx = cx.begin().await?;
        let group = store::update(&mut tx, key, self.description.as_deref(), self.role_arn.as_deref(), self.precedence, now).await?;
        let group = group.ok_or_else(not_found)?;
        tx.commit().await?;
        Ok(One { group: group.into() })
    }
}
