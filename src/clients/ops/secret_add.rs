//! AddUserPoolClientSecret

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::clients::client::SECRET;
use crate::clients::secret::{self, MAX};
use crate::clients::{load_in, store};
use crate::kit::clock::{Millis, epoch_seconds};
use crate::kit::id;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddUserPoolClientSecret {
    pub user_pool_id: String,
    pub client_id: String,
    /// A secret of the caller's choice, 24 to 64 characters.
    #[serde(default)]
    pub client_secret: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Added {
    pub client_secret_descriptor: Descriptor,
}

/// `ClientSecretDescriptorType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Descriptor {
    pub client_secret_id: String,
    /// Told once, and only where the secret was made here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_value: Option<String>,
    pub client_secret_create_date: f64,
}

impl Descriptor {
    pub fn of(client_id: &str, created_at: Millis) -> Self {
        Self {
            client_secret_id: secret::id(client_id, created_at),
            client_secret_value: None,
            client_secret_create_date: epoch_seconds(created_at),
        }
    }
}

impl Operation for AddUserPoolClientSecret {
    const NAME: &'static str = "AddUserPoolClientSecret";
    const DOOR: Door = Door::Iam;
    type Output = Added;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Added> {
        let client = load_in(cx, &self.user_pool_id, &self.client_id).await?;
        client.refuse_registered()?;
        if !client.is_confidential() {
            return Err(ApiError::invalid_parameter(format!("Client {} is a public client: it has no secret to add to.", client.id)));
        }
        let generated = self.client_secret.is_none().then(|| id::client_secret(cx.rng()));
        let value = self.client_secret.as_ref().or(generated.as_ref()).map_or("", String::as_str);
        let sealed = cx.app.sealer.seal(cx.rng(), SECRET, value.as_bytes());
        let now = cx.now();
        let mut tx = cx.begin().await?;
        if !store::touch(&mut tx, &client.pool_id, &client.id, now).await? {
            return Err(ApiError::no_such_client(&client.id));
        }
        let held = store::secrets(&mut tx, &client.pool_id, &client.id).await?;
        if held.len() >= MAX {
            return Err(ApiError::limit_exceeded(format!("Client {} has {MAX} secrets already.", client.id)));
        }
        // The time names the secret: no two of a client's are of the same.
        let created_at = held.iter().fold(now, |at, (other,)| at.max(other + 1));
        store::insert_secret(&mut tx, &client.pool_id, &client.id, created_at, &sealed).await?;
        tx.commit().await?;
        cx.app.caches.clients.invalidate(&client.id);
        let descriptor = Descriptor { client_secret_value: generated, ..Descriptor::of(&client.id, created_at) };
        Ok(Added { client_secret_descriptor: descriptor })
    }
}
