//! The tables `sender_events` and `pool_migrations`.

use super::upstream::Upstream;
use crate::store::{Json, Result, Tx, sql};

/// A call to a function that sends a message, sealed.
#[derive(Debug, sqlx::FromRow)]
pub struct EventRow {
    pub id: String,
    pub pool_id: String,
    pub event: Vec<u8>,
    pub attempts: i64,
}

pub async fn insert_event(tx: &mut Tx, pool_id: &str, id: &str, event: &[u8], now: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO sender_events (pool_id, id, event, created_at, due_at, attempts, claimed_until) VALUES ($1, $2, $3, $4, $4, 0, 0)",
        pool_id,
        id,
        event,
        now
    )?;
    Ok(())
}

/// Takes calls that are due, for a while: a server that dies with them leaves them to the next.
pub async fn claim_events(tx: &mut Tx, now: i64, until: i64, limit: i64) -> Result<Vec<EventRow>> {
    sql!(
        fetch_all EventRow; tx,
        "UPDATE sender_events SET claimed_until = $2, attempts = attempts + 1
         WHERE claimed_until <= $1 AND id IN (SELECT id FROM sender_events WHERE due_at <= $1 AND claimed_until <= $1 ORDER BY due_at LIMIT $3)
         RETURNING id, pool_id, event, attempts",
        now,
        until,
        limit
    )
}

pub async fn retry_event(tx: &mut Tx, pool_id: &str, id: &str, due_at: i64) -> Result<()> {
    sql!(tx, "UPDATE sender_events SET due_at = $1, claimed_until = 0 WHERE pool_id = $2 AND id = $3", due_at, pool_id, id)?;
    Ok(())
}

/// A call that was made, or given up, is forgotten: it holds an address.
pub async fn delete_event(tx: &mut Tx, pool_id: &str, id: &str) -> Result<()> {
    sql!(tx, "DELETE FROM sender_events WHERE pool_id = $1 AND id = $2", pool_id, id)?;
    Ok(())
}

/// Every call that waits, for re-sealing under a new master key.
pub async fn sealed_events(tx: &mut Tx) -> Result<Vec<(String, String, Vec<u8>)>> {
    sql!(fetch_all (String, String, Vec<u8>); tx, "SELECT pool_id, id, event FROM sender_events")
}

pub async fn reseal_event(tx: &mut Tx, pool_id: &str, id: &str, event: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE sender_events SET event = $1 WHERE pool_id = $2 AND id = $3", event, pool_id, id)?;
    Ok(())
}

/// Where a pool's users come from: what is told, and the secrets, sealed.
pub async fn migration(tx: &mut Tx, pool_id: &str) -> Result<Option<(Upstream, Vec<u8>)>> {
    let row =
        sql!(fetch_optional (Json<Upstream>, Vec<u8>); tx, "SELECT settings, secrets FROM pool_migrations WHERE pool_id = $1", pool_id)?;
    Ok(row.map(|(settings, secrets)| (settings.0, secrets)))
}

pub async fn put_migration(tx: &mut Tx, pool_id: &str, settings: &Upstream, secrets: &[u8]) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO pool_migrations (pool_id, settings, secrets) VALUES ($1, $2, $3)
         ON CONFLICT (pool_id) DO UPDATE SET settings = excluded.settings, secrets = excluded.secrets",
        pool_id,
        Json(settings),
        secrets
    )?;
    Ok(())
}

pub async fn delete_migration(tx: &mut Tx, pool_id: &str) -> Result<()> {
    sql!(tx, "DELETE FROM pool_migrations WHERE pool_id = $1", pool_id)?;
    Ok(())
}

pub async fn sealed_migrations(tx: &mut Tx) -> Result<Vec<(String, Vec<u8>)>> {
    sql!(fetch_all (String, Vec<u8>); tx, "SELECT pool_id, secrets FROM pool_migrations")
}

pub async fn reseal_migration(tx: &mut Tx, pool_id: &str, before: &[u8], secrets: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE pool_migrations SET secrets = $1 WHERE pool_id = $2 AND secrets = $3", secrets, pool_id, before)?;
    Ok(())
}
