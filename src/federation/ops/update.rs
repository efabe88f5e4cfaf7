//! UpdateIdentityProvider: replaces the members that are given and keeps the others, as in Cognito.

use super::create::claim_identifiers;
use super::describe::{Described, show};
use crate::api::{Cx, Door, Operation, Result};
use crate::federation::provider::{Changes, changed_meanwhile, load, refuse_native, seal};
use crate::federation::store;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateIdentityProvider {
    pub user_pool_id: String,
    pub provider_name: String,
    #[serde(flatten)]
    pub changes: Changes,
}

impl Operation for UpdateIdentityProvider {
    const NAME: &'static str = "UpdateIdentityProvider";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        refuse_native(&self.provider_name)?;
        let mut provider = load(cx, &pool, &self.provider_name).await?;
        let (read_at, identifiers) = (provider.modified_at, provider.settings.idp_identifiers.clone());
        provider.apply(&pool, self.changes)?;
        // Strictly later than the version it replaces, so that the time identifies the version.
        provider.modified_at = cx.now().max(read_at + 1);
        let row = seal(cx, &provider)?;
        let mut tx = cx.begin().await?;
        if !store::replace(&mut tx, &row, read_at).await? {
            return Err(changed_meanwhile());
        }
        if provider.settings.idp_identifiers != identifiers {
            store::drop_identifiers(&mut tx, &pool.id, &provider.name).await?;
            claim_identifiers(&mut tx, &provider).await?;
        }
        tx.commit().await?;
        Ok(Described { identity_provider: show(cx, provider).await? })
    }
}
