//! `/oauth2/authorize`: a browser that is signed in gets its answer at once, any other the sign-in page.

use super::answer::{self, Page};
use super::sso::{self, Next};
use super::visit::{Entry, Visit};
use crate::api::{Exception, Result};
use crate::oauth::authorize::Reply;
use axum::body::{Body, Bytes};
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
        Ok(reply) => {
            let mut response = answer::reply(&visit, reply);
            answer::set_browser(&visit, &mut response);
            response
        }
        Err(error) => answer::failure(&visit, &error),
    }
}

/// The request as a form (OpenID Connect Core, 3.1.2.1). It comes from another site, so that the browser sends no cookies: it is sent round once.
pub async fn posted(entry: Entry, body: Bytes) -> Response<Body> {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(form_urlencoded::parse(&body)).finish();
    answer::redirect(&format!("{}/oauth2/authorize?{query}", entry.base))
}

async fn lead_on(visit: &mut Visit) -> Result<Reply> {
    if visit.request().is_none() {
        return Ok(Reply::Redirect(visit.address(Page::Confirm)));
    }
    let next = match sso::decide(visit).await {
        // The session was ended at this very moment.
        Err(error) if error.is(Exception::NotAuthorizedException) && visit.flow.request.prompts.none => {
            Next::Reply(sso::error(visit, "login_required").await?)
        }
        Err(error) if error.is(Exception::NotAuthorizedException) => Next::Page(Page::LogIn),
        decided => decided?,
    };
    Ok(match next {
        Next::Reply(reply) => reply,
        // A request that was sent ahead is taken up once, a signed one expires, and what was chosen silently has to be kept.
        Next::Page(page) if is_passing(visit) || page == Page::Consent => Reply::Redirect(visit.go(page).await?),
        Next::Page(page) => Reply::Redirect(visit.address(page)),
    })
}

/// Whether the request may be gone by the time that the person has signed in.
fn is_passing(visit: &Visit) -> bool {
    visit.flow.request.pushed.is_some() || form_urlencoded::parse(visit.query.as_bytes()).any(|(name, _)| name == "request")
}
