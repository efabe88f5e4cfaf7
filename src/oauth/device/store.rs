//! The table `device_grants`.

use crate::store::{Result, Tx, sql};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Grant {
    pub pool_id: String,
    pub hash: String,
    pub user_code_hash: String,
    pub client_id: String,
    pub scope: String,
    pub status: String,
    pub poll_interval: i64,
    pub polled_at: i64,
    pub expires_at: i64,
    pub sub: Option<String>,
    pub decided_at: Option<i64>,
    pub auth_time: Option<i64>,
    pub amr: Option<String>,
    pub event_id: Option<String>,
    pub origin_session_id: Option<String>,
}

pub const PENDING: &str = "pending";
pub const APPROVED: &str = "approved";
pub const DENIED: &str = "denied";
pub const REDEEMED: &str = "redeemed";

/// A new grant. `Duplicate` where another has its user code.
pub async fn insert(tx: &mut Tx, g: &Grant) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO device_grants (pool_id, hash, user_code_hash, client_id, scope, status, poll_interval, polled_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &g.pool_id,
        &g.hash,
        &g.user_code_hash,
        &g.client_id,
        &g.scope,
        &g.status,
        g.poll_interval,
        g.polled_at,
        g.expires_at
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<Option<Grant>> {
    sql!(
        fetch_optional Grant; tx,
        "SELECT pool_id, hash, user_code_hash, client_id, scope, status, poll_interval, polled_at, expires_at, sub, decided_at, auth_time,
            amr, event_id, origin_session_id
         FROM device_grants WHERE pool_id = $1 AND hash = $2",
        pool_id,
        hash
    )
}

pub async fn find_by_user_code(tx: &mut Tx, pool_id: &str, user_code_hash: &str) -> Result<Option<Grant>> {
    sql!(
        fetch_optional Grant; tx,
        "SELECT pool_id, hash, user_code_hash, client_id, scope, status, poll_interval, polled_at, expires_at, sub, decided_at, auth_time,
            amr, event_id, origin_session_id
         FROM device_grants WHERE pool_id = $1 AND user_code_hash = $2",
        pool_id,
        user_code_hash
    )
}

/// Notes that the device asked, unless it asked meanwhile.
pub async fn note_poll(tx: &mut Tx, grant: &Grant, now: i64, interval: i64) -> Result<()> {
    sql!(
        tx,
        "UPDATE device_grants SET polled_at = $1, poll_interval = $2 WHERE pool_id = $3 AND hash = $4 AND polled_at <= $1",
        now,
        interval,
        &grant.pool_id,
        &grant.hash
    )?;
    Ok(())
}

/// A person's decision: that of the first, while there is something to decide. Whoever decided is in `g`.
pub async fn decide(tx: &mut Tx, g: &Grant, now: i64) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE device_grants SET status = $1, sub = $2, decided_at = $3, auth_time = $4, amr = $5, event_id = $6, origin_session_id = $7
         WHERE pool_id = $8 AND hash = $9 AND status = 'pending' AND expires_at > $3",
        &g.status,
        &g.sub,
        now,
        g.auth_time,
        &g.amr,
        &g.event_id,
        &g.origin_session_id,
        &g.pool_id,
        &g.hash
    )?;
    Ok(changed == 1)
}

/// Gives an approved grant away. Of two at the same time, one gets it.
pub async fn redeem(tx: &mut Tx, grant: &Grant) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE device_grants SET status = 'redeemed' WHERE pool_id = $1 AND hash = $2 AND status = 'approved'",
        &grant.pool_id,
        &grant.hash
    )?;
    Ok(changed == 1)
}

/// Makes what a user, or one of the user's sessions in a browser, has approved and no device has fetched yet good for nothing.
pub async fn void_approved(tx: &mut Tx, pool_id: &str, sub: &str, session_id: Option<&str>) -> Result<()> {
    sql!(
        tx,
        "UPDATE device_grants SET status = 'denied'
         WHERE pool_id = $1 AND sub = $2 AND status = 'approved' AND ($3 IS NULL OR origin_session_id = $3)",
        pool_id,
        sub,
        session_id
    )?;
    Ok(())
}

/// Kept for an hour longer, so that a device that comes too late is told so.
pub async fn sweep(tx: &mut Tx, now: i64) -> Result<()> {
    sql!(tx, "DELETE FROM device_grants WHERE expires_at < $1", now - crate::kit::clock::HOUR)?;
    Ok(())
}
