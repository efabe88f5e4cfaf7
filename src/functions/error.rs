//! What Lambda's API refuses with.

use crate::api::ApiError;
use crate::store::StoreError;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use std::borrow::Cow;

pub type Result<T, E = LambdaError> = std::result::Result<T, E>;

/// An exception of Lambda's with its status and message, or what went wrong inside.
#[derive(Debug)]
pub enum LambdaError {
    Refused(&'static str, u16, Cow<'static, str>),
    Internal(anyhow::Error),
}

macro_rules! refusals {
    ($($make:ident $name:literal $status:literal,)*) => {
        impl LambdaError {
            $(pub fn $make(message: impl Into<Cow<'static, str>>) -> Self { Self::Refused($name, $status, message.into()) })*
        }
    };
}

refusals! {
    access_denied "AccessDeniedException" 403,
    bad_body "InvalidRequestContentException" 400,
    conflict "ResourceConflictException" 409,
    incomplete_signature "IncompleteSignatureException" 400,
    invalid "InvalidParameterValueException" 400,
    invalid_signature "InvalidSignatureException" 403,
    missing_token "MissingAuthenticationTokenException" 403,
    not_found "ResourceNotFoundException" 404,
    precondition "PreconditionFailedException" 412,
    too_large "RequestTooLargeException" 413,
    too_many_requests "TooManyRequestsException" 429,
    unknown_operation "UnknownOperationException" 404,
    unreachable "ServiceException" 502,
    unrecognized_client "UnrecognizedClientException" 403,
    validation "ValidationException" 400,
}

impl LambdaError {
    pub fn no_function(arn: &str) -> Self {
        Self::not_found(format!("Function not found: {arn}"))
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Refused(name, ..) => name,
            Self::Internal(_) => "ServiceException",
        }
    }

    pub fn message(&self) -> &str {
        match self {
            Self::Refused(_, _, message) => message,
            Self::Internal(_) => "Something went wrong",
        }
    }
}

impl From<anyhow::Error> for LambdaError {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl From<ApiError> for LambdaError {
    fn from(error: ApiError) -> Self {
        Self::Internal(anyhow::anyhow!(error))
    }
}

impl From<StoreError> for LambdaError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}

impl IntoResponse for LambdaError {
    fn into_response(self) -> Response<Body> {
        let status = match &self {
            Self::Refused(_, status, _) => StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_REQUEST),
            Self::Internal(cause) => {
                tracing::error!(cause = format!("{cause:#}"), "a request about functions failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let kind = if status.is_server_error() { "Service" } else { "User" };
        let body = serde_json::json!({ "Type": kind, "Message": self.message(), "message": self.message() });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(self.name()));
        response
    }
}
