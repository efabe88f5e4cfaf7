//! UnlinkDeveloperIdentity: an identity loses a developer user. Without any login left, it is nobody's.

use super::developer_token::provider_name;
use crate::api::{ApiError, Cx, Door, Empty, Operation, Result, Service};
use crate::identity::identities::{self, Linked};
use crate::identity::{load, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnlinkDeveloperIdentity {
    pub identity_id: String,
    pub identity_pool_id: String,
    pub developer_provider_name: String,
    pub developer_user_identifier: String,
}

impl Operation for UnlinkDeveloperIdentity {
    const NAME: &'static str = "UnlinkDeveloperIdentity";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = load(cx, &self.identity_pool_id).await?;
        if provider_name(&pool)? != self.developer_provider_name {
            return Err(ApiError::invalid_parameter("The developer provider name is not that of the identity pool."));
        }
        identities::find_in(cx, &pool.id, &self.identity_id).await?;
        let now = cx.now();
        let login = Linked { provider: self.developer_provider_name, subject: self.developer_user_identifier, developer: true };
        let mut tx = cx.begin().await?;
        store::touch(&mut tx, &pool.id, &self.identity_id, now).await?;
        if !store::unlink(&mut tx, &pool.id, &self.identity_id, &login).await? {
            return Err(ApiError::resource_not_found("Developer user identifier not found."));
        }
        tx.commit().await?;
        Ok(Empty {})
    }
}
