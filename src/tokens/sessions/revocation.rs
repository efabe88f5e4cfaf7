//! Ending one session of a user, and those that are linked to it.
//!
//! Everywhere the browser's session is written first, then its codes, then the sessions of tokens: two transactions that end linked sessions at the
//! same time then wait for each other in one direction only.

use crate::api::{ApiError, Cx, Result};
use crate::hosted::store as browsers;
use crate::oauth::store as codes;
use crate::store::{StoreError, Tx};
use crate::tokens::access::Bearer;
use crate::tokens::store as tokens;

/// Ends a session of this user by its id. `linked` also ends the browser's session that a token's came through, or those of tokens that came
/// through a browser's. Whoever asks for themselves (`current`) cannot end what they ask with.
pub async fn revoke(cx: &mut Cx, pool_id: &str, sub: &str, session_id: &str, linked: bool, current: Option<&Bearer>) -> Result<()> {
    let now = cx.now();
    let unknown = || ApiError::resource_not_found("Session does not exist.");
    let own = || ApiError::invalid_parameter("The current session can not be revoked.");
    let mut tx = cx.begin().await?;
    if session_id.starts_with("sso") {
        if !revoke_browser(&mut tx, pool_id, sub, session_id).await? {
            return Err(unknown());
        }
        if linked && let Some(bearer) = current {
            let sessions = tokens::live_sessions(&mut tx, pool_id, sub, now, "", i64::MAX).await?;
            if sessions.iter().any(|s| bearer.is_of(s) && s.origin_session_id.as_deref() == Some(session_id)) {
                return Err(own());
            }
        }
        if linked {
            tokens::revoke_sessions_through(&mut tx, pool_id, sub, session_id, now).await?;
        }
        return tx.commit().await;
    }
    let session = tokens::live_session(&mut tx, pool_id, sub, session_id, now).await?.ok_or_else(unknown)?;
    if current.is_some_and(|bearer| bearer.is_of(&session)) {
        return Err(own());
    }
    if let Some(browser) = session.origin_session_id.as_deref().filter(|_| linked) {
        revoke_browser(&mut tx, pool_id, sub, browser).await?;
    }
    crate::oauth::backchannel::tell_client(&mut tx, pool_id, sub, &session.client_id, session.origin_session_id.as_deref()).await?;
    tokens::revoke_session(&mut tx, pool_id, &session.origin_jti, now).await?;
    tx.commit().await
}

/// Ends a browser's session, and whether there was one; then the codes that it gave and nobody has used yet. In this order whoever is about to
/// give or use one has done so by the time that its codes, or the sessions through it, are looked for.
pub async fn revoke_browser(tx: &mut Tx, pool_id: &str, sub: &str, session_id: &str) -> Result<bool, StoreError> {
    let ended = browsers::delete_session_by_id(tx, pool_id, sub, session_id).await?;
    crate::oauth::backchannel::tell_of_browser(tx, pool_id, sub, session_id).await?;
    codes::void_unused(tx, pool_id, sub, session_id).await?;
    Ok(ended)
}
