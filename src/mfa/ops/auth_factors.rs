//! GetUserAuthFactors and AdminGetUserAuthFactors: what a user can sign in with.

use crate::api::{Cx, Door, Operation, Result};
use crate::auth::choice;
use crate::pools::Pool;
use crate::users::{User, lookup};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserAuthFactors {
    pub access_token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Factors {
    pub username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_mfa_setting: Option<&'static str>,
    #[serde(rename = "UserMFASettingList", skip_serializing_if = "Option::is_none")]
    pub user_mfa_setting_list: Option<Vec<&'static str>>,
    pub configured_user_auth_factors: Vec<&'static str>,
}

impl Operation for GetUserAuthFactors {
    const NAME: &'static str = "GetUserAuthFactors";
    const DOOR: Door = Door::AccessToken;
    type Output = Factors;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Factors> {
        let user = lookup::bearer(cx).await?;
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        factors(cx, &pool, &user).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminGetUserAuthFactors {
    pub user_pool_id: String,
    pub username: String,
}

impl Operation for AdminGetUserAuthFactors {
    const NAME: &'static str = "AdminGetUserAuthFactors";
    const DOOR: Door = Door::Iam;
    type Output = Factors;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Factors> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        factors(cx, &pool, &user).await
    }
}

async fn factors(cx: &mut Cx, pool: &Pool, user: &User) -> Result<Factors> {
    Ok(Factors {
        username: user.username.clone(),
        preferred_mfa_setting: user.mfa.preferred_setting(),
        user_mfa_setting_list: user.mfa.setting_list(),
        configured_user_auth_factors: choice::configured(cx, pool, user).await?,
    })
}
