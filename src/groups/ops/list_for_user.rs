//! AdminListGroupsForUser: in the order of their names.

use super::list::page_of;
use crate::api::{Cx, Door, Operation, Result, page};
use crate::groups::group::Page;
use crate::groups::store;
use crate::users::lookup;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminListGroupsForUser {
    pub user_pool_id: String,
    pub username: String,
    #[serde(default)]
    pub limit: Option<usize>,
    #[serde(default)]
    pub next_token: Option<String>,
}

impl Operation for AdminListGroupsForUser {
    const NAME: &'static str = "AdminListGroupsForUser";
    const DOOR: Door = Door::Iam;
    type Output = Page;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Page> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        let list = format!("groups of:{}:{}", pool.id, user.sub);
        let limit = self.limit.filter(|l| *l > 0).unwrap_or(60);
        let after = page::position(cx, &list, self.next_token.as_deref())?.unwrap_or_default();
        let groups = store::list_of(&mut *cx.read().await?, &pool.id, &user.sub, &after, limit as i64 + 1).await?;
        Ok(page_of(cx, &list, groups, limit))
    }
}
