//! CreateResourceServer

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::clients::resource_server::{Described, MAX, ResourceServer, Scope};
use crate::clients::store;
use crate::store::StoreError;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateResourceServer {
    pub user_pool_id: String,
    pub identifier: String,
    pub name: String,
    #[serde(default)]
    pub scopes: Vec<Scope>,
}

impl Operation for CreateResourceServer {
    const NAME: &'static str = "CreateResourceServer";
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
        crate::pools::hold(&mut tx, &pool.id).await?;
        if store::count_servers(&mut tx, &pool.id).await? >= MAX {
            return Err(ApiError::limit_exceeded(format!("A user pool can have at most {MAX} resource servers.")));
        }
        store::insert_server(&mut tx, &server).await.map_err(|error| match error {
            StoreError::Duplicate => {
                ApiError::invalid_parameter(format!("{} already exists in user pool {}.", server.identifier, server.user_pool_id))
            }
            other => other.into(),
        })?;
        tx.commit().await?;
        // A client may have had these scopes before they were deleted.
        cx.app.caches.clients.invalidate_all();
        Ok(Described { resource_server: server })
    }
}
