//! AdminEnableUser and AdminDisableUser

use super::confirm_sign_up::save;
use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::tokens::issue::sign_out_everywhere;
use crate::users::lookup;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminEnableUser {
    pub user_pool_id: String,
    pub username: String,
}

impl Operation for AdminEnableUser {
    const NAME: &'static str = "AdminEnableUser";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        set_enabled(cx, &self.user_pool_id, &self.username, true).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminDisableUser {
    pub user_pool_id: String,
    pub username: String,
}

impl Operation for AdminDisableUser {
    const NAME: &'static str = "AdminDisableUser";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        set_enabled(cx, &self.user_pool_id, &self.username, false).await
    }
}

/// Disabling ends the user's sessions; enabling does not bring them back.
async fn set_enabled(cx: &mut Cx, pool_id: &str, username: &str, enabled: bool) -> Result<Empty> {
    let pool = crate::pools::load(cx, pool_id).await?;
    let mut user = lookup::require(cx, &pool, username).await?;
    let now = cx.now();
    user.enabled = enabled;
    user.modified_at = now;
    let mut tx = cx.begin().await?;
    save(&mut tx, &pool, &user).await?;
    if !enabled {
        sign_out_everywhere(&mut tx, &pool.id, &user.sub, now).await?;
        crate::hosted::store::end_browser_sessions(&mut tx, &pool.id, &user.sub).await?;
    }
    tx.commit().await?;
    Ok(Empty {})
}
