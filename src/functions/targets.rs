//! Functions that run elsewhere: at an address that takes signed events, or behind Lambda's Invoke API.

use super::config::Remote;
use super::name::Arn;
use crate::api::sigv4::Signer;
use crate::boot::app::App;
use crate::kit::clock::SECOND;
use crate::kit::{mac, text};
use crate::outbound::{Failure, Limits};
use axum::body::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use std::time::Duration;

/// As often a function is called that cannot be reached or does not answer in time; one that answered, however, was called.
const TRIES: usize = 3;
const MAX_ANSWER: usize = 6 << 20;

/// What came back from elsewhere.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    Answer(String),
    /// The function's own error: `{errorType, errorMessage, …}`.
    Error(String),
    /// Why there is no answer, as an exception's name or a sentence.
    Unreachable(String),
}

/// One call, as it is sent.
pub struct Sent<'a> {
    pub arn: &'a str,
    pub request_id: &'a str,
    pub event: &'a str,
    pub timeout: Duration,
}

/// Posts an event with a signature over time, id and event, so that the receiver can tell it from a forged or repeated one.
pub async fn post(app: &App, url: &str, key: &str, sent: &Sent<'_>) -> Reply {
    let request = || {
        let timestamp = (app.clock.now() / SECOND).to_string();
        let parts: [&[u8]; 5] = [timestamp.as_bytes(), b".", sent.request_id.as_bytes(), b".", sent.event.as_bytes()];
        let signature = format!("v1={}", text::hex(&mac::hmac_sha256(key.as_bytes(), &parts)));
        Request::post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-poolhouse-timestamp", timestamp)
            .header("x-poolhouse-request-id", sent.request_id)
            .header("x-poolhouse-function-arn", sent.arn)
            .header("x-poolhouse-signature", signature)
            .body(Bytes::from(sent.event.to_owned()))
            .ok()
    };
    let answer = match send(app, sent.timeout, request).await {
        Ok(answer) => answer,
        Err(reply) => return reply,
    };
    let (status, body) = (answer.status(), String::from_utf8_lossy(answer.body()).into_owned());
    if status.is_success() && !answer.headers().contains_key("x-amz-function-error") {
        return Reply::Answer(body);
    }
    let error: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    if error["errorMessage"].is_string() { Reply::Error(body) } else { Reply::Unreachable(format!("{status} from the function's address")) }
}

/// Calls a function by Lambda's Invoke.
pub async fn invoke(app: &App, remote: &Remote, sent: &Sent<'_>) -> Reply {
    let refused = || Reply::Unreachable("AccessDeniedException".into());
    let Some(arn) = Arn::parse(sent.arn) else { return refused() };
    let Some(key) = &remote.key else { return refused() };
    let endpoint = remote.endpoint.clone().unwrap_or_else(|| format!("https://lambda.{}.amazonaws.com", arn.region));
    let name = percent_encoding::utf8_percent_encode(sent.arn, percent_encoding::NON_ALPHANUMERIC);
    let url = format!("{endpoint}/2015-03-31/functions/{name}/invocations");
    let signer = Signer {
        access_key_id: &key.access_key_id,
        secret_access_key: &key.secret_access_key,
        session_token: key.session_token.as_deref().map(|token| token.as_str()),
        region: arn.region,
        service: "lambda",
    };
    let request = || {
        let uri: http::Uri = url.parse().ok()?;
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(uri.authority()?.as_str()).ok()?);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("x-amz-invocation-type", HeaderValue::from_static("RequestResponse"));
        signer.sign(&Method::POST, &uri, &mut headers, sent.event.as_bytes(), app.clock.now() / SECOND).ok()?;
        let mut request = Request::post(uri).body(Bytes::from(sent.event.to_owned())).ok()?;
        *request.headers_mut() = headers;
        Some(request)
    };
    let answer = match send(app, sent.timeout, request).await {
        Ok(answer) => answer,
        Err(reply) => return reply,
    };
    let body = String::from_utf8_lossy(answer.body()).into_owned();
    match answer.status() {
        status if status.is_success() && answer.headers().contains_key("x-amz-function-error") => Reply::Error(body),
        status if status.is_success() => Reply::Answer(body),
        status => {
            let kind = answer.headers().get("x-amzn-errortype").and_then(|v| v.to_str().ok()?.split(':').next().map(str::to_owned));
            Reply::Unreachable(kind.filter(|kind| !kind.is_empty()).unwrap_or_else(|| format!("{status} from Lambda")))
        }
    }
}

async fn send(app: &App, timeout: Duration, request: impl Fn() -> Option<Request<Bytes>>) -> Result<Response<Bytes>, Reply> {
    let mut why = String::new();
    for _ in 0..TRIES {
        let Some(request) = request() else { return Err(Reply::Unreachable("the address of the function is malformed".into())) };
        match app.outbound.send(request, Limits { timeout, max_body: MAX_ANSWER }).await {
            Ok(answer) => return Ok(answer),
            Err(Failure::Timeout(_)) => why = "Socket timeout while invoking Lambda function.".into(),
            Err(failure @ (Failure::Unreachable(..) | Failure::Broken(..))) => why = failure.to_string(),
            Err(failure) => return Err(Reply::Unreachable(failure.to_string())),
        }
    }
    Err(Reply::Unreachable(why))
}
