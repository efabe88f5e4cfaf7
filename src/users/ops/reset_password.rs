//! AdminResetUserPassword

use super::confirm_sign_up::save;
use super::forgot_password::recovery_address;
use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::triggers::Metadata;
use crate::triggers::message::Occasion;
use crate::users::code;
use crate::users::{Status, lookup};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminResetUserPassword {
    pub user_pool_id: String,
    pub username: String,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

impl Operation for AdminResetUserPassword {
    const NAME: &'static str = "AdminResetUserPassword";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let mut user = lookup::require(cx, &pool, &self.username).await?;
        if user.status == Status::Unconfirmed {
            return Err(ApiError::not_authorized("User password cannot be reset in the current state."));
        }
        let (name, address) = recovery_address(&pool, &user)?;
        let outgoing = code::make(cx, &pool, None, &user, Occasion::ForgotPassword, name, &address).await?;
        let now = cx.now();
        user.status = Status::ResetRequired;
        user.modified_at = now;
        let mut tx = cx.begin().await?;
        save(&mut tx, &pool, &user).await?;
        outgoing.store(&mut tx, &user, now).await?;
        crate::hosted::store::end_browser_sessions(&mut tx, &pool.id, &user.sub).await?;
        tx.commit().await?;
        Ok(Empty {})
    }
}
