//! Refresh tokens: opaque, sealed, and superseded where a client rotates them.

use super::store::{self, Session};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::groups::{self, Membership};
use crate::kit::clock::{Millis, SECOND};
use crate::kit::{mac, text};
use crate::store::Tx;
use crate::users::{self, User};
use std::fmt::Write as _;

const PURPOSE: &str = "refresh token";
/// Stands between the session and the key, in neither of which it can be.
const BOUND: char = '~';

/// What a refresh token says: its session, the session's secret, a number of its own, and the key that it is bound to, if any.
pub struct RefreshToken {
    pub origin_jti: String,
    secret: [u8; 16],
    serial: [u8; 16],
    /// The thumbprint (RFC 7638).
    jkt: Option<String>,
}

/// Who presents a refresh token.
#[derive(Debug, Clone, Copy)]
pub enum Holder<'a> {
    /// The token endpoint's caller, which has proved to hold this key, or none.
    Endpoint(Option<&'a str>),
    /// The API's, which has no way to prove a key.
    Api,
}

impl Holder<'_> {
    pub fn jkt(&self) -> Option<&str> {
        match self {
            Self::Endpoint(jkt) => *jkt,
            Self::Api => None,
        }
    }
}

impl RefreshToken {
    pub fn new(cx: &Cx, origin_jti: String) -> Self {
        Self { origin_jti, secret: cx.rng().bytes(), serial: cx.rng().bytes(), jkt: None }
    }

    /// Binds it to a key (RFC 9449, 5): nobody else can use it, nor what follows it.
    pub fn bind(&mut self, jkt: &str) {
        self.jkt = Some(jkt.to_owned());
    }

    /// The token that follows this one when it is rotated.
    pub fn successor(&self, cx: &Cx) -> Self {
        Self { origin_jti: self.origin_jti.clone(), secret: self.secret, serial: cx.rng().bytes(), jkt: self.jkt.clone() }
    }

    /// What is stored with the session.
    pub fn secret_hash(&self) -> String {
        mac::sha256_hex(&self.secret)
    }

    fn serial_hash(&self) -> String {
        mac::sha256_hex(&self.serial)
    }

    pub fn encode(&self, cx: &Cx, pool_id: &str) -> String {
        let mut plain = String::new();
        for part in [self.secret, self.serial] {
            let _ = write!(plain, "{}", text::hex(&part));
        }
        plain.push_str(&self.origin_jti);
        if let Some(jkt) = &self.jkt {
            plain.push(BOUND);
            plain.push_str(jkt);
        }
        text::base64url(&cx.app.sealer.seal(cx.rng(), &format!("{PURPOSE} {pool_id}"), plain.as_bytes()))
    }

    /// `None` for anything that was not made by [`Self::encode`] for this pool.
    pub fn decode(cx: &Cx, pool_id: &str, token: &str) -> Option<Self> {
        let plain = cx.app.sealer.open(&format!("{PURPOSE} {pool_id}"), &text::from_base64url(token)?)?;
        let plain = std::str::from_utf8(&plain).ok()?;
        let (secret, serial, rest) = (plain.get(..32)?, plain.get(32..64)?, plain.get(64..)?);
        let (origin_jti, jkt) = rest.split_once(BOUND).map_or((rest, None), |(origin_jti, jkt)| (origin_jti, Some(jkt.to_owned())));
        let bytes = |hex: &str| u128::from_str_radix(hex, 16).ok().map(u128::to_be_bytes);
        Some(Self { origin_jti: origin_jti.to_owned(), secret: bytes(secret)?, serial: bytes(serial)?, jkt })
    }

    /// Refuses a holder that does not have the key. Clients that sign instead of telling a secret, and sessions whose tokens must be bound,
    /// are refreshed at the token endpoint only: the API asks for no such proof.
    pub fn check_holder(&self, client: &Client, session: &Session, holder: Holder<'_>) -> Result<()> {
        let bound = session.by_oauth && client.oauth().require_dpop;
        let unproved = matches!(holder, Holder::Api) && (client.proves_by_key() || bound);
        if unproved || self.jkt.is_some() && self.jkt.as_deref() != holder.jkt() {
            return Err(invalid());
        }
        Ok(())
    }
}

fn invalid() -> ApiError {
    ApiError::not_authorized("Invalid Refresh Token")
}

/// The session that a refresh token opens on this client, and the token itself.
pub async fn open(cx: &mut Cx, client: &Client, token: &str) -> Result<(RefreshToken, Session)> {
    let refresh = RefreshToken::decode(cx, &client.pool_id, token).ok_or_else(invalid)?;
    let now = cx.now();
    let (session, _) = session_of(&mut *cx.read().await?, client, &refresh, now).await?;
    Ok((refresh, session))
}

/// What a refresh token opens, with all that new tokens tell.
pub struct Opened {
    pub refresh: RefreshToken,
    pub session: Session,
    pub user: Option<User>,
    pub groups: Membership,
    /// Whether another has taken its place.
    pub superseded: bool,
}

/// The same with the session's user and the user's groups.
pub async fn open_with_user(cx: &mut Cx, client: &Client, token: &str) -> Result<Opened> {
    let refresh = RefreshToken::decode(cx, &client.pool_id, token).ok_or_else(invalid)?;
    let now = cx.now();
    let mut tx = cx.read().await?;
    let (session, superseded) = session_of(&mut tx, client, &refresh, now).await?;
    let user = users::store::find_by_sub(&mut tx, &client.pool_id, &session.sub).await?;
    let groups = groups::store::membership(&mut tx, &client.pool_id, &session.sub).await?;
    Ok(Opened { refresh, session, user, groups, superseded })
}

async fn session_of(tx: &mut Tx, client: &Client, refresh: &RefreshToken, now: Millis) -> Result<(Session, bool)> {
    let found = store::session_and_spent(tx, &client.pool_id, &refresh.origin_jti, &refresh.serial_hash()).await?;
    let (session, spent_at) = found.ok_or_else(invalid)?;
    if session.client_id != client.id || !mac::same(session.refresh_hash.as_bytes(), refresh.secret_hash().as_bytes()) {
        return Err(invalid());
    }
    // Where the client has stopped rotating, what was superseded stays so.
    if client.rotation().is_none() && spent_at.is_some() {
        return Err(invalid());
    }
    if session.revoked_at.is_some() {
        return Err(ApiError::not_authorized("Refresh Token has been revoked"));
    }
    if session.expires_at <= now {
        return Err(ApiError::not_authorized("Refresh Token has expired"));
    }
    Ok((session, spent_at.is_some()))
}

/// Supersedes a token. It stays usable for the client's grace period; after that its use means that somebody else has it,
/// and the session ends.
pub async fn rotate(cx: &mut Cx, client: &Client, refresh: &RefreshToken, session: &Session, grace_seconds: i64) -> Result<RefreshToken> {
    let (successor, now) = (refresh.successor(cx), cx.now());
    let mut tx = cx.begin().await?;
    let first = store::spend(&mut tx, &client.pool_id, &refresh.serial_hash(), now, session.expires_at).await?;
    let reused = first.is_some_and(|at| now > at + grace_seconds * SECOND || grace_seconds == 0);
    if reused {
        store::revoke_session(&mut tx, &client.pool_id, &session.origin_jti, now).await?;
    }
    tx.commit().await?;
    if reused {
        return Err(ApiError::refresh_token_reuse("Refresh token has already been used. The session was ended."));
    }
    Ok(successor)
}
