//! DeleteUser and AdminDeleteUser

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::users::{lookup, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUser {
    pub access_token: String,
}

impl Operation for DeleteUser {
    const NAME: &'static str = "DeleteUser";
    const DOOR: Door = Door::AccessToken;
    type Output = Empty;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let user = lookup::bearer(cx).await?;
        delete(cx, &user.pool_id, &user.sub).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminDeleteUser {
    pub user_pool_id: String,
    pub username: String,
}

impl Operation for AdminDeleteUser {
    const NAME: &'static str = "AdminDeleteUser";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        delete(cx, &pool.id, &user.sub).await
    }
}

/// The user goes, and with the user every code, session and alias.
async fn delete(cx: &mut Cx, pool_id: &str, sub: &str) -> Result<Empty> {
    let mut tx = cx.begin().await?;
    crate::oauth::backchannel::tell_of_user(&mut tx, pool_id, sub).await?;
    if !store::delete(&mut tx, pool_id, sub).await? {
        return Err(ApiError::no_such_user());
    }
    tx.commit().await?;
    Ok(Empty {})
}
