//! CustomEmailSender and CustomSMSSender: functions that deliver codes themselves. The code is encrypted for them, and they are called after the
//! change that caused the message is stored, by a job, so that nobody can tell from the time an answer takes whether a message was sent.

use super::encryption::{self, Bound, Wrapping};
use super::message::{Occasion, Posting, attributes};
use super::{event, store};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::Millis;
use crate::kit::{id, text};
use crate::messaging::Channel;
use crate::pools::Pool;
use crate::store::Tx;
use crate::users::User;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The purpose that calls are sealed for.
pub const PURPOSE: &str = "sender event";

/// A call that waits.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pending {
    pub trigger: String,
    pub event: Value,
}

/// A call that was prepared and can be queued.
pub struct Call {
    id: String,
    pool_id: String,
    sealed: Vec<u8>,
}

impl Call {
    /// Queues the call in the transaction of what caused it.
    pub async fn queue(&self, tx: &mut Tx, now: Millis) -> Result<()> {
        Ok(store::insert_event(tx, &self.pool_id, &self.id, &self.sealed, now).await?)
    }
}

/// The call of the pool's sender for this channel, where it has one.
pub fn compose(cx: &Cx, pool: &Pool, client: Option<&Client>, user: &User, posting: &Posting<'_>) -> Result<Option<Call>> {
    let (trigger, kind) = match posting.channel {
        Channel::Email => ("CustomEmailSender", "customEmailSenderRequestV1"),
        Channel::Sms => ("CustomSMSSender", "customSMSSenderRequestV1"),
    };
    if pool.function(trigger).is_none() {
        return Ok(None);
    }
    let code = encrypted(cx, pool, posting)?;
    let request = json!({ "type": kind, "code": code, "userAttributes": attributes(user, posting) });
    let client_id = client.map_or(event::NO_CLIENT, |c| c.id.as_str());
    let source = format!("{trigger}_{}", posting.occasion.as_str());
    let event = event::envelope(cx, pool, &source, client_id, &user.username, request, json!({}));
    let plain = serde_json::to_vec(&Pending { trigger: trigger.to_owned(), event }).map_err(anyhow::Error::from)?;
    let sealed = cx.app.sealer.seal(cx.rng(), PURPOSE, &plain);
    Ok(Some(Call { id: id::uuid(cx.rng()), pool_id: pool.id.clone(), sealed }))
}

/// The code as the function finds it. A temporary password is escaped for HTML, as Cognito's are.
fn encrypted(cx: &Cx, pool: &Pool, posting: &Posting<'_>) -> Result<String> {
    let name = pool.function("KMSKeyID").unwrap_or_default();
    let missing = || ApiError::code_delivery_failure(format!("The key {name} of KMSKeyID is not configured on this server."));
    let key = cx.app.sender_keys.get(name).ok_or_else(missing)?;
    let plain = match posting.occasion {
        Occasion::AdminCreateUser => crate::messaging::email_view::escape(posting.secret),
        _ => posting.secret.to_owned(),
    };
    let bound = Bound::from([("userpool-id".to_owned(), pool.id.clone())]);
    let message = encryption::encrypt(cx.rng(), Wrapping { key, name }, bound, plain.as_bytes())?;
    Ok(text::base64(&message))
}
