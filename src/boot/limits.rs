//! Bodies that are too large: refused, and read to their end, so that the client gets to see the refusal.

use crate::api::wire::{self, MAX_BODY};
use crate::api::{ApiError, Cx};
use crate::boot::app::App;
use crate::hosted::answer::{Reader, error_page};
use crate::hosted::language::Wish;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode, Uri, header};
use http_body_util::BodyExt as _;
use std::time::Duration;

/// What is read and dropped of a body that is refused, and for how long at most.
const DRAINED: usize = 32 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether the request says that its body is larger than what is taken at its address.
pub async fn is_too_large(app: &App, uri: &Uri, headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    let limit = if uri.path() == "/" { wire::body_limit(app, uri, headers).await } else { MAX_BODY };
    length.is_some_and(|n| n > limit as u64)
}

/// Refuses in the form of the address that was asked.
pub async fn refuse(cx: &Cx, request: Request) -> Response<Body> {
    let is_operation = request.uri().path() == "/";
    let wish = Wish::of(request.uri().query().unwrap_or_default(), request.headers());
    let _ = tokio::time::timeout(PATIENCE, drain(request.into_body())).await;
    if is_operation {
        return wire::error_response(cx.request_id(), &ApiError::request_too_large("The request is too large."));
    }
    error_page(Reader::anywhere(wish), StatusCode::PAYLOAD_TOO_LARGE, "error.too_large", "error.bad_form_message", None)
}

async fn drain(mut body: Body) {
    let mut left = DRAINED;
    while let Some(Ok(frame)) = body.frame().await {
        left = left.saturating_sub(frame.data_ref().map_or(0, |data| data.len()));
        if left == 0 {
            return;
        }
    }
}
