//! The tables `clients`, `client_secrets`, `registrations` and `resource_servers`.

use super::resource_server::{ResourceServer, Scope};
use super::settings::Settings;
use crate::store::{Json, Result, Tx, sql};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ClientRow {
    pub pool_id: String,
    pub id: String,
    pub settings: Json<Settings>,
    pub created_at: i64,
    pub modified_at: i64,
}

/// A client, one of its secrets and one of the resource servers that its scopes name: all that a client is, in one question.
#[derive(sqlx::FromRow)]
pub struct FoundRow {
    #[sqlx(flatten)]
    pub client: ClientRow,
    /// Present where it registered itself.
    pub registered_at: Option<i64>,
    pub secret_created_at: Option<i64>,
    pub secret: Option<Vec<u8>>,
    pub identifier: Option<String>,
    pub scopes: Option<Json<Vec<Scope>>>,
}

/// The client of this id: a row for each of its secrets, the oldest first, with each of its resource servers. Identifiers hold no character
/// that JSON or the pattern's escape would change; what the pattern finds too much, the reader leaves out.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Vec<FoundRow>> {
    sql!(
        fetch_all FoundRow; tx,
        "SELECT c.pool_id, c.id, c.settings, c.created_at, c.modified_at, g.created_at AS registered_at, s.created_at AS secret_created_at, s.secret,
            r.identifier, r.scopes
         FROM clients c
         LEFT JOIN registrations g ON g.pool_id = c.pool_id AND g.client_id = c.id
         LEFT JOIN client_secrets s ON s.pool_id = c.pool_id AND s.client_id = c.id
         LEFT JOIN resource_servers r ON r.pool_id = c.pool_id AND c.settings LIKE '%\"' || replace(replace(r.identifier, '%', '\\%'), '_', '\\_') || '/%' ESCAPE '\\'
         WHERE c.id = $1 ORDER BY s.created_at",
        id
    )
}

pub async fn insert(tx: &mut Tx, client: &ClientRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO clients (pool_id, id, settings, created_at, modified_at, backchannel_logout_uri) VALUES ($1, $2, $3, $4, $5, $6)",
        &client.pool_id,
        &client.id,
        Json(&client.settings.0),
        client.created_at,
        client.modified_at,
        client.settings.0.backchannel_logout_uri()
    )?;
    Ok(())
}

/// Holds a client until the transaction ends, and its settings as they are stored.
pub async fn hold(tx: &mut Tx, pool_id: &str, id: &str) -> Result<Option<Settings>> {
    let row = sql!(
        fetch_optional (Json<Settings>,); tx,
        "UPDATE clients SET id = id WHERE pool_id = $1 AND id = $2 RETURNING settings",
        pool_id,
        id
    )?;
    Ok(row.map(|(settings,)| settings.0))
}

pub async fn update(tx: &mut Tx, pool_id: &str, id: &str, settings: &Settings, now: i64) -> Result<()> {
    sql!(
        tx,
        "UPDATE clients SET settings = $1, modified_at = $2, backchannel_logout_uri = $5 WHERE pool_id = $3 AND id = $4",
        Json(settings),
        now,
        pool_id,
        id,
        settings.backchannel_logout_uri()
    )?;
    Ok(())
}

/// The clients of a pool that are told when sessions end.
pub async fn listeners(tx: &mut Tx, pool_id: &str) -> Result<Vec<(String,)>> {
    sql!(fetch_all (String,); tx, "SELECT id FROM clients WHERE pool_id = $1 AND backchannel_logout_uri IS NOT NULL", pool_id)
}

/// Marks a client as changed. Whoever changes its secrets does this first, so that two such changes follow one another.
pub async fn touch(tx: &mut Tx, pool_id: &str, id: &str, now: i64) -> Result<bool> {
    Ok(sql!(tx, "UPDATE clients SET modified_at = $1 WHERE pool_id = $2 AND id = $3", now, pool_id, id)? == 1)
}

pub async fn delete(tx: &mut Tx, pool_id: &str, id: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM clients WHERE pool_id = $1 AND id = $2", pool_id, id)? == 1)
}

/// Clients in the order of their ids, after `after`.
pub async fn list(tx: &mut Tx, pool_id: &str, after: &str, limit: i64) -> Result<Vec<ClientRow>> {
    sql!(
        fetch_all ClientRow; tx,
        "SELECT pool_id, id, settings, created_at, modified_at FROM clients WHERE pool_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        pool_id,
        after,
        limit
    )
}

pub async fn count(tx: &mut Tx, pool_id: &str) -> Result<i64> {
    let (count,) = sql!(fetch_one (i64,); tx, "SELECT COUNT(*) FROM clients WHERE pool_id = $1", pool_id)?;
    Ok(count)
}

pub async fn insert_secret(tx: &mut Tx, pool_id: &str, client_id: &str, created_at: i64, sealed: &[u8]) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO client_secrets (pool_id, client_id, created_at, secret) VALUES ($1, $2, $3, $4)",
        pool_id,
        client_id,
        created_at,
        sealed
    )?;
    Ok(())
}

/// When a client's secrets were made, the oldest first.
pub async fn secrets(tx: &mut Tx, pool_id: &str, client_id: &str) -> Result<Vec<(i64,)>> {
    sql!(
        fetch_all (i64,); tx,
        "SELECT created_at FROM client_secrets WHERE pool_id = $1 AND client_id = $2 ORDER BY created_at",
        pool_id,
        client_id
    )
}

pub async fn delete_secret(tx: &mut Tx, pool_id: &str, client_id: &str, created_at: i64) -> Result<()> {
    sql!(tx, "DELETE FROM client_secrets WHERE pool_id = $1 AND client_id = $2 AND created_at = $3", pool_id, client_id, created_at)?;
    Ok(())
}

/// The sealed secrets of a pool's clients: `(client, created_at, secret)`, each client's oldest first.
pub async fn secrets_of_pool(tx: &mut Tx, pool_id: &str) -> Result<Vec<(String, i64, Vec<u8>)>> {
    sql!(
        fetch_all (String, i64, Vec<u8>); tx,
        "SELECT client_id, created_at, secret FROM client_secrets WHERE pool_id = $1 ORDER BY created_at",
        pool_id
    )
}

/// Every sealed secret, for re-sealing under a new master key.
pub async fn sealed(tx: &mut Tx) -> Result<Vec<(String, String, i64, Vec<u8>)>> {
    sql!(fetch_all (String, String, i64, Vec<u8>); tx, "SELECT pool_id, client_id, created_at, secret FROM client_secrets")
}

pub async fn reseal(tx: &mut Tx, pool_id: &str, client_id: &str, created_at: i64, secret: &[u8]) -> Result<()> {
    sql!(
        tx,
        "UPDATE client_secrets SET secret = $1 WHERE pool_id = $2 AND client_id = $3 AND created_at = $4",
        secret,
        pool_id,
        client_id,
        created_at
    )?;
    Ok(())
}

/// What a client that registered itself manages itself with: the hash of its token, and whether it showed one to register.
pub async fn insert_registration(tx: &mut Tx, client: &ClientRow, token_hash: &str, authenticated: bool) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO registrations (pool_id, client_id, token_hash, authenticated, created_at) VALUES ($1, $2, $3, $4, $5)",
        &client.pool_id,
        &client.id,
        token_hash,
        authenticated,
        client.created_at
    )?;
    Ok(())
}

pub async fn find_registration(tx: &mut Tx, pool_id: &str, client_id: &str) -> Result<Option<(String, bool)>> {
    sql!(
        fetch_optional (String, bool); tx,
        "SELECT token_hash, authenticated FROM registrations WHERE pool_id = $1 AND client_id = $2",
        pool_id,
        client_id
    )
}

/// Which of a pool's clients registered themselves.
pub async fn registered(tx: &mut Tx, pool_id: &str) -> Result<Vec<(String,)>> {
    sql!(fetch_all (String,); tx, "SELECT client_id FROM registrations WHERE pool_id = $1", pool_id)
}

#[derive(sqlx::FromRow)]
struct ServerRow {
    pool_id: String,
    identifier: String,
    name: String,
    scopes: Json<Vec<Scope>>,
}

impl From<ServerRow> for ResourceServer {
    fn from(row: ServerRow) -> Self {
        Self { user_pool_id: row.pool_id, identifier: row.identifier, name: row.name, scopes: row.scopes.0 }
    }
}

/// A new resource server. `Duplicate` when the identifier is taken.
pub async fn insert_server(tx: &mut Tx, server: &ResourceServer) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO resource_servers (pool_id, identifier, name, scopes) VALUES ($1, $2, $3, $4)",
        &server.user_pool_id,
        &server.identifier,
        &server.name,
        Json(&server.scopes)
    )?;
    Ok(())
}

pub async fn update_server(tx: &mut Tx, server: &ResourceServer) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE resource_servers SET name = $1, scopes = $2 WHERE pool_id = $3 AND identifier = $4",
        &server.name,
        Json(&server.scopes),
        &server.user_pool_id,
        &server.identifier
    )?;
    Ok(changed == 1)
}

pub async fn delete_server(tx: &mut Tx, pool_id: &str, identifier: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM resource_servers WHERE pool_id = $1 AND identifier = $2", pool_id, identifier)? == 1)
}

pub async fn find_server(tx: &mut Tx, pool_id: &str, identifier: &str) -> Result<Option<ResourceServer>> {
    let row = sql!(
        fetch_optional ServerRow; tx,
        "SELECT pool_id, identifier, name, scopes FROM resource_servers WHERE pool_id = $1 AND identifier = $2",
        pool_id,
        identifier
    )?;
    Ok(row.map(ResourceServer::from))
}

/// The resource servers that these scopes may be of.
pub async fn servers_of(tx: &mut Tx, pool_id: &str, scopes: &[&str]) -> Result<Vec<ResourceServer>> {
    let rows = sql!(
        fetch_all ServerRow; tx,
        "SELECT pool_id, identifier, name, scopes FROM resource_servers WHERE pool_id = $1 AND $2 LIKE '%\"' || replace(replace(identifier, '%', '\\%'), '_', '\\_') || '/%' ESCAPE '\\'",
        pool_id,
        Json(scopes)
    )?;
    Ok(rows.into_iter().map(ResourceServer::from).collect())
}

/// Resource servers in the order of their identifiers, after `after`.
pub async fn list_servers(tx: &mut Tx, pool_id: &str, after: &str, limit: i64) -> Result<Vec<ResourceServer>> {
    let rows = sql!(
        fetch_all ServerRow; tx,
        "SELECT pool_id, identifier, name, scopes FROM resource_servers WHERE pool_id = $1 AND identifier > $2 ORDER BY identifier LIMIT $3",
        pool_id,
        after,
        limit
    )?;
    Ok(rows.into_iter().map(ResourceServer::from).collect())
}

pub async fn count_servers(tx: &mut Tx, pool_id: &str) -> Result<i64> {
    let (count,) = sql!(fetch_one (i64,); tx, "SELECT COUNT(*) FROM resource_servers WHERE pool_id = $1", pool_id)?;
    Ok(count)
}
