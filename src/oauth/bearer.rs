//! Access tokens in the `Authorization` header (RFC 6750, 2.1; RFC 9449, 7.1).

use super::dpop;
use super::error::{OAuthError, Result};
use crate::api::Cx;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

/// A token as a request shows it.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    pub token: &'a str,
    /// Whether a proof is said to come with it.
    pub dpop: bool,
}

pub fn shown(headers: &HeaderMap) -> Option<Shown<'_>> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let dpop = scheme.eq_ignore_ascii_case("dpop");
    let known = dpop || scheme.eq_ignore_ascii_case("bearer");
    Some(token.trim()).filter(|token| known && !token.is_empty()).map(|token| Shown { token, dpop })
}

/// Refuses a token that is bound to a key from whoever does not prove to hold it, and a proof for a token that is bound to none.
pub async fn check_key(
    cx: &mut Cx,
    pool_id: &str,
    headers: &HeaderMap,
    shown: Shown<'_>,
    (method, path): (&Method, &str),
    jkt: Option<&str>,
) -> Result<()> {
    let unbound = |why: &'static str| OAuthError { status: StatusCode::UNAUTHORIZED, ..OAuthError::new("invalid_token", why) };
    match (jkt, shown.dpop) {
        (None, false) => Ok(()),
        (None, true) => Err(unbound("The access token is bound to no key")),
        (Some(_), false) => Err(unbound("The access token is bound to a key")),
        (Some(jkt), true) => {
            let used = dpop::Use { pool_id, method, path, access_token: Some(shown.token) };
            let proved = dpop::proof(cx, headers, used).await.map_err(|error| OAuthError { status: StatusCode::UNAUTHORIZED, ..error })?;
            if proved.as_deref() == Some(jkt) { Ok(()) } else { Err(unbound("The access token is bound to another key")) }
        }
    }
}

/// A refusal with the challenge that names it (RFC 6750, 3).
pub fn refusal(error: OAuthError) -> Response<Body> {
    let scheme = if error.code == "invalid_dpop_proof" { "DPoP" } else { "Bearer" };
    let challenge = format!("{scheme} error=\"{}\", error_description=\"{}\"", error.code, error.description.replace(['"', '\\'], "'"));
    let challenged = matches!(error.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let mut response = error.response(false);
    if let Some(value) = challenged.then(|| HeaderValue::try_from(challenge).ok()).flatten() {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}
