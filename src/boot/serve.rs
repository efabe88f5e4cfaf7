//! The server: its router on one screen, and its life from start to stop.

use super::app::App;
use super::config::Config;
use super::{assets, demo_pool, headers, hosts, index, limits, listen};
use crate::api::{Cx, wire};
use crate::hosted::{actions, pages};
use crate::{branding, demo, hosted, messaging, oauth, transfer};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{get, post};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tower_http::timeout::TimeoutLayer;

/// The largest form of a page.
const MAX_FORM: usize = 64 * 1024;
/// A request that is not read and answered by then is dropped, so that a slow sender cannot hold memory for long.
const DEADLINE: Duration = Duration::from_secs(30);
/// The same for a file of users, whose sender has shown a signature.
const FILE_DEADLINE: Duration = Duration::from_secs(3_600);

/// Everything that is answered.
pub fn router(app: Arc<App>) -> Router {
    let mut routes = Router::new()
        .route("/", get(index::index).post(aws).options(preflight))
        .route("/health", get(index::health))
        .route("/metrics", get(index::metrics))
        .route("/pkg/{file}", get(assets::built))
        .route("/assets/{file}", get(assets::written))
        .route("/{pool}/.well-known/openid-configuration", get(oauth::discovery::configuration))
        .route("/{pool}/.well-known/jwks.json", get(oauth::discovery::jwks))
        .route("/{pool}/oauth2/par", post(oauth::authorize::pushed::serve).options(preflight))
        .route("/{pool}/oauth2/token", post(oauth::token::serve).options(preflight))
        .route("/{pool}/oauth2/userInfo", get(oauth::user_info::serve).post(oauth::user_info::serve).options(preflight))
        .route("/{pool}/oauth2/revoke", post(oauth::revoke::serve).options(preflight))
        .route("/{pool}/brand/{client}/style.css", get(branding::http::style))
        .route("/{pool}/brand/{client}/logo", get(branding::http::logo))
        .merge(hosted_pages());
    if app.config.smtp_url.is_none() {
        routes = routes.route("/inbox", get(messaging::inbox::serve));
    }
    let mut answers = routes.fallback(not_found).layer(DefaultBodyLimit::max(wire::MAX_BODY)).with_state(app.clone());
    if app.config.demo {
        answers = answers.clone().merge(demo::router(app.clone(), answers));
    }
    // Host names are mapped to paths before a route is looked for, so this layer stands around a router of its own.
    let deadline = |time| TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time);
    let answers = Router::new().fallback_service(answers).layer(from_fn_with_state(app.clone(), around)).layer(deadline(DEADLINE));
    files(app).layer(deadline(FILE_DEADLINE)).fallback_service(answers)
}

/// Where files of users are sent to: outside the limits that everything else is held to.
fn files(app: Arc<App>) -> Router {
    Router::new()
        .route("/import/{job}", get(transfer::http::get).put(transfer::http::put))
        .layer(from_fn_with_state(app.clone(), with_headers))
        .with_state(app)
}

/// The pages people see, under the names that Cognito gave them.
fn hosted_pages() -> Router<Arc<App>> {
    Router::new()
        .route("/{pool}/oauth2/authorize", get(hosted::authorize::serve).post(hosted::authorize::posted))
        .route("/{pool}/login", get(pages::log_in).post(actions::log_in))
        .route("/{pool}/signup", get(pages::sign_up).post(actions::sign_up))
        .route("/{pool}/confirmUser", get(pages::confirm).post(actions::confirm))
        .route("/{pool}/resendcode", get(pages::confirm).post(actions::confirm))
        .route("/{pool}/forgotPassword", get(pages::forgot_password).post(actions::forgot_password))
        .route("/{pool}/confirmForgotPassword", get(pages::reset_password).post(actions::reset_password))
        .route("/{pool}/changePassword", get(pages::new_password).post(actions::new_password))
        .route("/{pool}/mfa", get(pages::second_factor).post(actions::second_factor))
        .route("/{pool}/selectAccount", get(pages::select_account).post(actions::select_account))
        .route("/{pool}/consent", get(pages::consent).post(actions::consent))
        .route("/{pool}/logout", get(hosted::logout::serve).post(hosted::logout::posted))
        .route("/{pool}/error", get(pages::error))
        .layer(DefaultBodyLimit::max(MAX_FORM))
}

async fn around(State(app): State<Arc<App>>, request: Request, next: Next) -> Response<Body> {
    if limits::is_too_large(&app, &request) {
        return limits::refuse(&Cx::internal(app), request).await;
    }
    let request = hosts::route(app.clone(), request).await;
    with_headers(State(app), request, next).await
}

async fn with_headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response<Body> {
    let is_https = app.config.is_https();
    let mut response = next.run(request).await;
    headers::common(response.headers_mut());
    if is_https {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, headers::HSTS);
    }
    response
}

/// `POST /`: the AWS operations.
async fn aws(State(app): State<Arc<App>>, ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request) -> Response<Body> {
    let (Parts { method, uri, headers, .. }, body) = request.into_parts();
    let limit = wire::body_limit(&app, &uri, &headers);
    let mut cx = Cx::of_request(app, peer.ip(), &headers);
    match axum::body::to_bytes(body, limit).await {
        Ok(body) => wire::serve(&mut cx, wire::Incoming { method: &method, uri: &uri, headers: &headers, body }).await,
        Err(_) => wire::error_response(cx.request_id(), &crate::api::ApiError::request_too_large("The request is too large.")),
    }
}

async fn preflight(headers: HeaderMap) -> Response<Body> {
    wire::preflight(&headers)
}

async fn not_found() -> Response<Body> {
    let message = "There is nothing at this address. Check it, or go back to where you came from.";
    hosted::answer::error_page("Poolhouse", StatusCode::NOT_FOUND, "Page not found", message, None)
}

/// Serves until the process is asked to stop.
pub async fn run(config: Config) -> anyhow::Result<()> {
    listen::raise_descriptor_limit();
    // The address first: a second server on it should fail before it touches anything.
    let listeners = listen::bind(&config.listen).await?;
    let app = App::open(config).await?;
    if app.config.demo {
        demo_pool::ensure(&app).await?;
    }
    announce(&app);
    let (stop, stopping) = watch::channel(false);
    crate::jobs::run(&app, &stopping);
    let served = listen::serve(listeners, router(app.clone()), stopping);
    let asked = async {
        listen::stopped().await;
        let _ = stop.send(true);
        futures::future::pending::<()>().await;
    };
    tokio::select! {
        () = served => {}
        () = asked => {}
    }
    app.db.close().await;
    Ok(())
}

/// Says where things are and, once, the root key.
fn announce(app: &App) {
    let config = &app.config;
    println!("Poolhouse {} is at {}", env!("CARGO_PKG_VERSION"), config.public_url);
    if config.demo {
        println!("  sample application  {}/demo", config.public_url);
        println!("  its issuer          {}", config.issuer(demo_pool::POOL_ID));
    }
    if config.smtp_url.is_none() {
        println!("  unsent mail         {}/inbox (development only: no mail server is configured)", config.public_url);
    }
    if app.root_key.is_new {
        println!("  root key, shown this once:");
        println!("    AWS_ACCESS_KEY_ID={}", app.root_key.access_key_id);
        println!("    AWS_SECRET_ACCESS_KEY={}", *app.root_key.secret_access_key);
    }
}
