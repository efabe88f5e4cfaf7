//! Which addresses an endpoint is called by: signed statements name the one that they were made for.

use crate::api::Cx;
use crate::boot::hosts;
use axum::http::{HeaderMap, header};

/// The addresses of an endpoint of a pool's (`oauth2/token`): below the issuer and, where the request came to a host name of the pool's, there.
/// A `Host` that is not the pool's adds none: anybody can send one.
pub async fn addresses(cx: &Cx, pool_id: &str, headers: &HeaderMap, path: &str) -> Vec<String> {
    let config = &cx.app.config;
    let mut out = vec![format!("{}/{path}", config.issuer(pool_id))];
    let authority = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let host = hosts::without_port(&authority);
    if !config.serves_host(host) && hosts::pool_of(cx.app.clone(), host).await.is_some_and(|(id, _)| id == pool_id) {
        let scheme = if config.is_https() { "https" } else { "http" };
        out.push(format!("{scheme}://{authority}/{path}"));
    }
    out
}
