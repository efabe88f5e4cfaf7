//! UpdateUserPoolDomain

use super::domain_create::{Answer, answer, settings};
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::pools::domain::{CustomDomainConfig, Kind};
use crate::pools::{load, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserPoolDomain {
    pub domain: String,
    pub user_pool_id: String,
    #[serde(default)]
    pub managed_login_version: Option<i64>,
    #[serde(default)]
    pub custom_domain_config: Option<CustomDomainConfig>,
    #[serde(default)]
    pub routing: Option<serde_json::Value>,
}

impl Operation for UpdateUserPoolDomain {
    const NAME: &'static str = "UpdateUserPoolDomain";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = load(cx, &self.user_pool_id).await?;
        let found = store::find_domain(&mut *cx.read().await?, &self.domain).await?;
        let mut domain =
            found.filter(|d| d.pool_id == pool.id).ok_or_else(|| ApiError::resource_not_found("No such domain or user pool exists."))?;
        if self.custom_domain_config.is_some() != (domain.kind == Kind::Custom) && self.custom_domain_config.is_some() {
            return Err(ApiError::invalid_parameter("A prefix domain takes no CustomDomainConfig."));
        }
        let custom = self.custom_domain_config.or(domain.settings.custom_domain_config);
        domain.settings = settings(self.managed_login_version.or(Some(domain.settings.managed_login_version)), custom, self.routing)?;
        let answer = answer(cx, &domain);
        let mut tx = cx.begin().await?;
        store::replace_domain(&mut tx, &domain).await?;
        tx.commit().await?;
        Ok(answer)
    }
}
