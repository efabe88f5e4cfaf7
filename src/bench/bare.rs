//! The server that pages are compared with: axum, hyper and this crate's accept loop around one answer that was worked out beforehand.

use crate::boot::listen::{self, Door};
use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// An answer, where it is given, and on which address.
#[derive(Serialize, Deserialize)]
pub struct Bare {
    pub listen: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// Serves until it is killed.
pub async fn serve(file: &Path) -> Result<()> {
    let bare: Bare = serde_json::from_slice(&std::fs::read(file)?).with_context(|| format!("{} is no answer", file.display()))?;
    let mut headers = HeaderMap::new();
    for (name, value) in &bare.headers {
        headers.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    let body = Bytes::from(bare.body);
    let handler = move || async move {
        let mut response = Response::new(Body::from(body));
        *response.headers_mut() = headers;
        response
    };
    let router = Router::new().route(&bare.path, get(handler));
    let (_stop, stopping) = tokio::sync::watch::channel(false);
    let listeners = listen::bind(&bare.listen).await?;
    listen::serve(vec![Door { listeners, answers: router, tls: None }], stopping).await;
    Ok(())
}
