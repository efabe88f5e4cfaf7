//! LookupDeveloperIdentity

use super::developer_token::provider_name;
use crate::api::{ApiError, Cx, Door, Operation, Result, Service, page};
use crate::identity::identities::{self, Identity};
use crate::identity::{IdentityPool, load, store};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LookupDeveloperIdentity {
    pub identity_pool_id: String,
    #[serde(default)]
    pub identity_id: Option<String>,
    #[serde(default)]
    pub developer_user_identifier: Option<String>,
    #[serde(default)]
    pub max_results: Option<usize>,
    #[serde(default)]
    pub next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Found {
    pub identity_id: String,
    pub developer_user_identifier_list: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// How many users a page has where the request does not say.
const PAGE: usize = 60;

impl Operation for LookupDeveloperIdentity {
    const NAME: &'static str = "LookupDeveloperIdentity";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Found;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Found> {
        let pool = load(cx, &self.identity_pool_id).await?;
        let identity = self.identity(cx, &pool).await?;
        let list = format!("developer-users:{}", identity.id);
        let after = page::position(cx, &list, self.next_token.as_deref())?.unwrap_or_default();
        let limit = self.max_results.unwrap_or(PAGE);
        let mut users = store::developer_users(&mut *cx.read().await?, &pool.id, &identity.id, &after, limit as i64 + 1).await?;
        let next = page::cut(&mut users, limit, Clone::clone);
        Ok(Found { identity_id: identity.id, developer_user_identifier_list: users, next_token: next.map(|n| page::token(cx, &list, &n)) })
    }
}

impl LookupDeveloperIdentity {
    /// The identity that is asked about, by its id or a user of it.
    async fn identity(&self, cx: &mut Cx, pool: &IdentityPool) -> Result<Identity> {
        let by_id = match &self.identity_id {
            Some(id) => Some(identities::find_in(cx, &pool.id, id).await?),
            None => None,
        };
        let Some(user) = &self.developer_user_identifier else {
            let message = "Please provide an identity id or a developer user identifier.";
            return by_id.ok_or_else(|| ApiError::invalid_parameter(message));
        };
        let name = provider_name(pool)?;
        let by_user = store::owner(&mut *cx.read().await?, &pool.id, name, user).await?;
        match (by_id, by_user) {
            (_, None) => Err(ApiError::resource_not_found("Developer user identifier not found.")),
            (Some(identity), Some(other)) if identity.id != other.id => {
                Err(ApiError::resource_conflict("The developer user identifier belongs to another identity."))
            }
            (_, Some(identity)) => Ok(identity),
        }
    }
}
