//! The tables `pool_keys`, `sessions` and `spent`.

use super::requested::Requested;
use crate::store::{Json, Result, Tx, sql};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeyRow {
    pub pool_id: String,
    pub kid: String,
    pub token_use: String,
    pub private_key: Vec<u8>,
    pub signs_from: i64,
}

/// A session as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Session {
    pub pool_id: String,
    pub origin_jti: String,
    pub sub: String,
    pub client_id: String,
    /// Whether it began at the OAuth endpoints rather than through the API.
    pub by_oauth: bool,
    /// Space-separated.
    pub scope: String,
    pub nonce: Option<String>,
    pub event_id: String,
    pub refresh_hash: String,
    pub auth_time: i64,
    pub expires_at: i64,
    pub revoked_at: Option<i64>,
    /// The device that the sign-in came from, where the pool remembers devices.
    pub device_key: Option<String>,
    /// How the person proved themselves (RFC 8176), separated by spaces; and the level that this reached.
    pub amr: String,
    pub acr: Option<String>,
    /// What its tokens say beyond the scopes.
    pub requested: Json<Requested>,
    /// `tkn…`: what the session is called where it is listed.
    pub session_id: String,
    /// The browser session that it came from, where there was one.
    pub origin_session_id: Option<String>,
    pub last_active_at: i64,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: i64,
}

/// Keys that are published now, the newest first.
pub async fn keys(tx: &mut Tx, pool_id: &str, now: i64) -> Result<Vec<KeyRow>> {
    sql!(
        fetch_all KeyRow; tx,
        "SELECT pool_id, kid, token_use, private_key, signs_from FROM pool_keys
         WHERE pool_id = $1 AND (retired_at IS NULL OR retired_at > $2) ORDER BY signs_from DESC, token_use DESC",
        pool_id,
        now
    )
}

pub async fn insert_key(tx: &mut Tx, key: &KeyRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO pool_keys (pool_id, kid, token_use, private_key, signs_from) VALUES ($1, $2, $3, $4, $5)",
        &key.pool_id,
        &key.kid,
        &key.token_use,
        &key.private_key,
        key.signs_from
    )?;
    Ok(())
}

pub async fn retire_keys(tx: &mut Tx, pool_id: &str, at: i64) -> Result<()> {
    sql!(tx, "UPDATE pool_keys SET retired_at = $1 WHERE pool_id = $2 AND retired_at IS NULL", at, pool_id)?;
    Ok(())
}

/// Pools whose newest key signs since before `before`.
pub async fn pools_with_keys_older_than(tx: &mut Tx, before: i64) -> Result<Vec<(String,)>> {
    sql!(fetch_all (String,); tx, "SELECT pool_id FROM pool_keys GROUP BY pool_id HAVING MAX(signs_from) < $1", before)
}

pub async fn delete_retired_keys(tx: &mut Tx, before: i64) -> Result<u64> {
    sql!(tx, "DELETE FROM pool_keys WHERE retired_at < $1", before)
}

/// Every sealed private key, for re-sealing under a new master key.
pub async fn sealed_keys(tx: &mut Tx) -> Result<Vec<KeyRow>> {
    sql!(fetch_all KeyRow; tx, "SELECT pool_id, kid, token_use, private_key, signs_from FROM pool_keys")
}

pub async fn reseal_key(tx: &mut Tx, key: &KeyRow) -> Result<()> {
    sql!(tx, "UPDATE pool_keys SET private_key = $1 WHERE pool_id = $2 AND kid = $3", &key.private_key, &key.pool_id, &key.kid)?;
    Ok(())
}

pub async fn insert_session(tx: &mut Tx, s: &Session) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO sessions (pool_id, origin_jti, sub, client_id, by_oauth, scope, nonce, event_id, refresh_hash, auth_time, expires_at,
            device_key, amr, acr, session_id, origin_session_id, last_active_at, address, user_agent, created_at,
            requested)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
            $21)",
        &s.pool_id,
        &s.origin_jti,
        &s.sub,
        &s.client_id,
        s.by_oauth,
        &s.scope,
        &s.nonce,
        &s.event_id,
        &s.refresh_hash,
        s.auth_time,
        s.expires_at,
        &s.device_key,
        &s.amr,
        &s.acr,
        &s.session_id,
        &s.origin_session_id,
        s.last_active_at,
        &s.address,
        &s.user_agent,
        s.created_at,
        Json(&s.requested.0)
    )?;
    Ok(())
}

pub async fn session(tx: &mut Tx, pool_id: &str, origin_jti: &str) -> Result<Option<Session>> {
    sql!(
        fetch_optional Session; tx,
        "SELECT pool_id, origin_jti, sub, client_id, by_oauth, scope, nonce, event_id, refresh_hash, auth_time, expires_at, revoked_at,
            requested,
            device_key, amr, acr, session_id, origin_session_id, last_active_at, address, user_agent, created_at
         FROM sessions WHERE pool_id = $1 AND origin_jti = $2",
        pool_id,
        origin_jti
    )
}

/// A session, and when a refresh token of it was superseded, if it was.
pub async fn session_and_spent(tx: &mut Tx, pool_id: &str, origin_jti: &str, spent_hash: &str) -> Result<Option<(Session, Option<i64>)>> {
    let row = sql!(
        fetch_optional SessionAndSpent; tx,
        "SELECT s.pool_id, s.origin_jti, s.sub, s.client_id, s.by_oauth, s.scope, s.nonce, s.event_id, s.refresh_hash, s.auth_time, s.expires_at, s.revoked_at,
            s.requested,
            s.device_key, s.amr, s.acr, s.session_id, s.origin_session_id, s.last_active_at, s.address, s.user_agent, s.created_at,
            (SELECT p.spent_at FROM spent p WHERE p.pool_id = s.pool_id AND p.hash = $3) AS spent_at
         FROM sessions s WHERE s.pool_id = $1 AND s.origin_jti = $2",
        pool_id,
        origin_jti,
        spent_hash
    )?;
    Ok(row.map(|r| (r.session, r.spent_at)))
}

#[derive(sqlx::FromRow)]
struct SessionAndSpent {
    #[sqlx(flatten)]
    session: Session,
    spent_at: Option<i64>,
}

pub async fn revoke_session(tx: &mut Tx, pool_id: &str, origin_jti: &str, now: i64) -> Result<()> {
    sql!(
        tx,
        "UPDATE sessions SET revoked_at = $1 WHERE pool_id = $2 AND origin_jti = $3 AND revoked_at IS NULL",
        now,
        pool_id,
        origin_jti
    )?;
    Ok(())
}

pub async fn revoke_sessions_of(tx: &mut Tx, pool_id: &str, sub: &str, now: i64) -> Result<()> {
    sql!(tx, "UPDATE sessions SET revoked_at = $1 WHERE pool_id = $2 AND sub = $3 AND revoked_at IS NULL", now, pool_id, sub)?;
    Ok(())
}

/// Revokes every session that began on a client: its refresh tokens are of no use without it.
pub async fn revoke_sessions_on(tx: &mut Tx, pool_id: &str, client_id: &str, now: i64) -> Result<()> {
    sql!(tx, "UPDATE sessions SET revoked_at = $1 WHERE pool_id = $2 AND client_id = $3 AND revoked_at IS NULL", now, pool_id, client_id)?;
    Ok(())
}

/// A user's sessions that have not ended, in the order of their ids, after `after`.
pub async fn live_sessions(tx: &mut Tx, pool_id: &str, sub: &str, now: i64, after: &str, limit: i64) -> Result<Vec<Session>> {
    sql!(
        fetch_all Session; tx,
        "SELECT pool_id, origin_jti, sub, client_id, by_oauth, scope, nonce, event_id, refresh_hash, auth_time, expires_at, revoked_at,
            requested,
            device_key, amr, acr, session_id, origin_session_id, last_active_at, address, user_agent, created_at
         FROM sessions WHERE pool_id = $1 AND sub = $2 AND revoked_at IS NULL AND expires_at > $3 AND session_id > $4
         ORDER BY session_id LIMIT $5",
        pool_id,
        sub,
        now,
        after,
        limit
    )
}

/// A user's session that has not ended, by its id.
pub async fn live_session(tx: &mut Tx, pool_id: &str, sub: &str, session_id: &str, now: i64) -> Result<Option<Session>> {
    sql!(
        fetch_optional Session; tx,
        "SELECT pool_id, origin_jti, sub, client_id, by_oauth, scope, nonce, event_id, refresh_hash, auth_time, expires_at, revoked_at,
            requested,
            device_key, amr, acr, session_id, origin_session_id, last_active_at, address, user_agent, created_at
         FROM sessions WHERE pool_id = $1 AND sub = $2 AND session_id = $3 AND revoked_at IS NULL AND expires_at > $4",
        pool_id,
        sub,
        session_id,
        now
    )
}

/// The clients that a user is signed in to, each with the browser's session that it came through, if any: of one of these sessions, or of all.
pub async fn signed_in_clients(tx: &mut Tx, pool_id: &str, sub: &str, browser: Option<&str>) -> Result<Vec<(String, Option<String>)>> {
    sql!(
        fetch_all (String, Option<String>); tx,
        "SELECT DISTINCT client_id, origin_session_id FROM sessions
         WHERE pool_id = $1 AND sub = $2 AND revoked_at IS NULL AND (origin_session_id = $3 OR $3 IS NULL)",
        pool_id,
        sub,
        browser
    )
}

/// What a session's tokens say beyond its scopes.
pub async fn requested(tx: &mut Tx, pool_id: &str, origin_jti: &str) -> Result<Requested> {
    let row = sql!(
        fetch_optional (Json<Requested>,); tx,
        "SELECT requested FROM sessions WHERE pool_id = $1 AND origin_jti = $2",
        pool_id,
        origin_jti
    )?;
    Ok(row.map(|(requested,)| requested.0).unwrap_or_default())
}

/// Ends the sessions of a user that came through a browser's.
pub async fn revoke_sessions_through(tx: &mut Tx, pool_id: &str, sub: &str, browser: &str, now: i64) -> Result<()> {
    sql!(
        tx,
        "UPDATE sessions SET revoked_at = $1 WHERE pool_id = $2 AND sub = $3 AND origin_session_id = $4 AND revoked_at IS NULL",
        now,
        pool_id,
        sub,
        browser
    )?;
    Ok(())
}

/// Ends the sessions that the user of a new one used least recently, so that `limit` are left with it.
pub async fn keep_newest_sessions(tx: &mut Tx, new: &Session, limit: i64) -> Result<()> {
    sql!(
        tx,
        "UPDATE sessions SET revoked_at = $1 WHERE pool_id = $2 AND sub = $3 AND revoked_at IS NULL AND expires_at > $1 AND origin_jti <> $4
            AND origin_jti NOT IN (
                SELECT origin_jti FROM sessions
                WHERE pool_id = $2 AND sub = $3 AND revoked_at IS NULL AND expires_at > $1 AND origin_jti <> $4
                ORDER BY last_active_at DESC, created_at DESC, session_id DESC LIMIT $5)",
        new.created_at,
        &new.pool_id,
        &new.sub,
        &new.origin_jti,
        limit - 1
    )?;
    Ok(())
}

pub async fn note_use(tx: &mut Tx, session: &Session, now: i64, address: &str, user_agent: Option<&str>) -> Result<()> {
    sql!(
        tx,
        "UPDATE sessions SET last_active_at = $1, address = $2, user_agent = $3 WHERE pool_id = $4 AND origin_jti = $5 AND last_active_at < $1",
        now,
        address,
        user_agent,
        &session.pool_id,
        &session.origin_jti
    )?;
    Ok(())
}

/// Whether a session was ended.
pub async fn is_revoked(tx: &mut Tx, pool_id: &str, origin_jti: &str) -> Result<bool> {
    let row = sql!(
        fetch_optional (Option<i64>,); tx,
        "SELECT revoked_at FROM sessions WHERE pool_id = $1 AND origin_jti = $2",
        pool_id,
        origin_jti
    )?;
    Ok(row.is_some_and(|(revoked_at,)| revoked_at.is_some()))
}

/// Marks a value as used. `None` if this is the first use; otherwise the time of the first.
pub async fn spend(tx: &mut Tx, pool_id: &str, hash: &str, now: i64, expires_at: i64) -> Result<Option<i64>> {
    let inserted = sql!(
        tx,
        "INSERT INTO spent (pool_id, hash, spent_at, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (pool_id, hash) DO NOTHING",
        pool_id,
        hash,
        now,
        expires_at
    )?;
    if inserted == 1 {
        return Ok(None);
    }
    spent_at(tx, pool_id, hash).await
}

pub async fn spent_at(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<Option<i64>> {
    let row = sql!(fetch_optional (i64,); tx, "SELECT spent_at FROM spent WHERE pool_id = $1 AND hash = $2", pool_id, hash)?;
    Ok(row.map(|(at,)| at))
}

/// Rows that nothing can refer to any more.
pub async fn sweep(tx: &mut Tx, now: i64) -> Result<u64> {
    let spent = sql!(tx, "DELETE FROM spent WHERE expires_at < $1", now)?;
    // Access tokens that outlive their session by a day at most may still be presented.
    Ok(spent + sql!(tx, "DELETE FROM sessions WHERE expires_at < $1", now - crate::kit::clock::DAY)?)
}
