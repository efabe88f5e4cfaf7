//! Challenge sessions: sealed, bound to a client, short-lived and used once.

use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::Millis;
use crate::kit::{mac, text};
use crate::pools::Pool;
use crate::store::Tx;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The challenges there are.
pub const PASSWORD: &str = "PASSWORD";
pub const PASSWORD_SRP: &str = "PASSWORD_SRP";
pub const PASSWORD_VERIFIER: &str = "PASSWORD_VERIFIER";
pub const SELECT_CHALLENGE: &str = "SELECT_CHALLENGE";
pub const NEW_PASSWORD_REQUIRED: &str = "NEW_PASSWORD_REQUIRED";

/// What a session string holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// The challenge that it may answer.
    pub challenge: String,
    /// The name that was given, and the user behind it; an invented one where there is none, so that the length tells nothing.
    pub username: String,
    pub sub: String,
    /// When the password that was proved had been set: a newer one makes the session worthless.
    pub password_set_at: Option<Millis>,
}

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    expires_at: Millis,
    state: T,
}

/// A sealed state that was opened, and must be used up where its challenge is passed.
pub struct Opened<T> {
    pub state: T,
    hash: String,
    expires_at: Millis,
}

/// Seals a state for a client's challenge time.
pub fn seal<T: Serialize>(cx: &Cx, purpose: &str, client: &Client, state: T) -> Result<Vec<u8>> {
    let envelope = Envelope { expires_at: cx.now() + client.auth_session(), state };
    let plain = serde_json::to_vec(&envelope).map_err(anyhow::Error::from)?;
    Ok(cx.app.sealer.seal(cx.rng(), &format!("{purpose} {}", client.id), &plain))
}

/// Opens a state that [`seal`] made for the same client and purpose.
pub fn open<T: DeserializeOwned>(cx: &Cx, purpose: &str, client: &Client, sealed: &[u8]) -> Result<Opened<T>> {
    let invalid = || ApiError::not_authorized("Invalid session for the user.");
    let plain = cx.app.sealer.open(&format!("{purpose} {}", client.id), sealed).ok_or_else(invalid)?;
    let envelope: Envelope<T> = serde_json::from_slice(&plain).map_err(|_| invalid())?;
    if envelope.expires_at <= cx.now() {
        return Err(ApiError::not_authorized("Invalid session for the user, session is expired."));
    }
    Ok(Opened { state: envelope.state, hash: mac::sha256_hex(sealed), expires_at: envelope.expires_at })
}

impl<T> Opened<T> {
    /// Uses the state up. Of two uses at the same time, one is refused.
    pub async fn spend(&self, tx: &mut Tx, client: &Client, now: Millis) -> Result<()> {
        match crate::tokens::store::spend(tx, &client.pool_id, &self.hash, now, self.expires_at).await? {
            None => Ok(()),
            Some(_) => Err(used_already()),
        }
    }

    /// Says early that the state was used up. [`Self::spend`] says so again in the transaction.
    pub async fn refuse_spent(&self, cx: &mut Cx, client: &Client) -> Result<()> {
        let spent = crate::tokens::store::spent_at(&mut *cx.read().await?, &client.pool_id, &self.hash).await?;
        if spent.is_some() { Err(used_already()) } else { Ok(()) }
    }
}

fn used_already() -> ApiError {
    ApiError::not_authorized("Invalid session for the user, session can only be used once.")
}

const SESSION: &str = "challenge session";

/// A new session string.
pub fn session(cx: &Cx, client: &Client, session: Session) -> Result<String> {
    Ok(text::base64url(&seal(cx, SESSION, client, session)?))
}

/// The session in a request's `Session` member, if it may answer this challenge.
pub fn open_session(cx: &Cx, client: &Client, given: Option<&str>, challenge: &str) -> Result<Opened<Session>> {
    let given = given.ok_or_else(|| ApiError::invalid_parameter("Missing required parameter Session"))?;
    let sealed = text::from_base64url(given).ok_or_else(|| ApiError::not_authorized("Invalid session for the user."))?;
    let opened: Opened<Session> = open(cx, SESSION, client, &sealed)?;
    if opened.state.challenge != challenge {
        return Err(ApiError::not_authorized("Invalid session for the user."));
    }
    Ok(opened)
}

/// The same, for an answer in the name of this user: a session must not be answered in another's.
pub async fn open_session_of(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    given: Option<&str>,
    challenge: &str,
    username: &str,
) -> Result<Opened<Session>> {
    let opened = open_session(cx, client, given, challenge)?;
    if pool.key(&opened.state.username) == pool.key(username) {
        return Ok(opened);
    }
    let named = crate::users::lookup::find(cx, pool, username).await?;
    match named {
        Some(user) if user.sub == opened.state.sub => Ok(opened),
        _ => Err(ApiError::not_authorized("Invalid session for the user.")),
    }
}
