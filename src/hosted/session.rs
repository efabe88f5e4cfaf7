//! A browser that is signed in: a random cookie, and its hash in the database. It does not slide: how long it serves is counted from the sign-in.

use super::store::{self, SessionRow};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::Millis;
use crate::kit::{id, mac};
use crate::store::Tx;
use crate::tokens::sessions;
use crate::users::{Status, User};
use std::ops::Deref;

#[derive(Debug, Clone)]
pub struct BrowserSession {
    /// What the cookie holds.
    pub token: String,
    pub pool_id: String,
    pub person: Person,
    row: SessionRow,
}

/// Whom a page can name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    pub username: String,
    pub email: Option<String>,
}

impl Person {
    fn of(user: &User) -> Self {
        Self { username: user.username.clone(), email: user.attribute("email").map(str::to_owned) }
    }

    /// What people know themselves by: names that the service made up mean nothing to them.
    pub fn name(&self) -> &str {
        self.email.as_deref().unwrap_or(&self.username)
    }
}

/// How many people one browser can be signed in for.
pub const MOST_ACCOUNTS: usize = 5;

impl Deref for BrowserSession {
    type Target = SessionRow;
    fn deref(&self) -> &SessionRow {
        &self.row
    }
}

/// How a person proved themselves (RFC 8176), and the event that this was recorded as, where it was.
#[derive(Debug, Clone, Copy, Default)]
pub struct Proof<'a> {
    pub amr: &'a [&'a str],
    pub event_id: Option<&'a str>,
}

/// A new session, not stored yet. Its token is new at each sign-in, so that a planted one gains nothing.
pub async fn begin(cx: &mut Cx, client: &Client, user: &User, proof: Proof<'_>) -> Result<BrowserSession> {
    let pool = crate::pools::load(cx, &client.pool_id).await?;
    let now = cx.now();
    let row = SessionRow {
        sub: user.sub.clone(),
        session_id: id::session(cx.rng(), "sso"),
        client_id: client.id.clone(),
        auth_time: now,
        amr: proof.amr.join(" "),
        event_id: proof.event_id.map(str::to_owned),
        expires_at: now + sessions::browser_lifetime(cx, &pool).await?,
        last_active_at: now,
        address: Some(cx.address.to_canonical().to_string()),
        user_agent: cx.user_agent.clone(),
    };
    Ok(BrowserSession { token: id::token(cx.rng()), pool_id: user.pool_id.clone(), person: Person::of(user), row })
}

impl BrowserSession {
    pub async fn store(&self, tx: &mut Tx) -> Result<()> {
        store::insert_session(tx, &self.pool_id, &hash(&self.token), &self.row).await.map_err(crate::auth::complete::gone)
    }

    /// Uses the session for what a transaction writes, unless it has been ended since it was found.
    pub async fn hold(&self, tx: &mut Tx, now: Millis) -> Result<()> {
        let held = store::hold_session(tx, &self.pool_id, &hash(&self.token), now, now - sessions::NOTED_EVERY).await?;
        if held { Ok(()) } else { Err(ApiError::not_authorized("The session has ended. Sign in again.")) }
    }
}

/// The session of a cookie, if it is one and has not ended.
pub async fn find(cx: &mut Cx, pool_id: &str, token: &str) -> Result<Option<BrowserSession>> {
    let now = cx.now();
    let mut tx = cx.read().await?;
    let Some(row) = store::find_session(&mut tx, pool_id, &hash(token)).await?.filter(|r| r.expires_at > now) else { return Ok(None) };
    let user = crate::users::store::find_by_sub(&mut tx, pool_id, &row.sub).await?;
    let admitted = user.filter(|u| u.may_sign_in().is_ok() && u.status != Status::ForceChangePassword);
    Ok(admitted.map(|u| BrowserSession { token: token.to_owned(), pool_id: pool_id.to_owned(), person: Person::of(&u), row }))
}

/// The sessions that a cookie holds, the one of now first.
pub async fn accounts(cx: &mut Cx, pool_id: &str, cookie: Option<&str>) -> Result<Vec<BrowserSession>> {
    let mut all: Vec<BrowserSession> = Vec::new();
    for token in cookie.unwrap_or_default().split('.').filter(|t| !t.is_empty()).take(MOST_ACCOUNTS) {
        let found = find(cx, pool_id, token).await?;
        all.extend(found.filter(|session| all.iter().all(|other| other.sub != session.sub)));
    }
    Ok(all)
}

/// What the cookie of these sessions holds, and until when.
pub fn cookie(sessions: &[BrowserSession]) -> (String, Millis) {
    let tokens: Vec<&str> = sessions.iter().map(|s| s.token.as_str()).collect();
    (tokens.join("."), sessions.iter().map(|s| s.expires_at).max().unwrap_or_default())
}

/// Signs the same person in again: what began with the session of before goes on with the new one, under the same id, and no application is told
/// of an end. Its token is new all the same.
pub async fn succeed(cx: &mut Cx, session: &mut BrowserSession, before: &BrowserSession) -> Result<()> {
    session.row.session_id.clone_from(&before.session_id);
    let mut tx = cx.begin().await?;
    store::succeed_session(&mut tx, &session.pool_id, &hash(&session.token), &session.sub, &before.session_id).await?;
    tx.commit().await
}

/// Ends sessions. The applications that they led to are told.
pub async fn end(cx: &mut Cx, ended: &[BrowserSession]) -> Result<()> {
    if ended.is_empty() {
        return Ok(());
    }
    let mut tx = cx.begin().await?;
    for session in ended {
        sessions::revoke_browser(&mut tx, &session.pool_id, &session.sub, &session.session_id).await?;
    }
    tx.commit().await
}

fn hash(token: &str) -> String {
    mac::sha256_hex(token.as_bytes())
}
