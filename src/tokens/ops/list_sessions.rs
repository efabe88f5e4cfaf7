//! ListUserSessions and AdminListUserSessions

use crate::api::{Cx, Door, Operation, Result};
use crate::tokens::sessions::{self, Listed};
use crate::users::lookup;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserSessions {
    pub access_token: String,
    #[serde(default)]
    pub next_token: Option<String>,
}

impl Operation for ListUserSessions {
    const NAME: &'static str = "ListUserSessions";
    const DOOR: Door = Door::AccessToken;
    type Output = Listed;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let bearer = cx.bearer()?.clone();
        let pool = crate::pools::load(cx, &bearer.pool_id).await?;
        sessions::require_tracking(&pool)?;
        sessions::list(cx, &pool.id, &bearer.sub, Some(&bearer), self.next_token.as_deref()).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminListUserSessions {
    pub user_pool_id: String,
    pub username: String,
    #[serde(default)]
    pub next_token: Option<String>,
}

impl Operation for AdminListUserSessions {
    const NAME: &'static str = "AdminListUserSessions";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        sessions::require_tracking(&pool)?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        sessions::list(cx, &pool.id, &user.sub, None, self.next_token.as_deref()).await
    }
}
