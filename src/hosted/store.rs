//! The tables `flows` and `browser_sessions`.

use super::flow::FlowState;
use crate::store::{Json, Result, Tx, sql};

#[derive(Debug, sqlx::FromRow)]
pub struct FlowRow {
    pub browser: String,
    pub state: Json<FlowState>,
    pub expires_at: i64,
}

pub async fn find_flow(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<Option<FlowRow>> {
    sql!(fetch_optional FlowRow; tx, "SELECT browser, state, expires_at FROM flows WHERE pool_id = $1 AND hash = $2", pool_id, hash)
}

pub async fn put_flow(tx: &mut Tx, pool_id: &str, hash: &str, flow: &FlowRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO flows (pool_id, hash, browser, state, expires_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (pool_id, hash) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at",
        pool_id,
        hash,
        &flow.browser,
        Json(&flow.state.0),
        flow.expires_at
    )?;
    Ok(())
}

pub async fn delete_flow(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<()> {
    sql!(tx, "DELETE FROM flows WHERE pool_id = $1 AND hash = $2", pool_id, hash)?;
    Ok(())
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    pub sub: String,
    /// `sso…`: what the session is called where it is listed.
    pub session_id: String,
    /// The client that it began on.
    pub client_id: String,
    pub auth_time: i64,
    /// How the person proved themselves (RFC 8176), separated by spaces.
    pub amr: String,
    /// The event that the sign-in was recorded as, where it was.
    pub event_id: Option<String>,
    pub expires_at: i64,
    pub last_active_at: i64,
    pub address: Option<String>,
    pub user_agent: Option<String>,
}

pub async fn find_session(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<Option<SessionRow>> {
    sql!(
        fetch_optional SessionRow; tx,
        "SELECT sub, session_id, client_id, auth_time, amr, event_id, expires_at, last_active_at, address, user_agent
         FROM browser_sessions WHERE pool_id = $1 AND hash = $2",
        pool_id,
        hash
    )
}

/// A user's sessions that have not ended, in the order of their ids, after `after`.
pub async fn live_sessions(tx: &mut Tx, pool_id: &str, sub: &str, now: i64, after: &str, limit: i64) -> Result<Vec<SessionRow>> {
    sql!(
        fetch_all SessionRow; tx,
        "SELECT sub, session_id, client_id, auth_time, amr, event_id, expires_at, last_active_at, address, user_agent
         FROM browser_sessions WHERE pool_id = $1 AND sub = $2 AND expires_at > $3 AND session_id > $4 ORDER BY session_id LIMIT $5",
        pool_id,
        sub,
        now,
        after,
        limit
    )
}

pub async fn insert_session(tx: &mut Tx, pool_id: &str, hash: &str, s: &SessionRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO browser_sessions (pool_id, hash, sub, session_id, client_id, auth_time, amr, event_id, expires_at, last_active_at, address, user_agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        pool_id,
        hash,
        &s.sub,
        &s.session_id,
        &s.client_id,
        s.auth_time,
        &s.amr,
        &s.event_id,
        s.expires_at,
        s.last_active_at,
        &s.address,
        &s.user_agent
    )?;
    Ok(())
}

/// Holds a session until the transaction ends, so that nobody ends it meanwhile, and whether there still is one. That it was used is noted
/// unless it was noted since `since`.
pub async fn hold_session(tx: &mut Tx, pool_id: &str, hash: &str, now: i64, since: i64) -> Result<bool> {
    let held = sql!(
        tx,
        "UPDATE browser_sessions SET last_active_at = CASE WHEN last_active_at <= $1 THEN $2 ELSE last_active_at END
         WHERE pool_id = $3 AND hash = $4",
        since,
        now,
        pool_id,
        hash
    )?;
    Ok(held == 1)
}

/// Notes that a session was used, unless that was noted since `since`.
pub async fn note_session_use(tx: &mut Tx, pool_id: &str, session_id: &str, now: i64, since: i64) -> Result<()> {
    sql!(
        tx,
        "UPDATE browser_sessions SET last_active_at = $1 WHERE pool_id = $2 AND session_id = $3 AND last_active_at <= $4",
        now,
        pool_id,
        session_id,
        since
    )?;
    Ok(())
}

/// Calls a session by the id of the one that it follows, whose row goes.
pub async fn succeed_session(tx: &mut Tx, pool_id: &str, hash: &str, sub: &str, session_id: &str) -> Result<()> {
    sql!(
        tx,
        "DELETE FROM browser_sessions WHERE pool_id = $1 AND sub = $2 AND session_id = $3 AND hash <> $4",
        pool_id,
        sub,
        session_id,
        hash
    )?;
    sql!(tx, "UPDATE browser_sessions SET session_id = $1 WHERE pool_id = $2 AND hash = $3", session_id, pool_id, hash)?;
    Ok(())
}

/// Deletes a user's session by its id, and whether there was one.
pub async fn delete_session_by_id(tx: &mut Tx, pool_id: &str, sub: &str, session_id: &str) -> Result<bool> {
    let gone = sql!(tx, "DELETE FROM browser_sessions WHERE pool_id = $1 AND sub = $2 AND session_id = $3", pool_id, sub, session_id)?;
    Ok(gone == 1)
}

/// Signs a user out of every browser, voids the codes that came of it and were not used yet, and has the applications told.
pub async fn end_browser_sessions(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<()> {
    crate::oauth::backchannel::tell_of_browsers(tx, pool_id, sub).await?;
    crate::oauth::store::void_all_unused(tx, pool_id, sub).await?;
    sql!(tx, "DELETE FROM browser_sessions WHERE pool_id = $1 AND sub = $2", pool_id, sub)?;
    Ok(())
}

pub async fn sweep(tx: &mut Tx, now: i64) -> Result<()> {
    sql!(tx, "DELETE FROM flows WHERE expires_at < $1", now)?;
    sql!(tx, "DELETE FROM browser_sessions WHERE expires_at < $1", now)?;
    Ok(())
}
