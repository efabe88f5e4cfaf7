//! The stylesheet, the browser code and other public files: inside the binary, compressed when it was built.

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
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

/// `GET /pkg/{file}`
pub async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response<Body> {
    let path = format!("pkg/{file}");
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let accepts = |coding: &str| accepted.split(',').any(|part| part.trim().split(';').next() == Some(coding));
    let encoded = [("br", "br"), ("gzip", "gz")].into_iter().filter(|(coding, _)| accepts(coding));
    let found = encoded.filter_map(|(coding, suffix)| Some((Some(coding), Site::get(&format!("{path}.{suffix}"))?))).next();
    let Some((coding, content)) = found.or_else(|| Some((None, Site::get(&path)?))) else {
        let mut response = Response::new(Body::from("Not found"));
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let body = match content.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let mut response = Response::new(Body::from(body));
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&file)));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
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
