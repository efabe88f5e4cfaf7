//! A message on its way.

use super::{store, template};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::Millis;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    SignUp,
    ForgotPassword,
    VerifyAttribute,
    Invitation,
    /// A code that signs in, by itself or beside a password.
    SignIn,
}

/// What is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub to: String,
    /// `None` means the server's own sender.
    pub from: Option<String>,
    pub reply_to: Option<String>,
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
}

/// A message that was composed and can be queued.
pub struct Message {
    id: String,
    pool_id: String,
    channel: Channel,
    sealed: Vec<u8>,
    /// Whether a server will deliver it; otherwise it is shown and no more.
    deliver: bool,
}

/// Words in place of the pool's, with the same placeholders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    pub body: Option<String>,
    pub subject: Option<String>,
}

/// The purpose that messages are sealed for.
pub const PURPOSE: &str = "message";

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
    let deliver = cx.app.config.smtp_url.is_some();
    if deliver && channel == Channel::Sms {
        return Err(ApiError::code_delivery_failure("No SMS provider is configured on this server."));
    }
    let content = template::fill(cx, pool, client, user, kind, channel, to, secret, texts);
    let plain = serde_json::to_vec(&content).map_err(anyhow::Error::from)?;
    let sealed = cx.app.sealer.seal(cx.rng(), PURPOSE, &plain);
    Ok(Message { id: id::uuid(cx.rng()), pool_id: pool.id.clone(), channel, sealed, deliver })
}

impl Message {
    /// Queues the message in the transaction of what caused it.
    pub async fn queue(&self, tx: &mut Tx, now: Millis) -> Result<()> {
        let due_at = self.deliver.then_some(now);
        store::insert(tx, &self.id, &self.pool_id, self.channel.as_str(), &self.sealed, now, due_at).await?;
        Ok(())
    }
}
