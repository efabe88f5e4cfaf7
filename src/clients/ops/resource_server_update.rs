//! UpdateResourceServer: replaces the name and all scopes.

use crate::api::{Cx, Door, Operation, Result};
use crate::clients::resource_server::{Described, ResourceServer, Scope};
use crate::clients::store;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateResourceServer {
    pub user_pool_id: String,
    pub identifier: String,
    pub name: String,
    #[serde(default)]
    pub scopes: Vec<Scope>,
}

impl Operation for UpdateResourceServer {
    const NAME: &'static str = "UpdateResourceServer";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let server = ResourceServer { user_pool_id: pool.id.clone(), identifier: self.identifier, name: self.name, scopes: self.scopes };
        server.check()?;
        let mut tx = cx.begin().await?;
        if !store::update_server(&mut tx, &server).await? {
            return Err(ResourceServer::missing());
        }
        tx.commit().await?;
        cx.app.caches.clients.invalidate_all();
        Ok(Described { resource_server: server })
    }
}
