//! DeleteIdentityProvider. Clients that name the provider keep their lists, as in Cognito, and users their identities at it.

use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::federation::provider::{no_such_provider, refuse_native};
use crate::federation::store;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteIdentityProvider {
    pub user_pool_id: String,
    pub provider_name: String,
}

impl Operation for DeleteIdentityProvider {
    const NAME: &'static str = "DeleteIdentityProvider";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        refuse_native(&self.provider_name)?;
        let mut tx = cx.begin().await?;
        if !store::delete(&mut tx, &pool.id, &self.provider_name).await? {
            return Err(no_such_provider(&self.provider_name));
        }
        tx.commit().await?;
        Ok(Empty {})
    }
}
