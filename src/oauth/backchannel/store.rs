//! The table `logout_notices`.

use crate::store::{Result, Tx, sql};

#[derive(Debug, sqlx::FromRow)]
pub struct Notice {
    pub pool_id: String,
    pub client_id: String,
    pub sub: String,
    /// Empty where no browser's session ended.
    pub sid: String,
    pub first_at: i64,
    pub attempts: i64,
}

/// Queues a notice. One that is queued already is tried anew.
pub async fn insert(tx: &mut Tx, pool_id: &str, client_id: &str, sub: &str, sid: &str) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO logout_notices (pool_id, client_id, sub, sid) VALUES ($1, $2, $3, $4)
         ON CONFLICT (pool_id, client_id, sub, sid) DO UPDATE SET first_at = 0, due_at = 0, attempts = 0, claimed_until = 0",
        pool_id,
        client_id,
        sub,
        sid
    )?;
    Ok(())
}

/// Takes notices that are due, for a while: a server that dies with them leaves them to the next.
pub async fn claim(tx: &mut Tx, now: i64, until: i64, limit: i64) -> Result<Vec<Notice>> {
    sql!(
        fetch_all Notice; tx,
        "UPDATE logout_notices SET claimed_until = $2, attempts = attempts + 1, first_at = CASE WHEN first_at = 0 THEN $1 ELSE first_at END
         WHERE claimed_until <= $1 AND (pool_id, client_id, sub, sid) IN (
            SELECT pool_id, client_id, sub, sid FROM logout_notices WHERE due_at <= $1 AND claimed_until <= $1 ORDER BY due_at LIMIT $3)
         RETURNING pool_id, client_id, sub, sid, first_at, attempts",
        now,
        until,
        limit
    )
}

/// Forgets a notice, unless it was queued anew meanwhile.
pub async fn done(tx: &mut Tx, n: &Notice) -> Result<()> {
    sql!(
        tx,
        "DELETE FROM logout_notices WHERE pool_id = $1 AND client_id = $2 AND sub = $3 AND sid = $4 AND attempts = $5",
        &n.pool_id,
        &n.client_id,
        &n.sub,
        &n.sid,
        n.attempts
    )?;
    Ok(())
}

pub async fn failed(tx: &mut Tx, n: &Notice, due_at: i64, error: &str) -> Result<()> {
    sql!(
        tx,
        "UPDATE logout_notices SET due_at = $1, claimed_until = 0, last_error = $2
         WHERE pool_id = $3 AND client_id = $4 AND sub = $5 AND sid = $6 AND attempts = $7",
        due_at,
        error,
        &n.pool_id,
        &n.client_id,
        &n.sub,
        &n.sid,
        n.attempts
    )?;
    Ok(())
}
