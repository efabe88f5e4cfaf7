//! CreateUserPoolDomain

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::pools::domain::{CustomDomainConfig, Domain, DomainSettings, Kind, Routing, check};
use crate::pools::{hold, load, store};
use crate::store::StoreError;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserPoolDomain {
    pub domain: String,
    pub user_pool_id: String,
    #[serde(default)]
    pub managed_login_version: Option<i64>,
    #[serde(default)]
    pub custom_domain_config: Option<CustomDomainConfig>,
    #[serde(default)]
    pub routing: Option<Routing>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    pub managed_login_version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_front_domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing: Option<Routing>,
}

impl Operation for CreateUserPoolDomain {
    const NAME: &'static str = "CreateUserPoolDomain";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let kind = if self.custom_domain_config.is_some() { Kind::Custom } else { Kind::Prefix };
        check(&self.domain, kind)?;
        if kind == Kind::Custom && cx.app.config.serves_host(&self.domain) {
            return Err(ApiError::invalid_parameter(format!("Domain {} is the server's own.", self.domain)));
        }
        let pool = load(cx, &self.user_pool_id).await?;
        let settings = DomainSettings {
            managed_login_version: self.managed_login_version.unwrap_or(1),
            custom_domain_config: self.custom_domain_config,
            routing: self.routing,
        };
        settings.check(kind, pool.settings().user_pool_tier, &cx.app.config.region)?;
        let domain = Domain { domain: self.domain, pool_id: pool.id.clone(), kind, settings };
        let (now, answer) = (cx.now(), answer(cx, &domain));
        let mut tx = cx.begin().await?;
        hold(&mut tx, &pool.id).await?;
        if store::domains(&mut tx, &pool.id).await?.iter().any(|d| d.kind == kind) {
            return Err(ApiError::invalid_parameter(format!("The user pool has a {} domain already.", kind.as_str())));
        }
        match store::insert_domain(&mut tx, &domain, now).await {
            Err(StoreError::Duplicate) => return Err(ApiError::invalid_parameter("Domain already associated with another user pool.")),
            other => other?,
        }
        tx.commit().await?;
        cx.app.caches.domains.invalidate(&domain.domain);
        Ok(answer)
    }
}

/// What creating and updating answer: for a custom domain, the name that its DNS record should point to.
pub fn answer(cx: &Cx, domain: &Domain) -> Answer {
    let cloud_front_domain = (domain.kind == Kind::Custom).then(|| cx.app.config.public_host().to_owned());
    let routing = domain.settings.routing.clone();
    Answer { managed_login_version: domain.settings.managed_login_version, cloud_front_domain, routing }
}
