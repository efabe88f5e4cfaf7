//! The stylesheet, the browser code and other public files: inside the binary, compressed when it was built.

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "$POOLHOUSE_SITE"]
#[exclude = "*.d.ts"]
struct Site;

/// The address of the stylesheet; it changes with its content.
pub fn stylesheet() -> &'static str {
    static URL: LazyLock<String> = LazyLock::new(|| versioned("pkg/poolhouse.css"));
    &URL
}

/// The address of an embedded file, with a version that changes with its content, so that browsers may keep it for ever.
pub fn versioned(path: &str) -> String {
    let hash = Site::get(path).map_or([0; 32], |file| file.metadata.sha256_hash());
    format!("/{path}?v={}", crate::kit::text::hex(&hash[..6]))
}

/// `GET /pkg/{file}`: what was built.
pub async fn built(Path(file): Path<String>, uri: Uri, headers: HeaderMap) -> Response<Body> {
    serve(&format!("pkg/{file}"), &uri, &headers)
}

/// `GET /assets/{file}`: what was written.
pub async fn written(Path(file): Path<String>, uri: Uri, headers: HeaderMap) -> Response<Body> {
    serve(&format!("assets/{file}"), &uri, &headers)
}

fn serve(path: &str, uri: &Uri, headers: &HeaderMap) -> Response<Body> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let accepts = |coding: &str| accepted.split(',').any(|part| part.trim().split(';').next() == Some(coding));
    let encoded = [("br", "br"), ("gzip", "gz")].into_iter().filter(|(coding, _)| accepts(coding));
    let found = encoded.filter_map(|(coding, suffix)| Some((Some(coding), Site::get(&format!("{path}.{suffix}"))?))).next();
    let Some((coding, content)) = found.or_else(|| Some((None, Site::get(path)?))) else {
        let mut response = Response::new(Body::from("Not found"));
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let tag = format!("\"{}\"", crate::kit::text::hex(&content.metadata.sha256_hash()[..12]));
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let body = match content.data {
        _ if is_known => Bytes::new(),
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let mut response = Response::new(Body::from(body));
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    // An address with a version never changes its meaning; any other is asked for again.
    let is_versioned = uri.query().is_some_and(|q| q.starts_with("v="));
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(if is_versioned { "public, max-age=31536000, immutable" } else { "no-cache" }),
    );
    if let Ok(tag) = HeaderValue::try_from(tag) {
        out.insert(header::ETAG, tag);
    }
    out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(coding) = coding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    super::headers::common(out);
    response
}

fn content_type(file: &str) -> &'static str {
    match file.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
