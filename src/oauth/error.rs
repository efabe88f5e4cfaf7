//! Errors of the endpoints that applications call, as RFC 6749 (5.2) has them.

use crate::api::{ApiError, Exception};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

/// An error code, a sentence for the developer, and the status.
#[derive(Debug)]
pub struct OAuthError {
    pub code: &'static str,
    pub description: String,
    pub status: StatusCode,
    pub retry_after: Option<u32>,
}

pub type Result<T> = std::result::Result<T, OAuthError>;

impl OAuthError {
    pub fn new(code: &'static str, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), status: StatusCode::BAD_REQUEST, retry_after: None }
    }

    pub fn invalid_request(description: impl Into<String>) -> Self {
        Self::new("invalid_request", description)
    }

    pub fn invalid_client() -> Self {
        Self::new("invalid_client", "Client authentication failed")
    }

    pub fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new("invalid_grant", description)
    }

    /// The answer. `basic` says that the client tried HTTP Basic, which a 401 must then name (RFC 6749, 5.2).
    pub fn response(self, basic: bool) -> Response<Body> {
        let body = serde_json::json!({ "error": self.code, "error_description": self.description });
        let challenge = basic && self.code == "invalid_client";
        let mut response = json(if challenge { StatusCode::UNAUTHORIZED } else { self.status }, &body);
        if challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"oauth2\""));
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// What the tokens room refuses with, in this protocol's words. What went wrong inside goes to the log.
impl From<ApiError> for OAuthError {
    fn from(error: ApiError) -> Self {
        match &error {
            ApiError::Internal(cause) => {
                tracing::error!(cause = format!("{cause:#}"), "an OAuth endpoint failed");
                Self { status: StatusCode::INTERNAL_SERVER_ERROR, ..Self::new("server_error", "Something went wrong") }
            }
            ApiError::Busy { retry_after } => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                retry_after: Some(*retry_after),
                ..Self::new("temporarily_unavailable", error.message())
            },
            _ if error.is(Exception::TooManyRequestsException) => {
                let retry_after = if let ApiError::Throttled { retry_after } = &error { Some(*retry_after) } else { None };
                Self { status: StatusCode::TOO_MANY_REQUESTS, retry_after, ..Self::new("temporarily_unavailable", error.message()) }
            }
            _ => Self::invalid_grant(error.message()),
        }
    }
}

/// A JSON answer that nobody may keep, and that any origin may read: nothing here is authorised by a cookie.
pub fn json(status: StatusCode, body: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    no_store(response.headers_mut());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    response
}

pub fn no_store(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("WWW-Authenticate, Retry-After"));
}

/// The answer to a browser's preflight.
pub async fn preflight(headers: HeaderMap) -> Response<Body> {
    let mut response = crate::api::wire::preflight(&headers);
    let methods = HeaderValue::from_static("GET, POST, PUT, DELETE");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    response
}
