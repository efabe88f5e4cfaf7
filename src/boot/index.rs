//! `GET /` for a browser, and `/health` and `/metrics` for machines.

use super::app::App;
use super::index_view::{Index, view};
use super::{assets, headers, telemetry};
use crate::api::Cx;
use crate::store::sql;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode, header};
use std::sync::Arc;

pub async fn index(State(app): State<Arc<App>>) -> Response<Body> {
    let config = &app.config;
    let html = crate::ui::render(view(Index {
        base_css_url: assets::stylesheet().to_owned(),
        public_url: config.public_url.clone(),
        region: config.region.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        demo: config.demo,
        inbox: !app.providers.any(),
        discovery_url: config.demo.then(|| format!("{}/.well-known/openid-configuration", config.issuer(super::demo_pool::POOL_ID))),
    }));
    let mut response = Response::new(Body::from(html));
    headers::page(response.headers_mut(), &headers::policy(""));
    response
}

/// 200 when the database answers, 503 when it does not.
pub async fn health(State(app): State<Arc<App>>) -> Response<Body> {
    let answers = check(&mut Cx::internal(app)).await;
    let (status, body) = if answers {
        (StatusCode::OK, r#"{"status":"ok"}"#)
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"database unavailable"}"#)
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn check(cx: &mut Cx) -> bool {
    let Ok(mut tx) = cx.read().await else { return false };
    sql!(fetch_one (i64,); tx, "SELECT CAST(1 AS BIGINT)").is_ok()
}

pub async fn metrics() -> Response<Body> {
    let mut response = Response::new(Body::from(telemetry::render()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4"));
    response
}
