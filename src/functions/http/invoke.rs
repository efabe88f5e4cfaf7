//! Invoke.

use super::super::error::{LambdaError, Result};
use super::super::function::Version;
use super::super::runner::{self, Asked, Ran};
use super::super::targets::Reply;
use super::{Request, nothing};
use crate::kit::text;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

const MAX_EVENT: usize = 6 * 1024 * 1024;
const MAX_ASYNCHRONOUS: usize = 1024 * 1024;
/// As long as a request may take here, whatever a function's own timeout is.
const PATIENCE: Duration = Duration::from_secs(900);
/// What is shown of a log, in bytes.
const TAIL: usize = 4 * 1024;

pub async fn invoke(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let named = request.named(&name)?;
    let kind = request.headers.get("x-amz-invocation-type").and_then(|v| v.to_str().ok()).unwrap_or("RequestResponse").to_owned();
    let limit = if kind == "Event" { MAX_ASYNCHRONOUS } else { MAX_EVENT };
    if request.body.len() > limit {
        return Err(LambdaError::too_large(format!("Request must be smaller than {limit} bytes for the InvokeFunction operation")));
    }
    let event = match request.body.as_ref() {
        b"" => "{}".to_owned(),
        body => {
            let parsed = serde_json::from_slice::<Value>(body);
            let cause = |error: &serde_json::Error| LambdaError::bad_body(format!("Could not parse request body into json: {error}"));
            parsed.map_err(|error| cause(&error))?;
            String::from_utf8_lossy(body).into_owned()
        }
    };
    let mut cx = request.cx();
    let version = runner::find(&mut cx, &named).await?;
    match kind.as_str() {
        "DryRun" => Ok(nothing()),
        "Event" => {
            crate::jobs::spawn("invoke", later(request, version, named.qualifier, event));
            let mut response = nothing();
            *response.status_mut() = StatusCode::ACCEPTED;
            Ok(response)
        }
        "RequestResponse" => call(&request, &version, named.qualifier.as_deref(), event).await,
        other => Err(LambdaError::validation(format!(
            "1 validation error detected: Value '{other:.40}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [RequestResponse, Event, DryRun]"
        ))),
    }
}

async fn later(request: Request, version: Arc<Version>, qualifier: Option<String>, event: String) {
    let asked = Asked { version: &version, qualifier: qualifier.as_deref(), event, limit: PATIENCE, client_context: Value::Null };
    runner::run(&mut request.cx(), asked).await;
}

/// Calls a function and answers as Invoke does.
pub async fn call(request: &Request, version: &Version, qualifier: Option<&str>, event: String) -> Result<Response<Body>> {
    let context = request.headers.get("x-amz-client-context").and_then(|v| text::from_base64(v.to_str().ok()?));
    let client_context = context.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let asked = Asked { version, qualifier, event, limit: PATIENCE, client_context };
    let Ran { request_id, version, reply, log, .. } = runner::run(&mut request.cx(), asked).await;
    let (body, failed) = match reply {
        Reply::Answer(body) => (body, false),
        Reply::Error(body) => (body, true),
        Reply::Unreachable(why) if why == "TooManyRequestsException" => return Err(LambdaError::too_many_requests("Rate Exceeded.")),
        Reply::Unreachable(why) => return Err(LambdaError::unreachable(why)),
    };
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let texts = [("x-amz-executed-version", version), ("x-amzn-requestid", request_id)];
    for (name, value) in texts {
        headers.insert(name, HeaderValue::try_from(value).map_err(anyhow::Error::from)?);
    }
    if failed {
        headers.insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
    }
    if request.headers.get("x-amz-log-type").is_some_and(|kind| kind == "Tail") {
        let tail = &log.as_bytes()[log.len().saturating_sub(TAIL)..];
        headers.insert("x-amz-log-result", HeaderValue::try_from(text::base64(tail)).map_err(anyhow::Error::from)?);
    }
    Ok(response)
}
