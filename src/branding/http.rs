//! What pages are dressed in: `/{pool}/brand/{client}/style.css`, `…/logo` and `…/asset/{name}`.

use super::brand;
use super::managed::look;
use super::managed::store::{self as managed, AssetName};
use super::store::{self, Customization};
use crate::api::Cx;
use crate::boot::app::App;
use crate::boot::headers;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Response, StatusCode, Uri, header};
use std::sync::Arc;

/// The style sheet of the classic pages or, with `look`, of managed login.
pub async fn style(State(app): State<Arc<App>>, uri: Uri, Path((pool_id, client_id)): Path<(String, String)>) -> Response<Body> {
    let css = if uri.query().is_some_and(|query| query.starts_with("look=")) {
        look_css(app, &pool_id, &client_id).await
    } else {
        find(app, &pool_id, &client_id).await.and_then(|c| c.style)
    };
    answer(css.map(|css| (css.into_bytes(), "text/css; charset=utf-8".to_owned())))
}

pub async fn logo(State(app): State<Arc<App>>, Path((pool_id, client_id)): Path<(String, String)>) -> Response<Body> {
    let found = find(app, &pool_id, &client_id).await;
    answer(found.and_then(|c| Some((c.image?, c.image_type?))))
}

/// An image of a style: `{category}-{mode}` in small letters.
pub async fn asset(State(app): State<Arc<App>>, Path((pool_id, client_id, name)): Path<(String, String, String)>) -> Response<Body> {
    answer(find_asset(app, &pool_id, &client_id, &name).await)
}

async fn look_css(app: Arc<App>, pool_id: &str, client_id: &str) -> Option<String> {
    if pool_id.contains('\0') || client_id.contains('\0') {
        return None;
    }
    let (style, names) = brand::style_of(&mut Cx::internal(app), pool_id, client_id).await.ok()??;
    Some(look::css(&style, names))
}

async fn find_asset(app: Arc<App>, pool_id: &str, client_id: &str, name: &str) -> Option<(Vec<u8>, String)> {
    if [pool_id, client_id, name].iter().any(|text| text.contains('\0')) {
        return None;
    }
    let (category, mode) = name.split_once('-')?;
    let name = AssetName { category: category.to_ascii_uppercase(), color_mode: mode.to_ascii_uppercase() };
    let mut cx = Cx::internal(app);
    let mut tx = cx.read().await.ok()?;
    let style = managed::find_by_client(&mut tx, pool_id, client_id).await.ok()??;
    let (extension, bytes) = managed::asset(&mut tx, &style, &name).await.ok()??;
    let kind = match extension.as_str() {
        "ICO" => "image/x-icon",
        "JPEG" => "image/jpeg",
        "PNG" => "image/png",
        "SVG" => "image/svg+xml",
        "WEBP" => "image/webp",
        _ => return None,
    };
    Some((bytes, kind.to_owned()))
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
pub fn answer(found: Option<(Vec<u8>, String)>) -> Response<Body> {
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
