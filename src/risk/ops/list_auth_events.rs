//! AdminListUserAuthEvents

use crate::api::{ApiError, Cx, Door, Operation, Result, page};
use crate::kit::clock::epoch_seconds;
use crate::risk::events::{Answered, Kind, Response, Risk};
use crate::risk::mode;
use crate::risk::store::{self, EventRow};
use crate::users::lookup;
use serde::{Deserialize, Serialize};

/// What Cognito says of a place that it cannot tell.
const NOWHERE: &str = "null";
const PAGE: usize = 60;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminListUserAuthEvents {
    pub user_pool_id: String,
    pub username: String,
    /// 0 counts as not given.
    #[serde(default)]
    pub max_results: usize,
    #[serde(default)]
    pub next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub auth_events: Vec<AuthEvent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `AuthEventType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthEvent {
    pub event_id: String,
    pub event_type: Kind,
    pub creation_date: f64,
    pub event_response: Response,
    pub event_risk: Risk,
    pub challenge_responses: Vec<Answered>,
    pub event_context_data: EventContextData,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_feedback: Option<EventFeedback>,
}

/// `EventContextDataType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventContextData {
    pub ip_address: String,
    pub device_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    pub city: &'static str,
    pub country: &'static str,
}

/// `EventFeedbackType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventFeedback {
    pub feedback_value: String,
    pub provider: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback_date: Option<f64>,
}

impl From<EventRow> for AuthEvent {
    fn from(row: EventRow) -> Self {
        let (details, feedback_at) = (row.details.0, row.feedback_at);
        let feedback = row.feedback_value.zip(row.feedback_provider);
        Self {
            event_id: row.event_id,
            event_type: row.kind.0,
            creation_date: epoch_seconds(row.created_at),
            event_response: row.response.0,
            event_risk: details.risk,
            challenge_responses: details.challenges,
            event_context_data: EventContextData {
                ip_address: details.context.address.to_string(),
                device_name: details.context.device_name(),
                timezone: details.context.timezone,
                city: NOWHERE,
                country: NOWHERE,
            },
            event_feedback: feedback.map(|(feedback_value, provider)| EventFeedback {
                feedback_value,
                provider,
                feedback_date: feedback_at.map(epoch_seconds),
            }),
        }
    }
}

impl Operation for AdminListUserAuthEvents {
    const NAME: &'static str = "AdminListUserAuthEvents";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        mode::require(&pool)?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        let list = format!("events:{}:{}", pool.id, user.sub);
        let limit = Some(self.max_results).filter(|n| *n > 0).unwrap_or(PAGE);
        let position = page::position(cx, &list, self.next_token.as_deref())?;
        let (at, id) = position.as_deref().map_or(Ok((i64::MAX, "")), parse)?;
        let mut rows = store::events(&mut *cx.read().await?, &pool.id, &user.sub, (at, id), limit as i64 + 1).await?;
        let next = page::cut(&mut rows, limit, |row| format!("{} {}", row.created_at, row.event_id));
        Ok(Listed { auth_events: rows.into_iter().map(AuthEvent::from).collect(), next_token: next.map(|n| page::token(cx, &list, &n)) })
    }
}

fn parse(position: &str) -> Result<(i64, &str)> {
    let parts = position.split_once(' ').and_then(|(at, id)| Some((at.parse().ok()?, id)));
    parts.ok_or_else(|| ApiError::invalid_parameter("Invalid pagination token given."))
}
