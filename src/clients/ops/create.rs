//! CreateUserPoolClient

use super::describe::{Described, UserPoolClient};
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::clients::client::{MAX, SECRET};
use crate::clients::settings::Settings;
use crate::clients::store::{self, ClientRow};
use crate::clients::{Client, flows, load, scopes};
use crate::kit::id;
use crate::store::Json;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserPoolClient {
    pub user_pool_id: String,
    #[serde(default)]
    pub generate_secret: bool,
    /// A secret of the caller's choice, 24 to 64 characters.
    #[serde(default)]
    pub client_secret: Option<String>,
    #[serde(flatten)]
    pub settings: Settings,
}

impl Operation for CreateUserPoolClient {
    const NAME: &'static str = "CreateUserPoolClient";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let id = id::client(cx.rng());
        let client = self.make(cx, id).await?;
        Ok(Described { user_pool_client: UserPoolClient::of(&client) })
    }
}

impl CreateUserPoolClient {
    /// Makes the client under an id that the caller chose.
    pub async fn make(self, cx: &mut Cx, id: String) -> Result<Arc<Client>> {
        self.store(cx, id, None).await
    }

    /// Makes a client that registers itself, with the hash of the token that it manages itself with, and whether it showed one.
    pub async fn register(self, cx: &mut Cx, id: String, token_hash: &str, authenticated: bool) -> Result<Arc<Client>> {
        self.store(cx, id, Some((token_hash, authenticated))).await
    }

    async fn store(self, cx: &mut Cx, id: String, registration: Option<(&str, bool)>) -> Result<Arc<Client>> {
        if self.generate_secret && self.client_secret.is_some() {
            return Err(ApiError::invalid_parameter("GenerateSecret and ClientSecret can not be set together."));
        }
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let secret = if self.generate_secret { Some(id::client_secret(cx.rng())) } else { self.client_secret };
        let settings = self.settings.with_defaults();
        flows::check(&settings, secret.is_some())?;
        settings.oauth().check(secret.is_some())?;
        settings.check(&pool)?;
        settings.check_context_data(secret.is_some())?;
        scopes::require(cx, &pool.id, &settings.allowed_o_auth_scopes).await?;
        crate::federation::check_named(cx, &pool, &settings.supported_identity_providers).await?;
        let sealed = secret.map(|s| cx.app.sealer.seal(cx.rng(), SECRET, s.as_bytes()));
        let now = cx.now();
        let row = ClientRow { pool_id: pool.id.clone(), id, settings: Json(settings), created_at: now, modified_at: now };
        let mut tx = cx.begin().await?;
        crate::pools::hold(&mut tx, &row.pool_id).await?;
        if store::count(&mut tx, &row.pool_id).await? >= MAX {
            return Err(ApiError::limit_exceeded(format!("A user pool can have at most {MAX} app clients.")));
        }
        store::insert(&mut tx, &row).await?;
        if let Some(sealed) = sealed {
            store::insert_secret(&mut tx, &row.pool_id, &row.id, now, &sealed).await?;
        }
        if let Some((token_hash, authenticated)) = registration {
            store::insert_registration(&mut tx, &row, token_hash, authenticated).await?;
        }
        tx.commit().await?;
        load(cx, &row.id).await
    }
}
