//! The table `codes`.

use crate::store::{Result, Tx, sql};
use crate::users::User;

/// A code as it is stored.
#[derive(Debug, sqlx::FromRow)]
pub struct CodeRow {
    pub hash: String,
    pub destination: String,
    pub expires_at: i64,
}

pub async fn put(tx: &mut Tx, pool_id: &str, sub: &str, purpose: &str, code: &CodeRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO codes (pool_id, sub, purpose, hash, destination, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (pool_id, sub, purpose) DO UPDATE SET hash = excluded.hash, destination = excluded.destination, expires_at = excluded.expires_at",
        pool_id,
        sub,
        purpose,
        &code.hash,
        &code.destination,
        code.expires_at
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, pool_id: &str, sub: &str, purpose: &str) -> Result<Option<CodeRow>> {
    sql!(
        fetch_optional CodeRow; tx,
        "SELECT hash, destination, expires_at FROM codes WHERE pool_id = $1 AND sub = $2 AND purpose = $3",
        pool_id,
        sub,
        purpose
    )
}

/// Removes a code; whether it was there decides which of two uses at once counts.
pub async fn take(tx: &mut Tx, pool_id: &str, sub: &str, purpose: &str, hash: &str) -> Result<bool> {
    let taken = sql!(tx, "DELETE FROM codes WHERE pool_id = $1 AND sub = $2 AND purpose = $3 AND hash = $4", pool_id, sub, purpose, hash)?;
    Ok(taken == 1)
}

pub async fn remove(tx: &mut Tx, pool_id: &str, sub: &str, purpose: &str) -> Result<()> {
    sql!(tx, "DELETE FROM codes WHERE pool_id = $1 AND sub = $2 AND purpose = $3", pool_id, sub, purpose)?;
    Ok(())
}

/// Codes that have had their time.
pub async fn sweep(tx: &mut Tx, now: i64) -> Result<()> {
    sql!(tx, "DELETE FROM codes WHERE expires_at <= $1", now - crate::kit::clock::DAY)?;
    Ok(())
}

/// A reset code must not outlive the address that it was sent to.
pub async fn drop_misdirected(tx: &mut Tx, user: &User) -> Result<()> {
    sql!(
        tx,
        "DELETE FROM codes WHERE pool_id = $1 AND sub = $2 AND purpose = 'reset_password' AND destination <> $3 AND destination <> $4",
        &user.pool_id,
        &user.sub,
        user.attribute("email").unwrap_or_default(),
        user.attribute("phone_number").unwrap_or_default()
    )?;
    Ok(())
}
