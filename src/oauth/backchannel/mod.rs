//! Telling applications that a session has ended (OpenID Connect Back-Channel Logout).
//!
//! Owns `logout_notices`. A notice is written in the transaction that ends the session, and delivered by a job: after a failure again after 5 s,
//! then twice as long each time, for two hours. Only clients that are signed in and have a `BackchannelLogoutUri` are told.

pub mod deliver;
pub mod store;

use crate::store::{Result, Tx};

/// A user was signed out of everything, or is about to go.
pub async fn tell_of_user(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<()> {
    tell(tx, pool_id, sub, None, |_| true).await
}

/// A user was signed out of every browser. What began through the API goes on.
pub async fn tell_of_browsers(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<()> {
    tell(tx, pool_id, sub, None, Option::is_some).await
}

/// A browser's session has ended.
pub async fn tell_of_browser(tx: &mut Tx, pool_id: &str, sub: &str, session_id: &str) -> Result<()> {
    tell(tx, pool_id, sub, Some(session_id), |_| true).await
}

/// One client's session has ended.
pub async fn tell_client(tx: &mut Tx, pool_id: &str, sub: &str, client_id: &str, sid: Option<&str>) -> Result<()> {
    let listeners = crate::clients::store::listeners(tx, pool_id).await?;
    if listeners.iter().any(|(id,)| id == client_id) {
        store::insert(tx, pool_id, client_id, sub, sid.unwrap_or_default()).await?;
    }
    Ok(())
}

async fn tell(tx: &mut Tx, pool_id: &str, sub: &str, browser: Option<&str>, concerns: fn(&Option<String>) -> bool) -> Result<()> {
    let listeners = crate::clients::store::listeners(tx, pool_id).await?;
    if listeners.is_empty() {
        return Ok(());
    }
    let signed_in = crate::tokens::store::signed_in_clients(tx, pool_id, sub, browser).await?;
    let listens = |id: &str| listeners.iter().any(|(listener,)| listener == id);
    for (client_id, sid) in signed_in.into_iter().filter(|(id, sid)| listens(id) && concerns(sid)) {
        store::insert(tx, pool_id, &client_id, sub, sid.as_deref().unwrap_or_default()).await?;
    }
    Ok(())
}
