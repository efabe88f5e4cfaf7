//! Who may manage functions: the signer of the request with the installation's root key. An archive may be large, so no more than usual is
//! read of those who do not name a key that exists.

use super::super::error::{LambdaError, Result};
use super::{MAX_BODY, Request};
use crate::api::sigv4;
use crate::api::wire;
use crate::boot::app::App;
use crate::boot::headers;
use crate::kit::clock::SECOND;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, header};
use axum::middleware::Next;
use axum::response::IntoResponse as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

pub async fn check(State(app): State<Arc<App>>, request: axum::extract::Request, next: Next) -> Response<Body> {
    let request_id = crate::kit::id::uuid(&app.rng);
    let mut response = match admit(app, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    let out = response.headers_mut();
    headers::common(out);
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !out.contains_key("x-amzn-requestid")
        && let Ok(id) = HeaderValue::try_from(request_id)
    {
        out.insert("x-amzn-requestid", id);
    }
    response
}

/// Large requests that are read at the same time.
static LARGE: Semaphore = Semaphore::const_new(8);
/// How long one may take to arrive.
const LONGEST: Duration = Duration::from_secs(60);

async fn admit(app: Arc<App>, request: axum::extract::Request) -> Result<axum::extract::Request> {
    let (mut parts, body) = request.into_parts();
    let signed = sigv4::parse(&parts.uri, &parts.headers).map_err(refusal)?;
    let signed = signed.ok_or_else(|| LambdaError::missing_token("Missing Authentication Token"))?;
    signed.check_scope(&app.config.region, "lambda").map_err(refusal)?;
    if signed.credential().access_key_id != app.root_key.access_key_id || signed.session_token().is_some() {
        return Err(LambdaError::unrecognized_client("The security token included in the request is invalid."));
    }
    let limit = if parts.method == http::Method::GET { wire::MAX_BODY } else { MAX_BODY };
    // Read before the signature can be checked: few at a time, and not for long.
    let _turn = if limit > wire::MAX_BODY { LARGE.acquire().await.ok() } else { None };
    let too_large = || LambdaError::too_large(format!("Request must be smaller than {limit} bytes for this operation"));
    let read = tokio::time::timeout(LONGEST, axum::body::to_bytes(body, limit)).await;
    let body = read.map_err(|_| too_large())?.map_err(|_| too_large())?;
    let (key, now) = (&app.root_key.secret_access_key, app.clock.now() / SECOND);
    signed.verify(&parts.method, &parts.uri, &parts.headers, &body, key, now).map_err(refusal)?;
    let request = Request { app, uri: parts.uri.clone(), headers: parts.headers.clone(), body };
    parts.extensions.insert(request);
    Ok(axum::extract::Request::from_parts(parts, Body::empty()))
}

fn refusal(error: sigv4::SigError) -> LambdaError {
    let message = error.to_string();
    match error.exception() {
        "MissingAuthenticationTokenException" => LambdaError::missing_token(message),
        "IncompleteSignatureException" => LambdaError::incomplete_signature(message),
        _ => LambdaError::invalid_signature(message),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Request {
    type Rejection = LambdaError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let unsigned = || LambdaError::missing_token("Missing Authentication Token");
        parts.extensions.remove::<Self>().ok_or_else(unsigned)
    }
}
