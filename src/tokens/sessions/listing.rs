//! The sessions of a user that have not ended.

use crate::api::{Cx, Result, page};
use crate::hosted::store::{self as browsers, SessionRow};
use crate::kit::clock::{Millis, epoch_seconds};
use crate::kit::user_agent;
use crate::tokens::access::Bearer;
use crate::tokens::store::{self as tokens, Session};
use serde::Serialize;

/// Cognito answers with so many at once.
const PAGE: usize = 125;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub sessions: Vec<Description>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `SessionDescriptionType`. There is no telling cities from addresses here.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Description {
    pub session_id: String,
    pub session_type: &'static str,
    pub client_id: String,
    pub create_date: f64,
    pub last_active_date: f64,
    pub device_type: String,
    #[serde(rename = "LastIPAddress", skip_serializing_if = "Option::is_none")]
    pub last_ip_address: Option<String>,
    pub last_location: Location,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_session_id: Option<String>,
    pub is_current_session: bool,
    #[serde(skip)]
    last_active_at: Millis,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Location {
    pub city: &'static str,
    pub country: &'static str,
}

const UNKNOWN: &str = "unknown";

fn device(user_agent: Option<&str>) -> String {
    user_agent.map_or_else(|| UNKNOWN.to_owned(), user_agent::describe)
}

impl Description {
    fn of_tokens(session: Session, current: Option<&Bearer>) -> Self {
        Self {
            is_current_session: current.is_some_and(|bearer| bearer.is_of(&session)),
            session_id: session.session_id,
            session_type: "TOKEN",
            client_id: session.client_id,
            create_date: epoch_seconds(session.created_at),
            last_active_date: epoch_seconds(session.last_active_at),
            device_type: device(session.user_agent.as_deref()),
            last_ip_address: session.address,
            last_location: Location { city: UNKNOWN, country: UNKNOWN },
            origin_session_id: session.origin_session_id,
            last_active_at: session.last_active_at,
        }
    }

    fn of_browser(session: SessionRow) -> Self {
        Self {
            session_id: session.session_id,
            session_type: "SSO",
            client_id: session.client_id,
            create_date: epoch_seconds(session.auth_time),
            last_active_date: epoch_seconds(session.last_active_at),
            device_type: device(session.user_agent.as_deref()),
            last_ip_address: session.address,
            last_location: Location { city: UNKNOWN, country: UNKNOWN },
            origin_session_id: None,
            is_current_session: false,
            last_active_at: session.last_active_at,
        }
    }
}

/// A user's sessions, those of browsers before those of tokens, each page with the one that was used last first. `current` is who asks, where
/// that is the user.
pub async fn list(cx: &mut Cx, pool_id: &str, sub: &str, current: Option<&Bearer>, next_token: Option<&str>) -> Result<Listed> {
    let (list, now) = (format!("sessions:{pool_id}:{sub}"), cx.now());
    let after = page::position(cx, &list, next_token)?.unwrap_or_default();
    let limit = PAGE as i64 + 1;
    let mut sessions: Vec<Description> = {
        let mut tx = cx.read().await?;
        let of_browsers = browsers::live_sessions(&mut tx, pool_id, sub, now, &after, limit).await?;
        let of_tokens = tokens::live_sessions(&mut tx, pool_id, sub, now, &after, limit).await?;
        let of_tokens = of_tokens.into_iter().map(|session| Description::of_tokens(session, current));
        of_browsers.into_iter().map(Description::of_browser).chain(of_tokens).collect()
    };
    // `sso…` comes before `tkn…`, so the two lists are one in the order of their ids.
    let next = page::cut(&mut sessions, PAGE, |session| session.session_id.clone());
    sessions.sort_by_key(|session| std::cmp::Reverse(session.last_active_at));
    Ok(Listed { sessions, next_token: next.map(|position| page::token(cx, &list, &position)) })
}
