//! DeleteUserPoolClientSecret

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::clients::{load_in, secret, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserPoolClientSecret {
    pub user_pool_id: String,
    pub client_id: String,
    pub client_secret_id: String,
}

impl Operation for DeleteUserPoolClientSecret {
    const NAME: &'static str = "DeleteUserPoolClientSecret";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let client = load_in(cx, &self.user_pool_id, &self.client_id).await?;
        client.refuse_registered()?;
        let missing = || ApiError::resource_not_found("Client secret does not exist.");
        let created_at = secret::created_at(&client.id, &self.client_secret_id).ok_or_else(missing)?;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        // Of two deletions at once, the second sees what the first left: the last secret stays, or the client would be a public one.
        if !store::touch(&mut tx, &client.pool_id, &client.id, now).await? {
            return Err(ApiError::no_such_client(&client.id));
        }
        let held = store::secrets(&mut tx, &client.pool_id, &client.id).await?;
        if !held.contains(&(created_at,)) {
            return Err(missing());
        }
        if held.len() == 1 {
            return Err(ApiError::invalid_parameter("The only secret of an app client can not be deleted."));
        }
        store::delete_secret(&mut tx, &client.pool_id, &client.id, created_at).await?;
        tx.commit().await?;
        cx.app.caches.clients.invalidate(&client.id);
        Ok(Empty {})
    }
}
