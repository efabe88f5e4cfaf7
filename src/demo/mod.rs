//! `/demo`: a small OpenID Connect application, as anyone would write one: it knows the pool by its issuer only, and talks to it over HTTP.

mod oidc;
mod pages;
mod sessions;
pub mod view;

use crate::boot::app::App;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;

/// What the application's handlers share.
#[derive(Clone)]
struct Demo {
    app: Arc<App>,
    provider: Arc<oidc::Provider>,
    sessions: Arc<sessions::Sessions>,
}

/// The application's routes. `server` is the router that it sends its requests to, in place of a network.
pub fn router(app: Arc<App>, server: Router) -> Router {
    let provider = oidc::Provider::new(server, app.config.issuer(crate::boot::demo_pool::POOL_ID));
    let demo = Demo { app, provider: Arc::new(provider), sessions: Arc::default() };
    Router::new()
        .route("/demo", get(pages::show))
        .route("/demo/sign-in", get(pages::sign_in))
        .route("/demo/refresh", post(pages::refresh))
        .route("/demo/sign-out", get(pages::sign_out))
        .with_state(demo)
}
