//! UnlinkIdentity: an identity loses logins of public providers. Without any login left, it is nobody's.

use crate::api::{Cx, Door, Empty, Operation, Result, Service};
use crate::identity::provider::{Provider, user_pool_name};
use crate::identity::verify::{self, Logins};
use crate::identity::{IdentityPool, identities, load, plan, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnlinkIdentity {
    pub identity_id: String,
    pub logins: Logins,
    pub logins_to_remove: Vec<String>,
}

impl Operation for UnlinkIdentity {
    const NAME: &'static str = "UnlinkIdentity";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Public;
    type Output = Empty;

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let identity = identities::find(cx, &self.identity_id).await?;
        let pool = load(cx, &identity.pool_id).await?;
        let logins = verify::all(cx, &pool, &self.logins).await?;
        if identity.disabled || !logins.iter().any(|l| identity.has(&l.provider, &l.subject)) {
            return Err(plan::unmatched());
        }
        let names: Vec<_> = self.logins_to_remove.iter().map(|name| kept_name(cx, &pool, name)).collect();
        let removed = identity.logins.iter().filter(|l| !l.developer && names.contains(&l.provider));
        let now = cx.now();
        let mut tx = cx.begin().await?;
        store::touch(&mut tx, &pool.id, &identity.id, now).await?;
        for login in removed {
            store::unlink(&mut tx, &pool.id, &identity.id, login).await?;
        }
        tx.commit().await?;
        Ok(Empty {})
    }
}

/// The name that a provider's logins are kept under.
fn kept_name(cx: &Cx, pool: &IdentityPool, name: &str) -> String {
    match Provider::find(pool, name, &cx.app.config.public_url) {
        Some(Provider::UserPool { pool_id, .. }) => user_pool_name(&cx.app.config.region, pool_id),
        Some(Provider::OpenId { host, .. }) => host.to_owned(),
        _ => name.to_owned(),
    }
}
