//! An app client.

use super::resource_server::{self, is_custom};
use super::scopes::REGISTRATION;
use super::secret::Secret;
use super::settings::{PreventUserExistenceErrors, Settings};
use super::store::FoundRow;
use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::{MINUTE, Millis};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;
use zeroize::Zeroizing;

/// How many clients a pool may have.
pub const MAX: i64 = 10_000;

/// A client as it is cached: its secrets open.
pub struct Client {
    pub pool_id: String,
    pub id: String,
    pub settings: Settings,
    /// The oldest first.
    pub secrets: Vec<Secret>,
    /// Custom scopes of the client's that no resource server defines any more. They may be asked for, and are granted nowhere.
    pub inactive_scopes: Vec<String>,
    /// Whether it registered itself.
    pub is_registered: bool,
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
    let rows = super::store::find(&mut *cx.read().await?, id).await?;
    let client = Arc::new(open(cx, rows)?.ok_or_else(|| ApiError::no_such_client(id))?);
    cx.app.caches.clients.insert(id.to_owned(), client.clone());
    Ok(client)
}

/// The client of this id in this pool.
pub async fn load_in(cx: &mut Cx, pool_id: &str, id: &str) -> Result<Arc<Client>> {
    let pool = crate::pools::load(cx, pool_id).await?;
    let client = load(cx, id).await?;
    if client.pool_id == pool.id { Ok(client) } else { Err(ApiError::no_such_client(id)) }
}

/// The client that these rows are about: each secret stands once for each resource server, and the other way round.
fn open(cx: &Cx, rows: Vec<FoundRow>) -> anyhow::Result<Option<Client>> {
    let (mut client, mut secrets, mut servers) = (None, BTreeMap::new(), BTreeMap::new());
    let is_registered = rows.iter().any(|row| row.registered_at.is_some());
    for row in rows {
        client = Some(row.client);
        if let (Some(created_at), Some(sealed)) = (row.secret_created_at, row.secret) {
            secrets.insert(created_at, sealed);
        }
        if let (Some(identifier), Some(scopes)) = (row.identifier, row.scopes) {
            servers.insert(identifier, scopes.0);
        }
    }
    let Some(client) = client else { return Ok(None) };
    let settings = client.settings.0;
    let active = |scope: &str| {
        scope == REGISTRATION || servers.iter().any(|(identifier, scopes)| resource_server::defines(identifier, scopes, scope))
    };
    let inactive = settings.allowed_o_auth_scopes.iter().filter(|scope| is_custom(scope) && !active(scope));
    Ok(Some(Client {
        pool_id: client.pool_id,
        id: client.id,
        inactive_scopes: inactive.cloned().collect(),
        is_registered,
        settings,
        secrets: secrets.into_iter().map(|(created_at, sealed)| open_secret(cx, created_at, &sealed)).collect::<anyhow::Result<_>>()?,
        created_at: client.created_at,
        modified_at: client.modified_at,
    }))
}

fn open_secret(cx: &Cx, created_at: Millis, sealed: &[u8]) -> anyhow::Result<Secret> {
    let text = cx.app.sealer.open(SECRET, sealed).and_then(|s| String::from_utf8(s.to_vec()).ok());
    let value = text.map(Zeroizing::new).ok_or_else(|| anyhow::anyhow!("a client secret does not open with the master key"))?;
    Ok(Secret { created_at, value })
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

    /// A client that registered itself has the secret that it was told then.
    pub fn refuse_registered(&self) -> Result<()> {
        if self.is_registered {
            return Err(ApiError::unsupported_operation("Secrets of dynamically registered clients can not be managed."));
        }
        Ok(())
    }

    /// How long a challenge may take.
    pub fn auth_session(&self) -> Millis {
        self.auth_session_validity.unwrap_or(3) * MINUTE
    }

    /// Whether one of these flows is enabled.
    pub fn allows(&self, flows: &[&str]) -> bool {
        self.auth_flows().any(|f| flows.contains(&f))
    }

    /// Whether the client may have a scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.allowed_o_auth_scopes.iter().any(|s| s == scope)
    }

    pub fn is_inactive(&self, scope: &str) -> bool {
        self.inactive_scopes.iter().any(|s| s == scope)
    }

    /// Granted scopes, separated by spaces, as a token names them: without those that have been deleted since.
    pub fn active<'a>(&self, scope: &'a str) -> Cow<'a, str> {
        if self.inactive_scopes.is_empty() {
            return Cow::Borrowed(scope);
        }
        Cow::Owned(scope.split(' ').filter(|s| !self.is_inactive(s)).collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
impl Client {
    /// A public client with these settings.
    pub fn sample(settings: Settings) -> Self {
        Self {
            pool_id: "us-east-1_Test".into(),
            id: "c".into(),
            settings,
            secrets: Vec::new(),
            inactive_scopes: Vec::new(),
            is_registered: false,
            created_at: 0,
            modified_at: 0,
        }
    }
}
