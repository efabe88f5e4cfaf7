//! AdminSetUserPassword

use super::confirm_sign_up::save_password;
use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::users::{Status, lookup, password, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminSetUserPassword {
    pub user_pool_id: String,
    pub username: String,
    pub password: String,
    #[serde(default)]
    pub permanent: bool,
}

impl Operation for AdminSetUserPassword {
    const NAME: &'static str = "AdminSetUserPassword";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let mut user = lookup::require(cx, &pool, &self.username).await?;
        if let Some(what) = pool.password_fault(&self.password) {
            return Err(ApiError::invalid_password(format!("Password does not conform to policy: {what}")));
        }
        user.set_password(password::renew(cx, &pool, &user, &self.password).await?, cx.now());
        user.status = if self.permanent { Status::Confirmed } else { Status::ForceChangePassword };
        let now = cx.now();
        user.modified_at = now;
        let mut tx = cx.begin().await?;
        save_password(&mut tx, &pool, &user).await?;
        store::clear_failures(&mut tx, &user).await?;
        crate::hosted::store::end_browser_sessions(&mut tx, &pool.id, &user.sub).await?;
        tx.commit().await?;
        Ok(Empty {})
    }
}
