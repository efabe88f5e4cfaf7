//! Single sign-on: which of a browser's sessions serves a request, and what has to be asked first.

use super::answer::Page;
use super::session::BrowserSession;
use super::visit::Visit;
use crate::api::Result;
use crate::kit::clock::{Millis, SECOND};
use crate::oauth::authorize::{AuthorizeRequest, Reply};
use crate::oauth::{code, consent};
use crate::pools::{Pool, assurance};
use crate::tokens::sessions;

/// How a request goes on.
pub enum Next {
    /// An answer to the application.
    Reply(Reply),
    /// A page of these.
    Page(Page),
}

/// What can be said of a request at once: no page is shown where `prompt` is `none` (OpenID Connect Core, 3.1.2.6).
pub async fn decide(visit: &mut Visit) -> Result<Next> {
    let accounts = visit.accounts().await?;
    let prompts = visit.flow.request.prompts;
    if prompts.select_account && !accounts.is_empty() {
        return Ok(Next::Page(Page::SelectAccount));
    }
    if prompts.login || prompts.select_account {
        return Ok(Next::Page(Page::LogIn));
    }
    let silent_for = sessions::silent_for(&mut visit.cx, &visit.pool, &visit.client).await?;
    let (request, now) = (&visit.flow.request, visit.cx.now());
    let serves =
        |s: &&BrowserSession| fresh_enough(s, silent_for, request.max_age, now) && refusal(&visit.pool, request, s, true).is_none();
    let found = match (&request.subject, accounts.first()) {
        // Whom the application speaks of, or else the one of now: nobody is chosen for the person.
        (Some(_), _) => accounts.iter().find(serves),
        (None, first) => first.filter(serves),
    };
    match found.cloned() {
        Some(session) => go_on(visit, &session).await,
        None if prompts.none => {
            let code = if accounts.iter().any(|s| serves(&s)) { "account_selection_required" } else { "login_required" };
            Ok(Next::Reply(error(visit, code).await?))
        }
        None => Ok(Next::Page(Page::LogIn)),
    }
}

/// Goes on with a session that was begun or chosen just now, or serves without asking.
pub async fn go_on(visit: &mut Visit, session: &BrowserSession) -> Result<Next> {
    if let Some(code) = refusal(&visit.pool, &visit.flow.request, session, false) {
        return Ok(Next::Reply(error(visit, code).await?));
    }
    if consent::is_needed(&mut visit.cx, &visit.client, &visit.flow.request, &session.sub).await? {
        if visit.flow.request.prompts.none {
            return Ok(Next::Reply(error(visit, "consent_required").await?));
        }
        visit.flow.session = Some(session.session_id.clone());
        visit.flow.notice = None;
        return Ok(Next::Page(Page::Consent));
    }
    Ok(Next::Reply(code::issue(&mut visit.cx, &visit.client, &visit.flow.request, session).await?))
}

/// An error on its way to the application.
pub async fn error(visit: &mut Visit, error: &str) -> Result<Reply> {
    visit.flow.request.destination().error(&mut visit.cx, &visit.pool.id, error, None).await
}

/// The session that this flow was begun with, if it has not ended meanwhile.
pub async fn of_flow(visit: &mut Visit) -> Result<Option<BrowserSession>> {
    let Some(id) = visit.flow.session.clone() else { return Ok(None) };
    Ok(visit.accounts().await?.into_iter().find(|s| s.session_id == id))
}

/// Why a session cannot answer a request: somebody else's, or not as strong as it must be. Whoever could still sign in again is asked for what the
/// application merely wants, too (`at_best`).
fn refusal(pool: &Pool, request: &AuthorizeRequest, session: &BrowserSession, at_best: bool) -> Option<&'static str> {
    if request.subject.as_ref().is_some_and(|sub| *sub != session.sub) {
        return Some("login_required");
    }
    let must = at_best || request.claims.acr_is_essential;
    // OpenID Connect Core Unmet Authentication Requirements, 1.
    (must && !assurance::suffices(pool, &session.amr, request.wanted_levels())).then_some("unmet_authentication_requirements")
}

/// Whether the person signed in lately enough for the client, and for the request: `max_age` in seconds (OpenID Connect Core, 3.1.2.1).
pub fn fresh_enough(session: &BrowserSession, silent_for: Millis, max_age: Option<i64>, now: Millis) -> bool {
    let age = now - session.auth_time;
    age < silent_for && max_age.is_none_or(|seconds| age <= seconds.saturating_mul(SECOND))
}
