//! A user's sessions as they and administrators see and end them: those of tokens (`tkn…`) and those of browsers (`sso…`).
//!
//! Every sign-in makes a session. Whether sessions are listed, counted and kept up to date is the pool's choice; where it does not track
//! them, a refresh writes nothing and a browser's session serves for an hour.

mod listing;
mod revocation;
pub mod store;

pub use listing::{Listed, list};
pub use revocation::{revoke, revoke_browser};

use super::store::{self as tokens, Session};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::{MINUTE, Millis};
use crate::pools::Pool;
use crate::pools::sessions::Tracking;
use crate::store::{StoreError, Tx};

/// Minutes that a browser's session serves where neither the pool nor the client says: Cognito's hour from the sign-in, not sliding.
pub const DEFAULT_MINUTES: i64 = 60;
/// Use is noted no more often than this, so that refreshing stays a read.
pub const NOTED_EVERY: Millis = 5 * MINUTE;

/// Whether a pool tracks sessions.
pub fn are_tracked(pool: &Pool) -> bool {
    pool.document.sessions.user_session_tracking == Tracking::Enabled
}

/// Refuses a pool that does not track sessions.
pub fn require_tracking(pool: &Pool) -> Result<()> {
    if are_tracked(pool) {
        return Ok(());
    }
    Err(ApiError::operation_not_enabled("User session tracking is not enabled for this user pool."))
}

/// Stores the session of a sign-in. Where the pool limits how many a user has, those that were used least recently end.
pub async fn start(tx: &mut Tx, pool: &Pool, session: &Session) -> Result<(), StoreError> {
    tokens::insert_session(tx, session).await?;
    if are_tracked(pool) {
        tokens::keep_newest_sessions(tx, session, pool.document.sessions.token_session.max_per_user).await?;
    }
    Ok(())
}

/// Notes that a session's refresh token was used, if that was not noted for a while. A rotation counts for the browser's session too.
pub async fn note_use(cx: &mut Cx, client: &Client, session: &Session) -> Result<()> {
    let pool = crate::pools::load(cx, &session.pool_id).await?;
    let now = cx.now();
    if !are_tracked(&pool) || session.last_active_at + NOTED_EVERY > now {
        return Ok(());
    }
    let (address, user_agent) = (cx.address.to_canonical().to_string(), cx.user_agent.clone());
    let mut tx = cx.begin().await?;
    if let Some(browser) = session.origin_session_id.as_deref().filter(|_| client.rotation().is_some()) {
        crate::hosted::store::note_session_use(&mut tx, &session.pool_id, browser, now, now - NOTED_EVERY).await?;
    }
    tokens::note_use(&mut tx, session, now, &address, user_agent.as_deref()).await?;
    tx.commit().await
}

/// What the pool says of its browsers' sessions.
fn pool_minutes(pool: &Pool) -> i64 {
    pool.settings().session_minutes.unwrap_or(DEFAULT_MINUTES)
}

/// For how long after a sign-in a client takes a browser's session instead of asking again.
pub async fn silent_for(cx: &mut Cx, pool: &Pool, client: &Client) -> Result<Millis> {
    if !are_tracked(pool) {
        return Ok(pool_minutes(pool) * MINUTE);
    }
    if let Some(minutes) = cx.app.caches.silent_minutes.get(&client.id) {
        return Ok(minutes * MINUTE);
    }
    let found = store::minutes(&mut *cx.read().await?, &client.pool_id, &client.id).await?;
    let minutes = found.unwrap_or(pool_minutes(pool));
    cx.app.caches.silent_minutes.insert(client.id.clone(), minutes);
    Ok(minutes * MINUTE)
}

/// How long a browser's session has to live, so that it serves every client of the pool for as long as that one takes it.
pub async fn browser_lifetime(cx: &mut Cx, pool: &Pool) -> Result<Millis> {
    if !are_tracked(pool) {
        return Ok(pool_minutes(pool) * MINUTE);
    }
    let longest = store::longest_minutes(&mut *cx.read().await?, &pool.id).await?;
    Ok(longest.unwrap_or_default().max(pool_minutes(pool)) * MINUTE)
}
