//! AdminDeleteSoftwareToken: for somebody who lost their authenticator app.

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::mfa::store;
use crate::users::lookup;
use crate::users::mfa::Factor;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminDeleteSoftwareToken {
    pub user_pool_id: String,
    pub username: String,
}

impl Operation for AdminDeleteSoftwareToken {
    const NAME: &'static str = "AdminDeleteSoftwareToken";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let mut user = lookup::require(cx, &pool, &self.username).await?;
        user.mfa.has_software_token = false;
        user.mfa.switch(Factor::SoftwareToken, false);
        user.modified_at = cx.now();
        let mut tx = cx.begin().await?;
        if !store::delete(&mut tx, &pool.id, &user.sub).await? {
            return Err(ApiError::resource_not_found("The user has no software token."));
        }
        crate::users::store::update(&mut tx, &pool, &user).await?;
        tx.commit().await?;
        Ok(Empty {})
    }
}
