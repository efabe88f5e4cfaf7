//! The table `outbox`.

use crate::store::{Result, Tx, sql};

/// A message as it is stored, sealed.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
    pub id: String,
    pub pool_id: String,
    pub channel: String,
    pub kind: String,
    pub message: Vec<u8>,
    pub created_at: i64,
    /// When to give it up.
    pub give_up_at: i64,
    pub attempts: i64,
    pub last_error: Option<String>,
}

/// A message that is queued.
pub struct New<'a> {
    pub id: &'a str,
    pub pool_id: &'a str,
    pub channel: &'a str,
    pub kind: &'a str,
    pub message: &'a [u8],
    pub now: i64,
    /// When to send it; nobody does where there is no value.
    pub due_at: Option<i64>,
    pub give_up_at: i64,
}

pub async fn insert(tx: &mut Tx, new: &New<'_>) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO outbox (id, pool_id, channel, kind, message, created_at, due_at, give_up_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.id,
        new.pool_id,
        new.channel,
        new.kind,
        new.message,
        new.now,
        new.due_at,
        new.give_up_at
    )?;
    Ok(())
}

/// How many messages of a pool wait to be sent, counted up to a limit.
pub async fn waiting(tx: &mut Tx, pool_id: &str, limit: i64) -> Result<i64> {
    let (count,) = sql!(
        fetch_one (i64,); tx,
        "SELECT COUNT(*) FROM (SELECT id FROM outbox WHERE pool_id = $1 AND due_at IS NOT NULL LIMIT $2) AS waiting",
        pool_id,
        limit
    )?;
    Ok(count)
}

/// How many messages wait to be sent in all, counted up to a limit.
pub async fn all_waiting(tx: &mut Tx, limit: i64) -> Result<i64> {
    let (count,) =
        sql!(fetch_one (i64,); tx, "SELECT COUNT(*) FROM (SELECT id FROM outbox WHERE due_at IS NOT NULL LIMIT $1) AS waiting", limit)?;
    Ok(count)
}

/// Takes messages of a channel that are due, for a while: a server that dies with them leaves them to the next.
pub async fn claim(tx: &mut Tx, channel: &str, now: i64, until: i64, limit: i64) -> Result<Vec<Row>> {
    sql!(
        fetch_all Row; tx,
        "UPDATE outbox SET claimed_until = $3, attempts = attempts + 1
         WHERE claimed_until <= $2
           AND id IN (SELECT id FROM outbox WHERE channel = $1 AND due_at <= $2 AND claimed_until <= $2 ORDER BY due_at LIMIT $4)
         RETURNING id, pool_id, channel, kind, message, created_at, COALESCE(give_up_at, created_at + 86400000) AS give_up_at, attempts, last_error",
        channel,
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

/// When to try again; `None` gives up, and the message stays for an operator to see. `attempts` are those of the claim: a later one is another's.
pub async fn failed(tx: &mut Tx, id: &str, attempts: i64, due_at: Option<i64>, error: &str) -> Result<()> {
    sql!(
        tx,
        "UPDATE outbox SET due_at = $1, claimed_until = 0, last_error = $2 WHERE id = $3 AND attempts = $4",
        due_at,
        error,
        id,
        attempts
    )?;
    Ok(())
}

pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<Row>> {
    sql!(
        fetch_all Row; tx,
        "SELECT id, pool_id, channel, kind, message, created_at, COALESCE(give_up_at, created_at + 86400000) AS give_up_at, attempts, last_error
         FROM outbox ORDER BY created_at DESC, id DESC LIMIT $1",
        limit
    )
}

/// Messages that were given up, of one pool or of all, in the order of their ids, after `after`.
pub async fn undelivered(tx: &mut Tx, pool_id: Option<&str>, after: &str, limit: i64) -> Result<Vec<Row>> {
    sql!(
        fetch_all Row; tx,
        "SELECT id, pool_id, channel, kind, message, created_at, COALESCE(give_up_at, created_at + 86400000) AS give_up_at, attempts, last_error
         FROM outbox WHERE due_at IS NULL AND attempts > 0 AND id > $1 AND ($2 IS NULL OR pool_id = $2) ORDER BY id LIMIT $3",
        after,
        pool_id,
        limit
    )
}

/// Queues a message again that was given up, and whether there was one.
pub async fn requeue(tx: &mut Tx, id: &str, now: i64, give_up_at: i64) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE outbox SET due_at = $1, give_up_at = $2, attempts = 0, claimed_until = 0, last_error = NULL
         WHERE id = $3 AND due_at IS NULL AND attempts > 0",
        now,
        give_up_at,
        id
    )?;
    Ok(changed == 1)
}

/// Deletes a message that was given up, and whether there was one.
pub async fn drop_undelivered(tx: &mut Tx, id: &str) -> Result<bool> {
    let changed = sql!(tx, "DELETE FROM outbox WHERE id = $1 AND due_at IS NULL AND attempts > 0", id)?;
    Ok(changed == 1)
}

/// Forgets messages that nobody will send and that are older than this.
pub async fn sweep(tx: &mut Tx, before: i64) -> Result<()> {
    sql!(tx, "DELETE FROM outbox WHERE created_at < $1 AND due_at IS NULL", before)?;
    Ok(())
}

/// Forgets all but each pool's newest of the messages that nobody will send.
pub async fn trim(tx: &mut Tx, keep: i64) -> Result<()> {
    sql!(
        tx,
        "DELETE FROM outbox WHERE id IN (
           SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY pool_id ORDER BY created_at DESC, id DESC) AS place FROM outbox WHERE due_at IS NULL) AS placed
           WHERE place > $1)",
        keep
    )?;
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

/// Forgets everything.
#[cfg(test)]
pub async fn empty(tx: &mut Tx) -> Result<()> {
    sql!(tx, "DELETE FROM outbox")?;
    Ok(())
}
