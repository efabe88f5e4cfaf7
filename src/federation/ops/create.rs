//! CreateIdentityProvider

use super::describe::{Described, show};
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::federation::details::Kind;
use crate::federation::provider::{Changes, MAX_PROVIDERS, Provider, seal, taken};
use crate::federation::store;
use crate::store::{StoreError, Tx};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateIdentityProvider {
    pub user_pool_id: String,
    pub provider_name: String,
    pub provider_type: Kind,
    #[serde(flatten)]
    pub changes: Changes,
}

impl Operation for CreateIdentityProvider {
    const NAME: &'static str = "CreateIdentityProvider";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let mut provider = Provider::new(&pool, self.provider_name, self.provider_type, cx.now())?;
        provider.apply(&pool, self.changes)?;
        let row = seal(cx, &provider)?;
        let mut tx = cx.begin().await?;
        crate::pools::hold(&mut tx, &pool.id).await?;
        if store::find(&mut tx, &pool.id, &provider.name).await?.is_some() {
            return Err(duplicate(&provider.name));
        }
        if store::count(&mut tx, &pool.id).await? >= MAX_PROVIDERS {
            return Err(ApiError::limit_exceeded(format!("A user pool can have at most {MAX_PROVIDERS} identity providers.")));
        }
        store::insert(&mut tx, &row).await.map_err(|error| match error {
            StoreError::Duplicate => duplicate(&provider.name),
            other => other.into(),
        })?;
        claim_identifiers(&mut tx, &provider).await?;
        tx.commit().await?;
        Ok(Described { identity_provider: show(cx, provider).await? })
    }
}

fn duplicate(name: &str) -> ApiError {
    ApiError::duplicate_provider(format!("A provider with the name {name} already exists in the user pool."))
}

/// Writes a provider's identifiers, or refuses one that another provider has.
pub async fn claim_identifiers(tx: &mut Tx, provider: &Provider) -> Result<()> {
    for identifier in &provider.settings.idp_identifiers {
        store::insert_identifier(tx, &provider.pool_id, &provider.name, identifier).await.map_err(|error| match error {
            StoreError::Duplicate => taken(identifier),
            StoreError::Missing => crate::federation::provider::no_such_provider(&provider.name),
            other => other.into(),
        })?;
    }
    Ok(())
}
