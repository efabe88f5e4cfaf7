//! One-time codes: made, sent and used.

pub mod store;

use super::{User, attempts};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::{DAY, HOUR, Millis};
use crate::kit::{id, mac, text};
use crate::messaging::Channel;
use crate::pools::Pool;
use crate::store::Tx;
use crate::triggers::message::{self, Letter, Occasion, Posting};
use serde::Serialize;
use store::CodeRow;

/// What a code is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    SignUp,
    ResetPassword,
    /// Proves the address in this attribute, or the address that will replace it.
    Attribute(String),
}

impl Purpose {
    fn key(&self) -> String {
        match self {
            Self::SignUp => "sign_up".into(),
            Self::ResetPassword => "reset_password".into(),
            Self::Attribute(name) => format!("attribute:{name}"),
        }
    }

    fn lifetime(&self) -> Millis {
        match self {
            Self::ResetPassword => HOUR,
            Self::SignUp | Self::Attribute(_) => DAY,
        }
    }
}

/// `CodeDeliveryDetailsType`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CodeDeliveryDetails {
    pub destination: String,
    pub delivery_medium: &'static str,
    pub attribute_name: String,
}

impl CodeDeliveryDetails {
    pub fn of(attribute: &str, address: &str) -> Self {
        let channel = Channel::of_attribute(attribute);
        let destination = match channel {
            Channel::Email => text::mask_email(address),
            Channel::Sms => text::mask_phone(address),
        };
        Self { destination, delivery_medium: channel.as_str(), attribute_name: attribute.to_owned() }
    }
}

/// A code on its way: stored and queued in one transaction.
pub struct Outgoing {
    purpose: String,
    row: CodeRow,
    message: Letter,
    pub details: CodeDeliveryDetails,
}

/// Makes a code for the address of an attribute, and the message that carries it.
pub async fn make(
    cx: &mut Cx,
    pool: &Pool,
    client: Option<&Client>,
    user: &User,
    occasion: Occasion,
    attribute: &str,
    address: &str,
) -> Result<Outgoing> {
    let code = id::code(cx.rng(), 6);
    let purpose = match occasion {
        Occasion::SignUp | Occasion::ResendCode => Purpose::SignUp,
        Occasion::ForgotPassword => Purpose::ResetPassword,
        _ => Purpose::Attribute(attribute.to_owned()),
    };
    let row = CodeRow { hash: hash(cx, &user.sub, &code), destination: address.to_owned(), expires_at: cx.now() + purpose.lifetime() };
    let posting = Posting { occasion, channel: Channel::of_attribute(attribute), to: address, secret: &code };
    let message = message::compose(cx, pool, client, user, &posting).await?;
    Ok(Outgoing { purpose: purpose.key(), row, message, details: CodeDeliveryDetails::of(attribute, &pool.key(address)) })
}

impl Outgoing {
    /// Stores the code and queues its message.
    pub async fn store(&self, tx: &mut Tx, user: &User, now: Millis) -> Result<()> {
        store::put(tx, &user.pool_id, &user.sub, &self.purpose, &self.row).await?;
        self.message.queue(tx, now).await
    }
}

/// Six digits would fall to a list of all their hashes, so the hash is keyed with a secret that is not in the database's clear.
fn hash(cx: &Cx, sub: &str, code: &str) -> String {
    text::hex(&mac::hmac_sha256(&cx.app.secret, &[b"code", sub.as_bytes(), code.as_bytes()]))
}

pub fn mismatch() -> ApiError {
    ApiError::code_mismatch("Invalid verification code provided, please try again.")
}

pub fn expired() -> ApiError {
    ApiError::expired_code("Invalid code provided, please request a code again.")
}

/// A code that was checked and can be used up in a transaction.
pub struct Checked {
    purpose: String,
    hash: String,
    /// The address that it proves.
    pub destination: String,
}

impl Checked {
    /// Uses the code up. Of two uses at the same time, one finds it gone.
    pub async fn take(&self, tx: &mut Tx, user: &User) -> Result<()> {
        let taken = store::take(tx, &user.pool_id, &user.sub, &self.purpose, &self.hash).await?;
        if taken { Ok(()) } else { Err(expired()) }
    }
}

/// Counts the attempt, then compares a code with the one that was sent.
pub async fn check(cx: &mut Cx, pool: &Pool, user: &User, purpose: &Purpose, action: attempts::Action, code: &str) -> Result<Checked> {
    attempts::count(cx, pool, &user.sub, action).await?;
    let (now, key) = (cx.now(), purpose.key());
    let row = store::find(&mut *cx.read().await?, &pool.id, &user.sub, &key).await?.ok_or_else(expired)?;
    let given = hash(cx, &user.sub, code.trim());
    if row.expires_at <= now {
        return Err(expired());
    }
    if !mac::same(row.hash.as_bytes(), given.as_bytes()) {
        return Err(mismatch());
    }
    Ok(Checked { purpose: key, hash: row.hash, destination: row.destination })
}

/// Withdraws a code that must not be used any more.
pub async fn withdraw(tx: &mut Tx, user: &User, purpose: &Purpose) -> Result<()> {
    Ok(store::remove(tx, &user.pool_id, &user.sub, &purpose.key()).await?)
}
