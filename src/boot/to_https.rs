//! The plain address of a server that speaks TLS itself: it answers authorities and health checks, and leads browsers to the other one.

use super::app::App;
use super::{headers, hosts, index};
use crate::certificates::challenge;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use axum::routing::get;
use std::sync::Arc;

pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/.well-known/acme-challenge/{token}", get(challenge::serve))
        .route("/health", get(index::health))
        .fallback(lead)
        .with_state(app)
}

/// A request with a body has been sent in the clear already: it is refused, so that whoever wrote the address notices.
async fn lead(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let may_be_led = matches!(*request.method(), Method::GET | Method::HEAD);
    let host = hosts::host(&request).filter(|_| may_be_led);
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    drop(request);
    let target = match host {
        Some(host) => Some(target(&app, &host, &path).await),
        None => None,
    };
    let mut response = Response::new(Body::empty());
    match target.and_then(|target| HeaderValue::try_from(target).ok()) {
        Some(target) => {
            *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
            response.headers_mut().insert(header::LOCATION, target);
        }
        None => {
            *response.status_mut() = StatusCode::FORBIDDEN;
            *response.body_mut() = Body::from(format!("Use {} instead.\n", app.config.public_url));
        }
    }
    headers::common(response.headers_mut());
    response
}

/// The same address under https; for a host that is not served here, the public one.
async fn target(app: &Arc<App>, host: &str, path: &str) -> String {
    if app.config.serves_host(host) || !hosts::is_pools(app.clone(), host).await {
        return format!("{}{path}", app.config.public_url);
    }
    let port = app.config.tls_listen.as_deref().and_then(|listen| listen.rsplit_once(':')).map_or("443", |(_, port)| port);
    let port = if port == "443" { String::new() } else { format!(":{port}") };
    format!("https://{host}{port}{path}")
}
