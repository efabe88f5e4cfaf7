//! What users did to prove themselves: `AuthEvents`.
//!
//! An operation begins an event, says how it went, and stores it in the transaction that does the rest:
//!
//! ```text
//! let mut event = events::begin(cx, &pool, Kind::SignIn, Some(&client.id), context);
//! event.answered(Challenge::Password, true);
//! event.response = Response::Pass;              // InProgress until then
//! event.store(&mut tx, &user.sub).await?;       // or events::record(cx, &event, sub) where no transaction is open
//! ```
//!
//! What goes on over several requests carries the event along (it can be serialised into a sealed challenge) and stores it again at each step.
//! Tokens that come of it take its `id` as their `event_id`. Where the pool is not watched, storing does nothing.

use super::store::{self, EventRow};
use super::{Context, Mode};
use crate::api::{Cx, Result};
use crate::kit::clock::Millis;
use crate::kit::id;
use crate::pools::Pool;
use crate::store::{Json, Tx};
use serde::{Deserialize, Serialize};

/// `EventType`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    SignIn,
    SignUp,
    ForgotPassword,
    PasswordChange,
    ResendCode,
}

/// `EventResponse`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Response {
    Pass,
    Fail,
    InProgress,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Challenge {
    Password,
    Mfa,
}

/// `ChallengeResponseType`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answered {
    pub challenge_name: Challenge,
    pub challenge_response: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Success,
    Failure,
}

/// `EventRiskType`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Risk {
    pub risk_decision: Decision,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_level: Option<Level>,
    pub compromised_credentials_detected: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    NoRisk,
    AccountTakeover,
    Block,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    Low,
    Medium,
    High,
}

/// An event under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub id: String,
    pub kind: Kind,
    pub response: Response,
    pub risk: Risk,
    pub context: Context,
    challenges: Vec<Answered>,
    pool_id: String,
    client_id: Option<String>,
    created_at: Millis,
    /// Whether its pool is watched.
    kept: bool,
}

/// What of an event is stored as one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Details {
    pub challenges: Vec<Answered>,
    pub risk: Risk,
    pub context: Context,
}

/// Begins an event. It is in progress, and holds no risk, until somebody says otherwise.
pub fn begin(cx: &Cx, pool: &Pool, kind: Kind, client_id: Option<&str>, context: Context) -> Event {
    Event {
        id: id::uuid(cx.rng()),
        kind,
        response: Response::InProgress,
        risk: Risk { risk_decision: Decision::NoRisk, risk_level: None, compromised_credentials_detected: false },
        context,
        challenges: Vec::new(),
        pool_id: pool.id.clone(),
        client_id: client_id.map(str::to_owned),
        created_at: cx.now(),
        kept: Mode::of(pool).watches(),
    }
}

impl Event {
    /// Notes how a challenge was answered.
    pub fn answered(&mut self, challenge_name: Challenge, success: bool) {
        let challenge_response = if success { Outcome::Success } else { Outcome::Failure };
        self.challenges.push(Answered { challenge_name, challenge_response });
    }

    /// Stores the event of a user, or what has become of it since it was stored last.
    pub async fn store(&self, tx: &mut Tx, sub: &str) -> Result<()> {
        if !self.kept {
            return Ok(());
        }
        let details = Details { challenges: self.challenges.clone(), risk: self.risk, context: self.context.clone() };
        let row = EventRow {
            event_id: self.id.clone(),
            kind: Json(self.kind),
            response: Json(self.response),
            client_id: self.client_id.clone(),
            details: Json(details),
            feedback_value: None,
            feedback_provider: None,
            feedback_at: None,
            created_at: self.created_at,
        };
        Ok(store::put_event(tx, &self.pool_id, sub, &row).await?)
    }
}

/// Stores an event by itself: how a refusal is recorded, whose own transaction leaves nothing.
pub async fn record(cx: &mut Cx, event: &Event, sub: &str) -> Result<()> {
    if !event.kept {
        return Ok(());
    }
    let mut tx = cx.begin().await?;
    event.store(&mut tx, sub).await?;
    tx.commit().await
}
