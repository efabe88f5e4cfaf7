//! An app client.

use super::settings::{PreventUserExistenceErrors, Settings};
use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::{MINUTE, Millis};
use std::ops::Deref;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A client as it is cached: its secret open.
pub struct Client {
    pub pool_id: String,
    pub id: String,
    pub settings: Settings,
    pub secret: Option<Zeroizing<String>>,
    pub created_at: Millis,
    pub modified_at: Millis,
}

impl Deref for Client {
    type Target = Settings;
    fn deref(&self) -> &Settings {
        &self.settings
    }
}

/// The purpose that client secrets are sealed for.
pub const SECRET: &str = "client secret";

/// The client of this id, in whichever pool. Cached like pools are.
pub async fn load(cx: &mut Cx, id: &str) -> Result<Arc<Client>> {
    if let Some(client) = cx.app.caches.clients.get(id) {
        return Ok(client);
    }
    if id.contains('\0') {
        return Err(ApiError::no_such_client("?"));
    }
    let row = super::store::find(&mut *cx.read().await?, id).await?.ok_or_else(|| ApiError::no_such_client(id))?;
    let client = Arc::new(open(cx, row)?);
    cx.app.caches.clients.insert(id.to_owned(), client.clone());
    Ok(client)
}

/// The client of this id in this pool.
pub async fn load_in(cx: &mut Cx, pool_id: &str, id: &str) -> Result<Arc<Client>> {
    let pool = crate::pools::load(cx, pool_id).await?;
    let client = load(cx, id).await?;
    if client.pool_id == pool.id { Ok(client) } else { Err(ApiError::no_such_client(id)) }
}

/// A stored client with its secret open.
pub fn open(cx: &Cx, row: super::store::ClientRow) -> anyhow::Result<Client> {
    let secret = row.secret.map(|sealed| {
        let open = cx.app.sealer.open(SECRET, &sealed);
        let text = open.and_then(|s| String::from_utf8(s.to_vec()).ok());
        text.map(Zeroizing::new).ok_or_else(|| anyhow::anyhow!("a client secret does not open with the master key"))
    });
    Ok(Client {
        pool_id: row.pool_id,
        id: row.id,
        settings: row.settings.0,
        secret: secret.transpose()?,
        created_at: row.created_at,
        modified_at: row.modified_at,
    })
}

impl Client {
    /// Whether unknown users are answered like known ones.
    pub fn hides_users(&self) -> bool {
        self.prevent_user_existence_errors == Some(PreventUserExistenceErrors::Enabled)
    }

    /// Whether tokens name their session, so that they can be revoked with it.
    pub fn names_sessions(&self) -> bool {
        self.enable_token_revocation.unwrap_or(true) || self.rotation().is_some()
    }

    /// How long a challenge may take.
    pub fn auth_session(&self) -> Millis {
        self.auth_session_validity.unwrap_or(3) * MINUTE
    }

    /// Whether one of these flows is enabled.
    pub fn allows(&self, flows: &[&str]) -> bool {
        self.explicit_auth_flows.iter().any(|f| flows.contains(&f.as_str()))
    }
}
