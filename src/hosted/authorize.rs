//! `GET /oauth2/authorize`: a browser that is signed in gets a code at once, any other the sign-in page.

use super::answer::{self, Page};
use super::cookies;
use super::session::{self, BrowserSession};
use super::visit::{Entry, Visit};
use crate::api::{Exception, Result};
use crate::kit::clock::{Millis, SECOND};
use crate::oauth::authorize::Prompt;
use crate::oauth::code;
use crate::tokens::sessions;
use axum::body::Body;
use axum::http::Response;

pub async fn serve(entry: Entry) -> Response<Body> {
    // A flow belongs to pages; here only an application's own request counts.
    if entry.query.split('&').any(|pair| pair.starts_with("flow=")) {
        return answer::expired(answer::Reader::anywhere(entry.wish));
    }
    let mut visit = match Visit::open(entry).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    match lead_on(&mut visit).await {
        Ok(location) => {
            let mut response = answer::redirect(&location);
            answer::set_browser(&visit, &mut response);
            response
        }
        Err(error) => answer::failure(&visit, &error),
    }
}

async fn lead_on(visit: &mut Visit) -> Result<String> {
    let request = visit.flow.request.clone();
    if request.redirect_uri.is_empty() {
        return Ok(visit.address(Page::Confirm));
    }
    let session = match cookies::get(&visit.headers, cookies::SESSION) {
        Some(token) => session::find(&mut visit.cx, &visit.pool.id, token).await?,
        None => None,
    };
    let silent_for = sessions::silent_for(&mut visit.cx, &visit.pool, &visit.client).await?;
    let session = session.filter(|s| fresh_enough(s, silent_for, request.max_age, visit.cx.now()));
    if let (Some(session), None | Some(Prompt::None)) = (session, request.prompt) {
        match code::issue(&mut visit.cx, &visit.client, &request, &session).await {
            // Ended at this very moment.
            Err(error) if error.is(Exception::NotAuthorizedException) => {}
            issued => return issued,
        }
    }
    Ok(if request.prompt == Some(Prompt::None) { request.with_error("login_required") } else { visit.address(Page::LogIn) })
}

/// Whether the person signed in lately enough for the client, and for the request: `max_age` in seconds (OpenID Connect Core, 3.1.2.1).
fn fresh_enough(session: &BrowserSession, silent_for: Millis, max_age: Option<i64>, now: Millis) -> bool {
    let age = now - session.auth_time;
    age < silent_for && max_age.is_none_or(|seconds| age <= seconds.saturating_mul(SECOND))
}
