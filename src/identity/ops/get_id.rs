//! GetId: who somebody is to a pool. Without logins a new guest, each time.

use crate::api::{ApiError, Cx, Door, Operation, Result, Service};
use crate::identity::pool::no_such_pool;
use crate::identity::resolve::{Wish, resolve};
use crate::identity::verify::{self, Logins};
use crate::identity::{IdentityPool, identities, load, store};
use crate::store::StoreError;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetId {
    #[serde(default)]
    pub account_id: Option<String>,
    pub identity_pool_id: String,
    #[serde(default)]
    pub logins: Logins,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Got {
    pub identity_id: String,
}

impl Operation for GetId {
    const NAME: &'static str = "GetId";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Public;
    type Output = Got;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Got> {
        let pool = load(cx, &self.identity_pool_id).await?;
        if self.account_id.is_some_and(|account| account != cx.app.config.account_id) {
            return Err(no_such_pool(&self.identity_pool_id));
        }
        let logins = verify::all(cx, &pool, &self.logins).await?;
        let identity_id = match logins.is_empty() {
            true => guest(cx, &pool).await?,
            false => resolve(cx, &pool, &Wish::Anyone, &logins).await?,
        };
        Ok(Got { identity_id })
    }
}

async fn guest(cx: &mut Cx, pool: &IdentityPool) -> Result<String> {
    refuse_guests(pool)?;
    let (id, now) = (identities::new_id(cx), cx.now());
    let mut tx = cx.begin().await?;
    store::insert_identity(&mut tx, &pool.id, &id, false, now).await.map_err(|error| match error {
        StoreError::Missing => no_such_pool(&pool.id),
        other => other.into(),
    })?;
    tx.commit().await?;
    Ok(id)
}

/// Refuses where a pool has no guests.
pub fn refuse_guests(pool: &IdentityPool) -> Result<()> {
    if pool.settings().allow_unauthenticated_identities {
        return Ok(());
    }
    Err(ApiError::not_authorized("Unauthenticated access is not supported for this identity pool."))
}
