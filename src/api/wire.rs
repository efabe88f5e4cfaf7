//! AWS JSON 1.1 over HTTP: `POST /` with `X-Amz-Target`.

use super::caller::names_a_key;
use super::{ApiError, Cx, dispatch};
use crate::boot::app::App;
use crate::triggers::kms;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};

const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.1");
const EXPOSED: HeaderValue = HeaderValue::from_static("x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date");
pub const PREFIX: &str = "AWSCognitoIdentityProviderService.";
/// Of what Poolhouse offers operators besides.
const OWN_PREFIX: &str = "PoolhouseService.";
/// The largest body of most operations: an image of 100 KB in base64, and some room.
pub const MAX_BODY: usize = 256 * 1024;

/// One request as it arrived.
pub struct Incoming<'a> {
    pub method: &'a Method,
    pub uri: &'a Uri,
    pub headers: &'a HeaderMap,
    pub body: Bytes,
}

/// Answers one request.
pub async fn serve(cx: &mut Cx, incoming: Incoming<'_>) -> Response<Body> {
    if crate::iam::query::speaks(incoming.headers) {
        return crate::iam::query::serve(cx, &incoming).await;
    }
    let result = answer(cx, &incoming).await;
    let request_id = cx.request_id();
    match result {
        Ok(body) => response(StatusCode::OK, request_id, body),
        Err(error) => error_response(request_id, &error),
    }
}

async fn answer(cx: &mut Cx, incoming: &Incoming<'_>) -> Result<Vec<u8>, ApiError> {
    let target = target(incoming.headers);
    if target == kms::TARGET {
        cx.caller = super::caller(&cx.app, incoming, kms::SERVICE).await?;
        return kms::decrypt(cx, &incoming.body);
    }
    let entry = operation(target).ok_or_else(|| ApiError::unknown_operation(format!("The operation {target:.120} is not known.")))?;
    if matches!(entry.door, super::Door::Iam | super::Door::ClientOrIam) {
        cx.caller = super::caller(&cx.app, incoming, "cognito-idp").await?;
    }
    dispatch::call(entry, cx, &incoming.body).await
}

fn target(headers: &HeaderMap) -> &str {
    headers.get("x-amz-target").and_then(|t| t.to_str().ok()).unwrap_or_default()
}

fn operation(target: &str) -> Option<&'static dispatch::Entry> {
    let own = || target.strip_prefix(OWN_PREFIX).and_then(dispatch::find_own);
    target.strip_prefix(PREFIX).and_then(dispatch::find).or_else(own)
}

/// How large the body of a request may be, by its header. More than usual is read of those only who name a key that exists, so that
/// strangers cannot fill the memory.
pub async fn body_limit(app: &App, uri: &Uri, headers: &HeaderMap) -> usize {
    let limit = operation(target(headers)).map_or(MAX_BODY, |entry| entry.max_body);
    if limit <= MAX_BODY || names_a_key(app, uri, headers).await { limit } else { MAX_BODY }
}

/// What a client calls itself, as far as it is text of a sensible length. SDKs in browsers use a header of their own.
pub fn user_agent(headers: &HeaderMap) -> Option<String> {
    let named = headers.get(header::USER_AGENT).or_else(|| headers.get("x-amz-user-agent"));
    named.and_then(|v| v.to_str().ok()).map(|text| text.chars().take(256).collect())
}

/// An error in the form that SDKs parse.
pub fn error_response(request_id: &str, error: &ApiError) -> Response<Body> {
    let (name, status) = error.exception().map_or(("InternalErrorException", 500), |e| (e.name(), e.status()));
    let message = error.message();
    let body = serde_json::json!({ "__type": name, "message": message });
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = response(status, request_id, body.to_string().into_bytes());
    let headers = response.headers_mut();
    headers.insert("x-amzn-errortype", HeaderValue::try_from(format!("{name}:")).unwrap_or(CONTENT_TYPE));
    // A header cannot carry every character; the body has the text in full.
    let line: String = message.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).take(512).collect();
    if let Ok(value) = HeaderValue::try_from(line) {
        headers.insert("x-amzn-errormessage", value);
    }
    if let ApiError::Busy { retry_after } | ApiError::Throttled { retry_after } = error {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
    }
    response
}

fn response(status: StatusCode, request_id: &str, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, CONTENT_TYPE);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    if let Ok(id) = HeaderValue::try_from(request_id) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    response
}

/// The answer to a browser's preflight: any origin may call, since nothing here is authorised by a cookie.
pub fn preflight(headers: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let out = response.headers_mut();
    out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    out.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    if let Some(asked) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    out.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    out.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("172800"));
    out.insert(header::VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
    response
}
