//! DeleteUserPoolClient

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::clients::{load_in, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserPoolClient {
    pub user_pool_id: String,
    pub client_id: String,
}

impl Operation for DeleteUserPoolClient {
    const NAME: &'static str = "DeleteUserPoolClient";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let client = load_in(cx, &self.user_pool_id, &self.client_id).await?;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        if !store::delete(&mut tx, &client.pool_id, &client.id).await? {
            return Err(ApiError::no_such_client(&client.id));
        }
        crate::branding::store::delete(&mut tx, &client.pool_id, &client.id).await?;
        crate::tokens::store::revoke_sessions_on(&mut tx, &client.pool_id, &client.id, now).await?;
        crate::risk::store::delete_configuration(&mut tx, &client.pool_id, &client.id).await?;
        tx.commit().await?;
        cx.app.caches.clients.invalidate(&client.id);
        Ok(Empty {})
    }
}
