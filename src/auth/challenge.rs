//! Challenge sessions: sealed, bound to a client, short-lived and used once.

use super::progress::Progress;
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::Millis;
use crate::kit::{mac, text};
use crate::pools::Pool;
use crate::store::Tx;
use crate::users::mfa::Factor;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The challenges there are.
pub const CUSTOM_CHALLENGE: &str = "CUSTOM_CHALLENGE";
pub const DEVICE_PASSWORD_VERIFIER: &str = "DEVICE_PASSWORD_VERIFIER";
pub const DEVICE_SRP_AUTH: &str = "DEVICE_SRP_AUTH";
pub const EMAIL_OTP: &str = "EMAIL_OTP";
pub const MFA_SETUP: &str = "MFA_SETUP";
pub const NEW_PASSWORD_REQUIRED: &str = "NEW_PASSWORD_REQUIRED";
pub const PASSWORD: &str = "PASSWORD";
pub const PASSWORD_SRP: &str = "PASSWORD_SRP";
pub const PASSWORD_VERIFIER: &str = "PASSWORD_VERIFIER";
pub const SELECT_CHALLENGE: &str = "SELECT_CHALLENGE";
pub const SELECT_MFA_TYPE: &str = "SELECT_MFA_TYPE";
pub const SMS_MFA: &str = "SMS_MFA";
pub const SMS_OTP: &str = "SMS_OTP";
pub const SOFTWARE_TOKEN_MFA: &str = "SOFTWARE_TOKEN_MFA";
pub const WEB_AUTHN: &str = "WEB_AUTHN";

/// What a session string holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// The challenge that it may answer.
    pub challenge: String,
    pub progress: Progress,
    /// What the challenge needs besides.
    #[serde(default, skip_serializing_if = "Detail::is_none")]
    pub detail: Detail,
}

/// What one kind of challenge keeps.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub enum Detail {
    #[default]
    None,
    /// A code that was sent to the user's address in an attribute: its hash, which holds for that address only.
    Code {
        hash: String,
        attribute: String,
        /// The address that becomes the user's with the code (MFA_SETUP by e-mail). Otherwise no address stands here: its length would tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sets_up: Option<String>,
    },
    /// Factors to choose from, or to set up.
    Factors(Vec<Factor>),
    /// MFA_SETUP that was done: an authenticator app was proved.
    SetUp,
    /// The challenge of a passkey, in base64url.
    Passkey(String),
}

impl Detail {
    fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    client: String,
    expires_at: Millis,
    state: T,
}

/// A sealed state that was opened, and must be used up where its challenge is passed.
pub struct Opened<T> {
    pub state: T,
    pub seal: Seal,
}

/// The identity of a sealed state, by which it is used up.
#[derive(Debug, Clone)]
pub struct Seal {
    hash: String,
    expires_at: Millis,
}

/// Seals a state for a client's challenge time.
pub fn seal<T: Serialize>(cx: &Cx, purpose: &str, client: &Client, state: T) -> Result<Vec<u8>> {
    let envelope = Envelope { client: client.id.clone(), expires_at: cx.now() + client.auth_session(), state };
    let plain = serde_json::to_vec(&envelope).map_err(anyhow::Error::from)?;
    Ok(cx.app.sealer.seal(cx.rng(), purpose, &plain))
}

/// Opens a state that [`seal`] made for the same client and purpose.
pub fn open<T: DeserializeOwned>(cx: &Cx, purpose: &str, client: &Client, sealed: &[u8]) -> Result<Opened<T>> {
    let plain = cx.app.sealer.open(purpose, sealed).ok_or_else(invalid)?;
    let envelope: Envelope<T> = serde_json::from_slice(&plain).map_err(|_| invalid())?;
    if envelope.client != client.id {
        return Err(invalid());
    }
    if envelope.expires_at <= cx.now() {
        return Err(ApiError::not_authorized("Invalid session for the user, session is expired."));
    }
    Ok(Opened { state: envelope.state, seal: Seal { hash: mac::sha256_hex(sealed), expires_at: envelope.expires_at } })
}

impl Seal {
    /// Uses the state up. Of two uses at the same time, one is refused.
    pub async fn spend(&self, tx: &mut Tx, pool_id: &str, now: Millis) -> Result<()> {
        match crate::tokens::store::spend(tx, pool_id, &self.hash, now, self.expires_at).await? {
            None => Ok(()),
            Some(_) => Err(used_already()),
        }
    }

    /// Says early that the state was used up. [`Self::spend`] says so again in the transaction.
    pub async fn refuse_spent(&self, cx: &mut Cx, pool_id: &str) -> Result<()> {
        let spent = crate::tokens::store::spent_at(&mut *cx.read().await?, pool_id, &self.hash).await?;
        if spent.is_some() { Err(used_already()) } else { Ok(()) }
    }

    /// What guesses at this state's answer are counted under.
    pub fn subject(&self) -> String {
        format!("session {}", self.hash)
    }
}

fn used_already() -> ApiError {
    ApiError::not_authorized("Invalid session for the user, session can only be used once.")
}

/// The refusal of a session that is not what it should be.
pub fn invalid() -> ApiError {
    ApiError::not_authorized("Invalid session for the user.")
}

const SESSION: &str = "challenge session";

/// A new session string.
pub fn session(cx: &Cx, client: &Client, challenge: &str, progress: Progress, detail: Detail) -> Result<String> {
    let session = Session { challenge: challenge.to_owned(), progress, detail };
    Ok(text::base64url(&seal(cx, SESSION, client, session)?))
}

/// The client that a session string was made for: some operations name no other.
pub fn client_of(cx: &Cx, given: &str) -> Option<String> {
    let plain = cx.app.sealer.open(SESSION, &text::from_base64url(given)?)?;
    Some(serde_json::from_slice::<Envelope<serde::de::IgnoredAny>>(&plain).ok()?.client)
}

/// The session in a request's `Session` member, if it may answer this challenge.
pub fn open_session(cx: &Cx, client: &Client, given: Option<&str>, challenge: &str) -> Result<Opened<Session>> {
    let given = given.ok_or_else(|| ApiError::invalid_parameter("Missing required parameter Session"))?;
    let sealed = text::from_base64url(given).ok_or_else(invalid)?;
    let opened: Opened<Session> = open(cx, SESSION, client, &sealed)?;
    if opened.state.challenge == challenge { Ok(opened) } else { Err(invalid()) }
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
    opened.seal.refuse_spent(cx, &pool.id).await?;
    if pool.key(&opened.state.progress.username) == pool.key(username) {
        return Ok(opened);
    }
    let named = crate::users::lookup::find(cx, pool, username).await?;
    match named {
        Some(user) if user.sub == opened.state.progress.sub => Ok(opened),
        _ => Err(invalid()),
    }
}
