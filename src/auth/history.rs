//! What of sign-ins is remembered: those that passed, and wrong answers of users who exist. A pool that is not watched pays nothing.

use super::progress::{self, Progress};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::risk::events::{self, Challenge, Event, Kind, Response};
use crate::risk::{Context, Mode};
use crate::users::attempts::{self, Action};

/// Refuses addresses that the pool or the client blocks, before anything is looked up.
pub async fn refuse_blocked(cx: &mut Cx, pool: &Pool, client: &Client) -> Result<()> {
    let context = context(cx);
    if crate::risk::is_blocked(cx, pool, client, &context).await? {
        return Err(ApiError::not_authorized("Unable to login because of security reasons."));
    }
    Ok(())
}

/// Where the request comes from: as the application says, where it may, or as the connection tells.
fn context(cx: &Cx) -> Context {
    cx.context.clone().unwrap_or_else(|| Context::of_request(cx))
}

/// The event of a sign-in that passed. Its id is the tokens' `event_id`.
pub fn passed(cx: &Cx, pool: &Pool, client: &Client, proofs: &Progress) -> Event {
    let mut event = events::begin(cx, pool, Kind::SignIn, Some(&client.id), context(cx));
    note(&mut event, proofs);
    event.response = Response::Pass;
    event
}

fn note(event: &mut Event, proofs: &Progress) {
    for proof in &proofs.amr {
        event.answered(if proof == progress::PASSWORD { Challenge::Password } else { Challenge::Mfa }, true);
    }
}

/// A write like the one that [`failed`] costs, for a name that has no account.
pub async fn pretend(cx: &mut Cx, pool: &Pool, username: &str) -> Result<()> {
    if !Mode::of(pool).watches() {
        return Ok(());
    }
    attempts::pretend_code(cx, pool, &attempts::subject_of_unknown(pool, username), Action::SignInCode).await
}

/// Records a wrong answer to a challenge of a user who exists.
pub async fn failed(cx: &mut Cx, pool: &Pool, client: &Client, sub: &str, proofs: &Progress, challenge: Challenge) -> Result<()> {
    let mut event = events::begin(cx, pool, Kind::SignIn, Some(&client.id), context(cx));
    note(&mut event, proofs);
    event.answered(challenge, false);
    event.response = Response::Fail;
    events::record(cx, &event, sub).await
}
