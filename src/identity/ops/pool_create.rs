//! CreateIdentityPool

use super::pool_describe::Described;
use crate::api::{Cx, Door, Operation, Result, Service};
use crate::iam::policy::Context;
use crate::identity::pool::Document;
use crate::identity::settings::Settings;
use crate::identity::{IdentityPool, identities, store};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateIdentityPool {
    pub identity_pool_name: String,
    #[serde(flatten)]
    pub settings: Settings,
}

impl Operation for CreateIdentityPool {
    const NAME: &'static str = "CreateIdentityPool";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn condition_keys(&self, context: &mut Context) {
        context.set_request_tags(&self.settings.tags());
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let settings = self.settings.checked(&cx.app.config.public_url)?;
        let (id, now) = (identities::new_id(cx), cx.now());
        let document = Document { settings, ..Document::default() };
        let pool = IdentityPool { id, name: self.identity_pool_name, document, created_at: now, modified_at: now };
        let mut tx = cx.begin().await?;
        store::insert(&mut tx, &pool).await?;
        tx.commit().await?;
        let pool = Arc::new(pool);
        cx.app.caches.identity_pools.insert(pool.id.clone(), pool.clone());
        Ok(Described::from(&*pool))
    }
}
