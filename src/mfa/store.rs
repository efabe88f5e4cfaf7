//! The table `software_tokens`.

use crate::store::{Result, Tx, given, sql};

/// An authenticator app as it is stored, its seed sealed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SoftwareToken {
    pub secret: Vec<u8>,
    pub name: Option<String>,
    pub last_step: i64,
}

/// The user's proved app, or the one that waits to be proved.
pub async fn find(tx: &mut Tx, pool_id: &str, sub: &str, verified: bool) -> Result<Option<SoftwareToken>> {
    sql!(
        fetch_optional SoftwareToken; tx,
        "SELECT secret, name, last_step FROM software_tokens WHERE pool_id = $1 AND sub = $2 AND verified = $3",
        pool_id,
        sub,
        verified
    )
}

/// A seed that waits to be proved, in place of one that waited before.
pub async fn put_pending(tx: &mut Tx, pool_id: &str, sub: &str, secret: &[u8], now: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO software_tokens (pool_id, sub, secret, verified, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (pool_id, sub, verified) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at",
        pool_id,
        sub,
        secret,
        false,
        now
    )?;
    Ok(())
}

/// Makes the waiting app the user's, if it still has this seed. Returns whether it had.
pub async fn promote(tx: &mut Tx, pool_id: &str, sub: &str, secret: &[u8], step: i64, name: Option<&str>) -> Result<bool> {
    sql!(tx, "DELETE FROM software_tokens WHERE pool_id = $1 AND sub = $2 AND verified = $3", pool_id, sub, true)?;
    let changed = sql!(
        tx,
        "UPDATE software_tokens SET verified = $1, last_step = $2, name = $3 WHERE pool_id = $4 AND sub = $5 AND verified = $6 AND secret = $7",
        true,
        step,
        name,
        pool_id,
        sub,
        false,
        secret
    )?;
    Ok(changed == 1)
}

/// Takes a time step: of two uses of one code, one finds it taken.
pub async fn take_step(tx: &mut Tx, pool_id: &str, sub: &str, step: i64) -> Result<bool> {
    let taken = sql!(
        tx,
        "UPDATE software_tokens SET last_step = $1 WHERE pool_id = $2 AND sub = $3 AND verified = $4 AND last_step < $1",
        step,
        pool_id,
        sub,
        true
    )?;
    Ok(taken == 1)
}

/// Forgets a user's apps, proved or waiting. Returns whether there was one.
pub async fn delete(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM software_tokens WHERE pool_id = $1 AND sub = $2", pool_id, sub)? > 0)
}

/// Every sealed seed, for re-sealing under a new master key.
pub async fn sealed(tx: &mut Tx) -> Result<Vec<(String, String, bool, Vec<u8>)>> {
    sql!(fetch_all (String, String, bool, Vec<u8>); tx, "SELECT pool_id, sub, verified, secret FROM software_tokens")
}

pub async fn reseal(tx: &mut Tx, pool_id: &str, sub: &str, verified: bool, old: &[u8], secret: &[u8]) -> Result<()> {
    sql!(
        tx,
        "UPDATE software_tokens SET secret = $1 WHERE pool_id = $2 AND sub = $3 AND verified = $4 AND secret = $5",
        secret,
        pool_id,
        sub,
        verified,
        old
    )?;
    Ok(())
}

/// A proved app and whose it is.
#[derive(sqlx::FromRow)]
pub struct ProvedRow {
    pub sub: String,
    /// sealed
    pub secret: Vec<u8>,
    pub name: Option<String>,
    pub last_step: i64,
    pub created_at: i64,
}

/// The proved apps of these users.
pub async fn proved_of(tx: &mut Tx, pool_id: &str, subs: &[String]) -> Result<Vec<ProvedRow>> {
    sql!(
        fetch_all ProvedRow; tx,
        given!(
            "SELECT t.sub, t.secret, t.name, t.last_step, t.created_at FROM given JOIN software_tokens t ON t.sub = given.sub
             WHERE t.pool_id = $1 AND t.verified = $4"
        ),
        pool_id,
        subs.concat(),
        subs.len() as i64,
        true
    )
}

/// Gives a user who has none an app that was proved elsewhere.
pub async fn insert_proved(tx: &mut Tx, pool_id: &str, row: &ProvedRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO software_tokens (pool_id, sub, secret, verified, name, last_step, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        pool_id,
        &row.sub,
        &row.secret,
        true,
        &row.name,
        row.last_step,
        row.created_at
    )?;
    Ok(())
}
