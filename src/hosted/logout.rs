//! `GET /logout`: ends the browser's session, then leads to a registered address, to a new sign-in, or says that it is done.

use super::answer::{self, redirect};
use super::cookies::{self, SESSION, Scope};
use super::visit::Entry;
use super::{pages, session};
use crate::api::Result;
use crate::boot::headers;
use crate::oauth::authorize::{Parameters, known_client};
use axum::body::Body;
use axum::http::{Response, StatusCode, header};

pub async fn serve(mut entry: Entry) -> Response<Body> {
    let pool = match crate::pools::load(&mut entry.cx, &entry.pool_id).await {
        Ok(pool) => pool,
        Err(error) => return answer::no_pool(&error, entry.wish),
    };
    let parameters = Parameters::parse(&entry.query);
    let client = match known_client(&mut entry.cx, &pool.id, parameters.get("client_id")).await {
        Ok(client) => client,
        Err(refusal) => return answer::refusal(answer::Reader::new(&pool, entry.wish), refusal),
    };
    if let Err(error) = end(&mut entry).await {
        return answer::failure(answer::Reader::new(&pool, entry.wish), &error);
    }
    let wanted = parameters.get("logout_uri").or_else(|| parameters.get("post_logout_redirect_uri"));
    let mut response = match (wanted, parameters.get("redirect_uri")) {
        (Some(uri), _) if client.logout_urls.iter().any(|url| url == uri) => redirect(&with_state(uri, parameters.get("state"))),
        (Some(uri), _) => {
            let detail = format!("{uri:.256} is not a sign-out URL of client {}", client.id);
            let reader = answer::Reader::new(&pool, entry.wish);
            answer::error_page(reader, StatusCode::BAD_REQUEST, "error.not_sent_back", "error.not_sent_back_message", Some(detail))
        }
        (None, Some(_)) => redirect(&format!("{}/login?{}", entry.base, entry.query)),
        (None, None) => pages::signed_out(&entry, &pool),
    };
    let scope = Scope { path: if entry.base.is_empty() { "/" } else { &entry.base }, secure: entry.cx.app.config.is_https() };
    if let Some(cookie) = cookies::set(scope, SESSION, "", Some(0)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    headers::common(response.headers_mut());
    response
}

async fn end(entry: &mut Entry) -> Result<()> {
    let token = cookies::get(&entry.headers, SESSION).map(str::to_owned);
    match token {
        Some(token) => session::end(&mut entry.cx, &entry.pool_id, &token).await,
        None => Ok(()),
    }
}

/// OpenID Connect RP-Initiated Logout, 2: the state comes back.
fn with_state(uri: &str, state: Option<&str>) -> String {
    let Some(state) = state else { return uri.to_owned() };
    let separator = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{separator}{}", form_urlencoded::Serializer::new(String::new()).append_pair("state", state).finish())
}
