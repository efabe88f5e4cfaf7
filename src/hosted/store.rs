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
    pub auth_time: i64,
    pub expires_at: i64,
}

pub async fn find_session(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<Option<SessionRow>> {
    sql!(
        fetch_optional SessionRow; tx,
        "SELECT sub, auth_time, expires_at FROM browser_sessions WHERE pool_id = $1 AND hash = $2",
        pool_id,
        hash
    )
}

pub async fn insert_session(tx: &mut Tx, pool_id: &str, hash: &str, session: &SessionRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO browser_sessions (pool_id, hash, sub, auth_time, expires_at) VALUES ($1, $2, $3, $4, $5)",
        pool_id,
        hash,
        &session.sub,
        session.auth_time,
        session.expires_at
    )?;
    Ok(())
}

pub async fn delete_session(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<()> {
    sql!(tx, "DELETE FROM browser_sessions WHERE pool_id = $1 AND hash = $2", pool_id, hash)?;
    Ok(())
}

/// Signs a user out of every browser.
pub async fn end_browser_sessions(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<()> {
    sql!(tx, "DELETE FROM browser_sessions WHERE pool_id = $1 AND sub = $2", pool_id, sub)?;
    Ok(())
}

pub async fn sweep(tx: &mut Tx, now: i64) -> Result<()> {
    sql!(tx, "DELETE FROM flows WHERE expires_at < $1", now)?;
    sql!(tx, "DELETE FROM browser_sessions WHERE expires_at < $1", now)?;
    Ok(())
}
