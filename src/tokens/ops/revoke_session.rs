//! RevokeUserSession and AdminRevokeUserSession

use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::tokens::sessions;
use crate::users::lookup;
use serde::Deserialize;

/// How far ending a session goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Associated {
    #[default]
    None,
    Linked,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RevokeUserSession {
    pub access_token: String,
    pub session_id: String,
    #[serde(default)]
    pub revoke_associated_sessions: Associated,
}

impl Operation for RevokeUserSession {
    const NAME: &'static str = "RevokeUserSession";
    const DOOR: Door = Door::AccessToken;
    type Output = Empty;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let bearer = cx.bearer()?.clone();
        let pool = crate::pools::load(cx, &bearer.pool_id).await?;
        sessions::require_tracking(&pool)?;
        let linked = self.revoke_associated_sessions == Associated::Linked;
        sessions::revoke(cx, &pool.id, &bearer.sub, &self.session_id, linked, Some(&bearer)).await?;
        Ok(Empty {})
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminRevokeUserSession {
    pub user_pool_id: String,
    pub username: String,
    pub session_id: String,
    #[serde(default)]
    pub revoke_associated_sessions: Associated,
}

impl Operation for AdminRevokeUserSession {
    const NAME: &'static str = "AdminRevokeUserSession";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        sessions::require_tracking(&pool)?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        let linked = self.revoke_associated_sessions == Associated::Linked;
        sessions::revoke(cx, &pool.id, &user.sub, &self.session_id, linked, None).await?;
        Ok(Empty {})
    }
}
