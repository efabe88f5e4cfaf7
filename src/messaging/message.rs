//! A message on its way.

use super::{store, template};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::{DAY, Millis};
use crate::kit::id;
use crate::pools::Pool;
use crate::store::Tx;
use crate::users::User;
use serde::{Deserialize, Serialize};

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Channel {
    Email,
    Sms,
}

impl Channel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Sms => "SMS",
        }
    }

    /// Of a stored name.
    pub fn parse(name: &str) -> Self {
        if name == "SMS" { Self::Sms } else { Self::Email }
    }

    /// The attribute that holds this channel's address.
    pub fn attribute(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "phone_number",
        }
    }

    pub fn of_attribute(name: &str) -> Self {
        if name == "phone_number" { Self::Sms } else { Self::Email }
    }
}

/// Why a message is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageKind {
    #[default]
    SignUp,
    ForgotPassword,
    VerifyAttribute,
    Invitation,
    /// A code that signs in, by itself or beside a password.
    SignIn,
    /// A link that signs in.
    SignInLink,
    /// Something happened to the account that its owner should know.
    Alert,
}

impl MessageKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "SIGN_UP",
            Self::ForgotPassword => "FORGOT_PASSWORD",
            Self::VerifyAttribute => "VERIFY_ATTRIBUTE",
            Self::Invitation => "INVITATION",
            Self::SignIn => "SIGN_IN",
            Self::SignInLink => "SIGN_IN_LINK",
            Self::Alert => "ALERT",
        }
    }
}

/// What is delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    pub kind: MessageKind,
    pub to: String,
    /// `None` means the server's own sender.
    pub from: Option<String>,
    pub reply_to: Option<String>,
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
    /// Of SES: the identity that sends, and what is done with events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_set: Option<String>,
}

impl Content {
    /// Text alone, from the server's own sender.
    pub fn plain(kind: MessageKind, to: &str, subject: &str, text: &str) -> Self {
        Self { kind, to: to.to_owned(), subject: subject.to_owned(), text: text.to_owned(), ..Self::default() }
    }
}

/// A message that was composed and can be queued.
pub struct Message {
    id: String,
    pool_id: String,
    channel: Channel,
    kind: MessageKind,
    sealed: Vec<u8>,
    /// Whether a provider will deliver it; otherwise it is shown and no more.
    deliver: bool,
    limits: Limits,
}

/// How many messages may wait to be sent: of one pool, and in all.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub pool: i64,
    pub all: i64,
}

/// Words in place of the pool's, with the same placeholders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    pub body: Option<String>,
    pub subject: Option<String>,
}

/// The purpose that messages are sealed for.
pub const PURPOSE: &str = "message";

/// How long a message is tried: codes and links live no longer.
pub const TRIED_FOR: Millis = DAY;

/// Composes a message in these words, in the pool's, or in Poolhouse's where it has none. `secret` is the code or the temporary password.
#[expect(clippy::too_many_arguments, reason = "each is one fact of the message")]
pub fn compose(
    cx: &Cx,
    pool: &Pool,
    client: Option<&Client>,
    user: &User,
    kind: MessageKind,
    channel: Channel,
    to: &str,
    secret: &str,
    texts: &Texts,
) -> Result<Message> {
    refuse_undeliverable(cx, channel)?;
    seal(cx, pool, channel, &template::fill(cx, pool, client, user, kind, channel, to, secret, texts))
}

/// Refuses a channel that nobody carries, while others are carried. Without any provider messages are shown at `/inbox`.
pub fn refuse_undeliverable(cx: &Cx, channel: Channel) -> Result<()> {
    let providers = &cx.app.providers;
    if !providers.any() || providers.has(channel) {
        return Ok(());
    }
    Err(ApiError::code_delivery_failure(match channel {
        Channel::Email => "No e-mail provider is configured on this server.",
        Channel::Sms => "No SMS provider is configured on this server.",
    }))
}

/// A message with this content.
pub fn seal(cx: &Cx, pool: &Pool, channel: Channel, content: &Content) -> Result<Message> {
    let plain = serde_json::to_vec(content).map_err(anyhow::Error::from)?;
    let sealed = cx.app.sealer.seal(cx.rng(), PURPOSE, &plain);
    let (id, deliver, limits) = (id::uuid(cx.rng()), cx.app.providers.any(), cx.app.config.message_queue);
    Ok(Message { id, pool_id: pool.id.clone(), channel, kind: content.kind, sealed, deliver, limits })
}

impl Message {
    /// Queues the message in the transaction of what caused it.
    pub async fn queue(&self, tx: &mut Tx, now: Millis) -> Result<()> {
        if self.deliver && is_full(tx, &self.pool_id, self.limits).await? {
            // What a notice tells of happens whether or not it can be told.
            return if self.kind == MessageKind::Alert { Ok(()) } else { Err(full()) };
        }
        let new = store::New {
            id: &self.id,
            pool_id: &self.pool_id,
            channel: self.channel.as_str(),
            kind: self.kind.as_str(),
            message: &self.sealed,
            now,
            due_at: self.deliver.then_some(now),
            give_up_at: now + TRIED_FOR,
        };
        store::insert(tx, &new).await?;
        Ok(())
    }
}

/// Refuses more messages than the disk should hold while a provider does not take them.
pub async fn refuse_full(tx: &mut Tx, pool_id: &str, limits: Limits) -> Result<()> {
    if is_full(tx, pool_id, limits).await? { Err(full()) } else { Ok(()) }
}

async fn is_full(tx: &mut Tx, pool_id: &str, limits: Limits) -> Result<bool> {
    let full = store::waiting(tx, pool_id, limits.pool).await? >= limits.pool || store::all_waiting(tx, limits.all).await? >= limits.all;
    if full {
        metrics::counter!("poolhouse_messages_total", "outcome" => "refused").increment(1);
    }
    Ok(full)
}

fn full() -> ApiError {
    ApiError::code_delivery_failure("Too many messages are waiting to be delivered. Try again later.")
}
