//! `/inbox`: what would have been sent, for development.

use super::inbox_view::{Inbox, InboxMessage, view};
use super::message::{Content, PURPOSE};
use super::store::{self, Row};
use crate::api::{Cx, Result};
use crate::boot::app::App;
use crate::boot::{assets, headers};
use crate::kit::clock::iso8601;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use std::sync::Arc;

const SHOWN: i64 = 200;

/// As a page or, where JSON is asked for, as `{"messages": […]}`.
pub async fn serve(State(app): State<Arc<App>>, request_headers: HeaderMap) -> Response<Body> {
    let cx = &mut Cx::internal(app);
    let Ok(messages) = read(cx).await else {
        let mut response = Response::new(Body::from("The messages cannot be read."));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return response;
    };
    let accepted = request_headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accepted.contains("application/json") {
        let list: Vec<_> = messages.iter().map(|(row, content)| as_json(row, content)).collect();
        let mut response = Response::new(Body::from(serde_json::json!({ "messages": list }).to_string()));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return response;
    }
    let shown = messages.into_iter().map(|(row, content)| InboxMessage {
        id: row.id,
        to: content.to,
        channel: row.channel,
        subject: content.subject,
        text: content.text,
        sent_at: iso8601(row.created_at).replace('T', " ").replace('Z', " UTC"),
    });
    let html = crate::ui::render(view(Inbox { base_css_url: assets::stylesheet().to_owned(), messages: shown.collect() }));
    let mut response = Response::new(Body::from(html));
    headers::page(response.headers_mut(), &headers::policy(""));
    response
}

async fn read(cx: &mut Cx) -> Result<Vec<(Row, Content)>> {
    let rows = store::newest(&mut *cx.read().await?, SHOWN).await?;
    let open = |row: Row| {
        let plain = cx.app.sealer.open(PURPOSE, &row.message)?;
        let content = serde_json::from_slice(&plain).ok()?;
        Some((row, content))
    };
    Ok(rows.into_iter().filter_map(open).collect())
}

fn as_json(row: &Row, content: &Content) -> serde_json::Value {
    serde_json::json!({
        "id": row.id,
        "to": content.to,
        "channel": row.channel,
        "subject": content.subject,
        "text": content.text,
        "html": content.html,
        "sent_at": iso8601(row.created_at),
    })
}
