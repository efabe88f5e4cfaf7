//! The table `pushed_requests`.

use crate::store::{Result, Tx, sql};

#[derive(Debug, sqlx::FromRow)]
pub struct Pushed {
    pub client_id: String,
    /// Form-encoded.
    pub parameters: String,
    pub expires_at: i64,
}

pub async fn insert(tx: &mut Tx, pool_id: &str, hash: &str, pushed: &Pushed) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO pushed_requests (pool_id, hash, client_id, parameters, expires_at) VALUES ($1, $2, $3, $4, $5)",
        pool_id,
        hash,
        &pushed.client_id,
        &pushed.parameters,
        pushed.expires_at
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<Option<Pushed>> {
    sql!(
        fetch_optional Pushed; tx,
        "SELECT client_id, parameters, expires_at FROM pushed_requests WHERE pool_id = $1 AND hash = $2",
        pool_id,
        hash
    )
}

/// Uses a request up, and whether it was there to be used.
pub async fn consume(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM pushed_requests WHERE pool_id = $1 AND hash = $2", pool_id, hash)? == 1)
}

/// A request that was taken up may be under way in the pages for a while.
pub async fn sweep(tx: &mut Tx, before: i64) -> Result<()> {
    sql!(tx, "DELETE FROM pushed_requests WHERE expires_at < $1", before)?;
    Ok(())
}
