//! The table `sign_in_links`.

use crate::store::{Result, Tx, sql};

/// A link that was sent.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LinkRow {
    pub client_id: String,
    pub sub: String,
    /// The name that was given.
    pub username: String,
    pub destination: String,
    pub password_set_at: Option<i64>,
    pub flow: String,
    pub browser: String,
    pub expires_at: i64,
}

pub async fn insert(tx: &mut Tx, pool_id: &str, hash: &str, link: &LinkRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO sign_in_links (pool_id, hash, client_id, sub, username, destination, password_set_at, flow, browser, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        pool_id,
        hash,
        &link.client_id,
        &link.sub,
        &link.username,
        &link.destination,
        link.password_set_at,
        &link.flow,
        &link.browser,
        link.expires_at
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<Option<LinkRow>> {
    sql!(
        fetch_optional LinkRow; tx,
        "SELECT client_id, sub, username, destination, password_set_at, flow, browser, expires_at FROM sign_in_links WHERE pool_id = $1 AND hash = $2",
        pool_id,
        hash
    )
}

/// Uses a link up, and whether it was there: of two uses at the same time, one finds it gone.
pub async fn take(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<bool> {
    let gone = sql!(tx, "DELETE FROM sign_in_links WHERE pool_id = $1 AND hash = $2", pool_id, hash)?;
    Ok(gone == 1)
}

pub async fn sweep(tx: &mut Tx, now: i64) -> Result<()> {
    sql!(tx, "DELETE FROM sign_in_links WHERE expires_at < $1", now)?;
    Ok(())
}
