//! The table `authorization_codes`.

use crate::store::{Json, Result, Tx, sql};
use crate::tokens::requested::Requested;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Code {
    pub pool_id: String,
    pub hash: String,
    pub client_id: String,
    pub sub: String,
    pub redirect_uri: String,
    pub scope: String,
    pub nonce: Option<String>,
    pub code_challenge: Option<String>,
    pub auth_time: i64,
    /// How the person proved themselves to the browser's session that gave the code, and what that session and its event are called.
    pub amr: String,
    pub event_id: Option<String>,
    pub origin_session_id: Option<String>,
    /// The level that the sign-in reached, and what its tokens say beyond the scopes.
    pub acr: Option<String>,
    pub requested: Json<Requested>,
    /// The key that it is bound to.
    pub dpop_jkt: Option<String>,
    pub expires_at: i64,
    /// The session that the code gave, once it was used.
    pub origin_jti: Option<String>,
}

pub async fn insert(tx: &mut Tx, c: &Code) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO authorization_codes (pool_id, hash, client_id, sub, redirect_uri, scope, nonce, code_challenge, auth_time, amr, event_id,
            origin_session_id, expires_at, acr, requested, dpop_jkt)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        &c.pool_id,
        &c.hash,
        &c.client_id,
        &c.sub,
        &c.redirect_uri,
        &c.scope,
        &c.nonce,
        &c.code_challenge,
        c.auth_time,
        &c.amr,
        &c.event_id,
        &c.origin_session_id,
        c.expires_at,
        &c.acr,
        Json(&c.requested.0),
        &c.dpop_jkt
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<Option<Code>> {
    sql!(
        fetch_optional Code; tx,
        "SELECT pool_id, hash, client_id, sub, redirect_uri, scope, nonce, code_challenge, auth_time, amr, event_id, origin_session_id,
            expires_at, origin_jti, acr, requested, dpop_jkt
         FROM authorization_codes WHERE pool_id = $1 AND hash = $2",
        pool_id,
        hash
    )
}

/// Marks a code as used by a session. Of two uses at the same time, one finds it used.
pub async fn redeem(tx: &mut Tx, pool_id: &str, hash: &str, origin_jti: &str) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE authorization_codes SET origin_jti = $1 WHERE pool_id = $2 AND hash = $3 AND origin_jti IS NULL",
        origin_jti,
        pool_id,
        hash
    )?;
    Ok(changed == 1)
}

/// Makes the codes of a browser's session that nobody has used yet good for nothing.
pub async fn void_all_unused(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<()> {
    sql!(tx, "DELETE FROM authorization_codes WHERE pool_id = $1 AND sub = $2 AND origin_jti IS NULL", pool_id, sub)?;
    super::device::store::void_approved(tx, pool_id, sub, None).await
}

pub async fn void_unused(tx: &mut Tx, pool_id: &str, sub: &str, session_id: &str) -> Result<()> {
    sql!(
        tx,
        "DELETE FROM authorization_codes WHERE pool_id = $1 AND sub = $2 AND origin_session_id = $3 AND origin_jti IS NULL",
        pool_id,
        sub,
        session_id
    )?;
    super::device::store::void_approved(tx, pool_id, sub, Some(session_id)).await
}

/// Used codes are kept for a day, so that a second use can still revoke what the first gave.
pub async fn sweep(tx: &mut Tx, now: i64) -> Result<()> {
    sql!(tx, "DELETE FROM authorization_codes WHERE expires_at < $1", now - crate::kit::clock::DAY)?;
    super::device::store::sweep(tx, now).await
}
