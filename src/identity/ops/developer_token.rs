//! GetOpenIdTokenForDeveloperIdentity: the application's back end vouches for a user of its own.

use super::open_id_token::Got;
use crate::api::{ApiError, Cx, Door, Operation, Result, Service};
use crate::identity::claims::Subject;
use crate::identity::login::Login;
use crate::identity::resolve::{Wish, resolve};
use crate::identity::verify::{self, Logins};
use crate::identity::{IdentityPool, load, tags, token};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetOpenIdTokenForDeveloperIdentity {
    pub identity_pool_id: String,
    #[serde(default)]
    pub identity_id: Option<String>,
    pub logins: Logins,
    #[serde(default)]
    pub principal_tags: BTreeMap<String, String>,
    #[serde(default)]
    pub token_duration: Option<i64>,
}

impl Operation for GetOpenIdTokenForDeveloperIdentity {
    const NAME: &'static str = "GetOpenIdTokenForDeveloperIdentity";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Got;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    async fn run(mut self, cx: &mut Cx) -> Result<Got> {
        let pool = load(cx, &self.identity_pool_id).await?;
        if let Some(tag) = tags::reserved(&self.principal_tags) {
            return Err(ApiError::invalid_parameter(format!("The tag key {tag} begins with aws:, which is reserved.")));
        }
        let mut logins = vec![developer(&pool, &mut self.logins)?];
        logins.extend(verify::all(cx, &pool, &self.logins).await?);
        let id = resolve(cx, &pool, &Wish::Developer(self.identity_id.as_deref()), &logins).await?;
        let mut tags = tags::of_logins(&pool.document.principal_tags, &logins);
        // What the developer says, holds.
        tags.extend(self.principal_tags);
        let subject = Subject::of(&pool.id, &id, &logins, tags);
        let seconds = self.token_duration.unwrap_or(token::DEVELOPER_SECONDS);
        Ok(Got { token: token::issue(cx, &pool, &subject, seconds).await?, identity_id: id })
    }
}

/// Takes the developer's own user out of the logins.
fn developer(pool: &IdentityPool, logins: &mut Logins) -> Result<Login> {
    let name = provider_name(pool)?;
    let missing = || ApiError::invalid_parameter("Please provide a valid developer provider login.");
    let user = logins.remove(name).ok_or_else(missing)?;
    if user.chars().count() > 1024 {
        return Err(ApiError::invalid_parameter("The developer user identifier must have length less than or equal to 1024."));
    }
    Ok(Login::of_developer(name, &user))
}

/// The name of the pool's developer provider.
pub fn provider_name(pool: &IdentityPool) -> Result<&str> {
    let none = || ApiError::invalid_parameter("The identity pool has no developer provider.");
    pool.settings().developer_provider_name.as_deref().ok_or_else(none)
}
