//! A browser that is signed in: a random cookie, its hash in the database, an hour from the sign-in.

use super::store::{self, SessionRow};
use crate::api::{Cx, Result};
use crate::kit::clock::{HOUR, Millis};
use crate::kit::{id, mac};
use crate::store::Tx;
use crate::users::{Status, User};

/// Cognito's hosted session: an hour from the sign-in, not sliding.
pub const LIFETIME: Millis = HOUR;

#[derive(Debug, Clone)]
pub struct BrowserSession {
    /// What the cookie holds.
    pub token: String,
    pub pool_id: String,
    pub sub: String,
    pub auth_time: Millis,
    pub expires_at: Millis,
}

/// A new session, not stored yet. Its token is new at each sign-in, so that a planted one gains nothing.
pub fn new(cx: &Cx, user: &User) -> BrowserSession {
    let now = cx.now();
    BrowserSession {
        token: id::token(cx.rng()),
        pool_id: user.pool_id.clone(),
        sub: user.sub.clone(),
        auth_time: now,
        expires_at: now + LIFETIME,
    }
}

impl BrowserSession {
    pub async fn store(&self, tx: &mut Tx) -> Result<()> {
        let row = SessionRow { sub: self.sub.clone(), auth_time: self.auth_time, expires_at: self.expires_at };
        store::insert_session(tx, &self.pool_id, &hash(&self.token), &row).await.map_err(crate::auth::complete::gone)
    }
}

/// The session of a cookie, if it is one and has not ended.
pub async fn find(cx: &mut Cx, pool_id: &str, token: &str) -> Result<Option<BrowserSession>> {
    let now = cx.now();
    let mut tx = cx.read().await?;
    let Some(row) = store::find_session(&mut tx, pool_id, &hash(token)).await?.filter(|r| r.expires_at > now) else { return Ok(None) };
    let user = crate::users::store::find_by_sub(&mut tx, pool_id, &row.sub).await?;
    let admitted = user.is_some_and(|u| u.may_sign_in().is_ok() && u.status != Status::ForceChangePassword);
    Ok(Some(row).filter(|_| admitted).map(|r| BrowserSession {
        token: token.to_owned(),
        pool_id: pool_id.to_owned(),
        sub: r.sub,
        auth_time: r.auth_time,
        expires_at: r.expires_at,
    }))
}

/// Ends the session of a cookie.
pub async fn end(cx: &mut Cx, pool_id: &str, token: &str) -> Result<()> {
    let mut tx = cx.begin().await?;
    store::delete_session(&mut tx, pool_id, &hash(token)).await?;
    tx.commit().await
}

fn hash(token: &str) -> String {
    mac::sha256_hex(token.as_bytes())
}
