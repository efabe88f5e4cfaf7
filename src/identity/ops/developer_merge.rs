//! MergeDeveloperIdentities: one developer user becomes part of another.

use super::developer_token::provider_name;
use crate::api::{ApiError, Cx, Door, Operation, Result, Service};
use crate::identity::load;
use crate::identity::login::Login;
use crate::identity::resolve::{Wish, resolve};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MergeDeveloperIdentities {
    pub source_user_identifier: String,
    pub destination_user_identifier: String,
    pub developer_provider_name: String,
    pub identity_pool_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Merged {
    pub identity_id: String,
}

impl Operation for MergeDeveloperIdentities {
    const NAME: &'static str = "MergeDeveloperIdentities";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Merged;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Merged> {
        let pool = load(cx, &self.identity_pool_id).await?;
        let name = &self.developer_provider_name;
        if provider_name(&pool)? != name {
            return Err(ApiError::invalid_parameter("The developer provider name is not that of the identity pool."));
        }
        let users = [&self.source_user_identifier, &self.destination_user_identifier].map(|user| Login::of_developer(name, user));
        Ok(Merged { identity_id: resolve(cx, &pool, &Wish::Merge, &users).await? })
    }
}
