//! ListUndeliveredMessages, ResendMessage, DeleteUndeliveredMessage

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result, page};
use crate::kit::clock::epoch_seconds;
use crate::kit::text;
use crate::messaging::delivery;
use crate::messaging::message::{Channel, TRIED_FOR};
use crate::messaging::store::{self, Row};
use serde::{Deserialize, Serialize};

/// Messages that no provider took: refused for good, or tried for a day. What they say is not told.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListUndeliveredMessages {
    /// Of one pool; of all without.
    pub user_pool_id: Option<String>,
    pub max_results: Option<usize>,
    pub next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub messages: Vec<Undelivered>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Undelivered {
    pub message_id: String,
    pub user_pool_id: String,
    /// `EMAIL` or `SMS`
    pub delivery_medium: String,
    pub kind: String,
    /// Masked.
    pub destination: String,
    pub creation_date: f64,
    pub attempts: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Operation for ListUndeliveredMessages {
    const NAME: &'static str = "ListUndeliveredMessages";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        self.user_pool_id.as_deref()
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let list = format!("undelivered:{}", self.user_pool_id.as_deref().unwrap_or_default());
        let limit = self.max_results.unwrap_or(60);
        let after = page::position(cx, &list, self.next_token.as_deref())?.unwrap_or_default();
        let mut rows = store::undelivered(&mut *cx.read().await?, self.user_pool_id.as_deref(), &after, limit as i64 + 1).await?;
        let next = page::cut(&mut rows, limit, |row| row.id.clone());
        let messages = rows.into_iter().map(|row| describe(cx, row)).collect();
        Ok(Listed { messages, next_token: next.map(|n| page::token(cx, &list, &n)) })
    }
}

fn describe(cx: &Cx, row: Row) -> Undelivered {
    let to = delivery::open(cx, &row).map(|content| content.to).unwrap_or_default();
    let destination = match Channel::parse(&row.channel) {
        Channel::Email => text::mask_email(&to),
        Channel::Sms => text::mask_phone(&to),
    };
    Undelivered {
        message_id: row.id,
        user_pool_id: row.pool_id,
        delivery_medium: row.channel,
        kind: row.kind,
        destination,
        creation_date: epoch_seconds(row.created_at),
        attempts: row.attempts,
        reason: row.last_error,
    }
}

/// Tries such a message again, for another day.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResendMessage {
    pub message_id: String,
}

impl Operation for ResendMessage {
    const NAME: &'static str = "ResendMessage";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let now = cx.now();
        let mut tx = cx.begin().await?;
        let found = store::requeue(&mut tx, &self.message_id, now, now + TRIED_FOR).await?;
        tx.commit().await?;
        if found { Ok(Empty {}) } else { Err(not_found(&self.message_id)) }
    }
}

/// Forgets such a message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUndeliveredMessage {
    pub message_id: String,
}

impl Operation for DeleteUndeliveredMessage {
    const NAME: &'static str = "DeleteUndeliveredMessage";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let mut tx = cx.begin().await?;
        let found = store::drop_undelivered(&mut tx, &self.message_id).await?;
        tx.commit().await?;
        if found { Ok(Empty {}) } else { Err(not_found(&self.message_id)) }
    }
}

fn not_found(id: &str) -> ApiError {
    ApiError::resource_not_found(format!("There is no undelivered message {id}."))
}
