//! The table `clients`.

use super::settings::Settings;
use crate::store::{Json, Result, Tx, sql};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ClientRow {
    pub pool_id: String,
    pub id: String,
    pub settings: Json<Settings>,
    pub secret: Option<Vec<u8>>,
    pub created_at: i64,
    pub modified_at: i64,
}

pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<ClientRow>> {
    sql!(fetch_optional ClientRow; tx, "SELECT pool_id, id, settings, secret, created_at, modified_at FROM clients WHERE id = $1", id)
}

pub async fn insert(tx: &mut Tx, client: &ClientRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO clients (pool_id, id, settings, secret, created_at, modified_at) VALUES ($1, $2, $3, $4, $5, $6)",
        &client.pool_id,
        &client.id,
        Json(&client.settings.0),
        &client.secret,
        client.created_at,
        client.modified_at
    )?;
    Ok(())
}

pub async fn update(tx: &mut Tx, pool_id: &str, id: &str, settings: &Settings, now: i64) -> Result<bool> {
    let changed =
        sql!(tx, "UPDATE clients SET settings = $1, modified_at = $2 WHERE pool_id = $3 AND id = $4", Json(settings), now, pool_id, id)?;
    Ok(changed == 1)
}

pub async fn delete(tx: &mut Tx, pool_id: &str, id: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM clients WHERE pool_id = $1 AND id = $2", pool_id, id)? == 1)
}

/// Clients in the order of their ids, after `after`.
pub async fn list(tx: &mut Tx, pool_id: &str, after: &str, limit: i64) -> Result<Vec<ClientRow>> {
    sql!(
        fetch_all ClientRow; tx,
        "SELECT pool_id, id, settings, secret, created_at, modified_at FROM clients WHERE pool_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        pool_id,
        after,
        limit
    )
}

/// Every sealed secret, for re-sealing under a new master key.
pub async fn sealed(tx: &mut Tx) -> Result<Vec<(String, String, Vec<u8>)>> {
    sql!(fetch_all (String, String, Vec<u8>); tx, "SELECT pool_id, id, secret FROM clients WHERE secret IS NOT NULL")
}

pub async fn reseal(tx: &mut Tx, pool_id: &str, id: &str, secret: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE clients SET secret = $1 WHERE pool_id = $2 AND id = $3", secret, pool_id, id)?;
    Ok(())
}
