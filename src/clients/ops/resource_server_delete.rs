//! DeleteResourceServer: its scopes stay with the clients that have them, and are in no token any more.

use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::clients::resource_server::ResourceServer;
use crate::clients::store;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteResourceServer {
    pub user_pool_id: String,
    pub identifier: String,
}

impl Operation for DeleteResourceServer {
    const NAME: &'static str = "DeleteResourceServer";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let mut tx = cx.begin().await?;
        if !store::delete_server(&mut tx, &pool.id, &self.identifier).await? {
            return Err(ResourceServer::missing());
        }
        tx.commit().await?;
        cx.app.caches.clients.invalidate_all();
        Ok(Empty {})
    }
}
