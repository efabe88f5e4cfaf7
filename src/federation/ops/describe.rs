//! DescribeIdentityProvider and GetIdentityProviderByIdentifier

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::federation::certificate::{self, Use};
use crate::federation::details::{Details, ENCRYPTION_CERTIFICATE, Kind};
use crate::federation::provider::{Provider, load, open};
use crate::federation::store;
use crate::kit::clock::epoch_seconds;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeIdentityProvider {
    pub user_pool_id: String,
    pub provider_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    pub identity_provider: IdentityProvider,
}

/// `IdentityProviderType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct IdentityProvider {
    pub user_pool_id: String,
    pub provider_name: String,
    pub provider_type: Kind,
    pub provider_details: Details,
    pub attribute_mapping: BTreeMap<String, String>,
    pub idp_identifiers: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub acr_mapping: BTreeMap<String, String>,
    pub last_modified_date: f64,
    pub creation_date: f64,
}

/// The provider as Cognito shows it: with a client's secret, but never with a private key.
pub async fn show(cx: &mut Cx, provider: Provider) -> Result<IdentityProvider> {
    let mut details = provider.settings.provider_details;
    if let Some((name, secret)) = provider.secrets.get_key_value("client_secret") {
        details.insert(name.clone(), secret.clone());
    }
    if provider.settings.provider_type == Kind::Saml {
        let certificate = certificate::text(cx, &provider.pool_id, Use::Encryption).await?;
        details.insert(ENCRYPTION_CERTIFICATE.to_owned(), certificate);
    }
    Ok(IdentityProvider {
        user_pool_id: provider.pool_id,
        provider_name: provider.name,
        provider_type: provider.settings.provider_type,
        provider_details: details,
        attribute_mapping: provider.settings.attribute_mapping,
        idp_identifiers: provider.settings.idp_identifiers,
        acr_mapping: provider.settings.acr_mapping,
        last_modified_date: epoch_seconds(provider.modified_at),
        creation_date: epoch_seconds(provider.created_at),
    })
}

impl Operation for DescribeIdentityProvider {
    const NAME: &'static str = "DescribeIdentityProvider";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let provider = load(cx, &pool, &self.provider_name).await?;
        Ok(Described { identity_provider: show(cx, provider).await? })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetIdentityProviderByIdentifier {
    pub user_pool_id: String,
    pub idp_identifier: String,
}

impl Operation for GetIdentityProviderByIdentifier {
    const NAME: &'static str = "GetIdentityProviderByIdentifier";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let row = store::find_by_identifier(&mut *cx.read().await?, &pool.id, &self.idp_identifier).await?;
        let missing = || ApiError::resource_not_found(format!("Identity provider with identifier {} does not exist.", self.idp_identifier));
        let provider = open(cx, row.ok_or_else(missing)?)?;
        Ok(Described { identity_provider: show(cx, provider).await? })
    }
}
