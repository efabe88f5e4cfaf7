//! The table `outbox`.

use crate::store::{Result, Tx, sql};

/// A message as it is stored, sealed.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
    pub id: String,
    pub channel: String,
    pub message: Vec<u8>,
    pub created_at: i64,
    pub attempts: i64,
}

pub async fn insert(tx: &mut Tx, id: &str, pool_id: &str, channel: &str, message: &[u8], now: i64, due_at: Option<i64>) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO outbox (id, pool_id, channel, message, created_at, due_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        pool_id,
        channel,
        message,
        now,
        due_at
    )?;
    Ok(())
}

/// Takes messages that are due, for a while: a server that dies with them leaves them to the next.
pub async fn claim(tx: &mut Tx, now: i64, until: i64, limit: i64) -> Result<Vec<Row>> {
    sql!(
        fetch_all Row; tx,
        "UPDATE outbox SET claimed_until = $2, attempts = attempts + 1
         WHERE claimed_until <= $1 AND id IN (SELECT id FROM outbox WHERE due_at <= $1 AND claimed_until <= $1 ORDER BY due_at LIMIT $3)
         RETURNING id, channel, message, created_at, attempts",
        now,
        until,
        limit
    )
}

/// A delivered message is forgotten: it holds an address and a code.
pub async fn delivered(tx: &mut Tx, id: &str) -> Result<()> {
    sql!(tx, "DELETE FROM outbox WHERE id = $1", id)?;
    Ok(())
}

/// When to try again; `None` gives up, and the message stays for an operator to see.
pub async fn failed(tx: &mut Tx, id: &str, due_at: Option<i64>, error: &str) -> Result<()> {
    sql!(tx, "UPDATE outbox SET due_at = $1, claimed_until = 0, last_error = $2 WHERE id = $3", due_at, error, id)?;
    Ok(())
}

pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<Row>> {
    sql!(fetch_all Row; tx, "SELECT id, channel, message, created_at, attempts FROM outbox ORDER BY created_at DESC, id DESC LIMIT $1", limit)
}

pub async fn sweep(tx: &mut Tx, before: i64) -> Result<()> {
    sql!(tx, "DELETE FROM outbox WHERE created_at < $1 AND due_at IS NULL", before)?;
    Ok(())
}

/// Every stored message, for re-sealing under a new master key.
pub async fn sealed(tx: &mut Tx) -> Result<Vec<(String, Vec<u8>)>> {
    sql!(fetch_all (String, Vec<u8>); tx, "SELECT id, message FROM outbox")
}

pub async fn reseal(tx: &mut Tx, id: &str, message: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE outbox SET message = $1 WHERE id = $2", message, id)?;
    Ok(())
}
