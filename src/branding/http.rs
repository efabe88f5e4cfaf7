//! `/{pool}/brand/{client}/style.css` and `/{pool}/brand/{client}/logo`

use super::store::{self, Customization};
use crate::api::Cx;
use crate::boot::app::App;
use crate::boot::headers;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use std::sync::Arc;

pub async fn style(State(app): State<Arc<App>>, Path((pool_id, client_id)): Path<(String, String)>) -> Response<Body> {
    let css = find(app, &pool_id, &client_id).await.and_then(|c| c.style);
    answer(css.map(|css| (css.into_bytes(), "text/css; charset=utf-8".to_owned())))
}

pub async fn logo(State(app): State<Arc<App>>, Path((pool_id, client_id)): Path<(String, String)>) -> Response<Body> {
    let found = find(app, &pool_id, &client_id).await;
    answer(found.and_then(|c| Some((c.image?, c.image_type?))))
}

async fn find(app: Arc<App>, pool_id: &str, client_id: &str) -> Option<Customization> {
    if pool_id.contains('\0') || client_id.contains('\0') {
        return None;
    }
    let mut cx = Cx::internal(app);
    let mut tx = cx.read().await.ok()?;
    store::find(&mut tx, pool_id, client_id).await.ok().flatten().filter(Customization::is_set)
}

/// The address has a version in it, so that what it names never changes.
fn answer(found: Option<(Vec<u8>, String)>) -> Response<Body> {
    let Some((bytes, kind)) = found else {
        let mut response = Response::new(Body::from("Not found"));
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let mut response = Response::new(Body::from(bytes));
    let out = response.headers_mut();
    if let Ok(kind) = HeaderValue::try_from(kind) {
        out.insert(header::CONTENT_TYPE, kind);
    }
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers::common(out);
    response
}
