//! ListUsersInGroup

use crate::api::{Cx, Door, Operation, Result, page};
use crate::groups::group::not_found;
use crate::groups::store;
use crate::users::ops::create_user::UserType;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUsersInGroup {
    pub user_pool_id: String,
    pub group_name: String,
    #[serde(default)]
    pub limit: Option<usize>,
    #[serde(default)]
    pub next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub users: Vec<UserType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListUsersInGroup {
    const NAME: &'static str = "ListUsersInGroup";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let list = format!("group:{}:{}", pool.id, self.group_name);
        let limit = self.limit.filter(|l| *l > 0).unwrap_or(60);
        let after = page::position(cx, &list, self.next_token.as_deref())?.unwrap_or_default();
        let mut tx = cx.read().await?;
        store::find(&mut tx, &pool.id, &self.group_name).await?.ok_or_else(not_found)?;
        let mut subs = store::members(&mut tx, &pool.id, &self.group_name, &after, limit as i64 + 1).await?;
        let next = page::cut(&mut subs, limit, String::clone);
        let users = crate::users::store::find_all(&mut tx, &pool.id, &subs).await?;
        drop(tx);
        let users = users.iter().map(|u| UserType::of(u, |_| true)).collect();
        Ok(Listed { users, next_token: next.map(|n| page::token(cx, &list, &n)) })
    }
}
