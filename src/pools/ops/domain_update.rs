//! UpdateUserPoolDomain

use super::domain_create::{Answer, answer};
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::pools::domain::{CustomDomainConfig, DomainSettings, Kind, Routing};
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
    pub routing: Option<Routing>,
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
        let mut domain = found.filter(|d| d.pool_id == pool.id).ok_or_else(missing)?;
        if self.custom_domain_config.is_some() != (domain.kind == Kind::Custom) && self.custom_domain_config.is_some() {
            return Err(ApiError::invalid_parameter("A prefix domain takes no CustomDomainConfig."));
        }
        let before = domain.settings;
        domain.settings = DomainSettings {
            managed_login_version: self.managed_login_version.unwrap_or(before.managed_login_version),
            custom_domain_config: self.custom_domain_config.or(before.custom_domain_config),
            routing: self.routing.or(before.routing),
        };
        domain.settings.check(domain.kind, pool.settings().user_pool_tier, &cx.app.config.region)?;
        let answer = answer(cx, &domain);
        let mut tx = cx.begin().await?;
        if !store::replace_domain(&mut tx, &domain).await? {
            return Err(missing());
        }
        tx.commit().await?;
        Ok(answer)
    }
}

fn missing() -> ApiError {
    ApiError::resource_not_found("No such domain or user pool exists.")
}
