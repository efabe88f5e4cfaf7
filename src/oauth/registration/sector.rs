//! `sector_identifier_uri` (OpenID Connect Core, 8.1): it must name every redirect address of the client. Subjects are public here, so that
//! nothing else depends on it.

use crate::api::Cx;
use crate::oauth::error::{OAuthError, Result};
use crate::outbound::Limits;
use axum::body::Bytes;
use axum::http::{Request, StatusCode, header};
use std::time::Duration;

const LIMITS: Limits = Limits { timeout: Duration::from_secs(5), max_body: 64 * 1024 };

pub async fn check(cx: &Cx, uri: &str, redirect_uris: &[String]) -> Result<()> {
    let bad = |why: &str| OAuthError::new("invalid_client_metadata", format!("sector_identifier_uri {why}"));
    if !uri.starts_with("https://") {
        return Err(bad("must be https"));
    }
    let request = Request::get(uri).header(header::ACCEPT, "application/json").body(Bytes::new()).map_err(|_| bad("is not a URL"))?;
    let answer = cx.app.outbound.send(request, LIMITS).await.map_err(|_| bad("can not be fetched"))?;
    if answer.status() != StatusCode::OK {
        return Err(bad("can not be fetched"));
    }
    let named: Vec<String> = serde_json::from_slice(answer.body()).map_err(|_| bad("does not hold a list of addresses"))?;
    if redirect_uris.iter().all(|uri| named.contains(uri)) { Ok(()) } else { Err(bad("does not name every redirect_uri")) }
}
