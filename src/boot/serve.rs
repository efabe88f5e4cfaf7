//! The server: its router on one screen, and its life from start to stop.

use super::app::App;
use super::config::Config;
use super::listen::Door;
use super::{assets, demo_pool, headers, hosts, index, limits, listen, proxies, to_https};
use crate::api::{Cx, wire};
use crate::certificates::{LOOK, Tls};
use crate::hosted::{actions, pages};
use crate::{branding, certificates, demo, gateway, hosted, identity, jobs, messaging, oauth, transfer};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{any, get, post};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
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
        .route("/identity/.well-known/openid-configuration", get(identity::http::configuration))
        .route("/identity/.well-known/jwks_uri", get(identity::http::jwks))
        .route("/identity/.well-known/jwks.json", get(identity::http::jwks))
        .route("/{pool}/.well-known/openid-configuration", get(oauth::discovery::configuration))
        .route("/{pool}/.well-known/jwks.json", get(oauth::discovery::jwks))
        .route("/{pool}/oauth2/par", post(oauth::authorize::pushed::serve).options(oauth::error::preflight))
        .route("/{pool}/oauth2/token", post(oauth::token::serve).options(oauth::error::preflight))
        .route("/{pool}/oauth2/userInfo", get(oauth::user_info::serve).post(oauth::user_info::serve).options(oauth::error::preflight))
        .route("/{pool}/oauth2/revoke", post(oauth::revoke::serve).options(oauth::error::preflight))
        .route("/{pool}/oauth2/introspect", post(oauth::introspect::serve).options(oauth::error::preflight))
        .route("/{pool}/oauth2/device_authorization", post(oauth::device::serve).options(oauth::error::preflight))
        .route("/{pool}/oauth2/register", post(oauth::registration::http::register).options(oauth::error::preflight))
        .route("/{pool}/oauth2/register/{client}", oauth::registration::http::management().options(oauth::error::preflight))
        .route("/.well-known/oauth-authorization-server/{pool}", get(oauth::discovery::configuration))
        .route("/{pool}/.well-known/oauth-authorization-server", get(oauth::discovery::configuration))
        .route("/{pool}/forward-auth", any(gateway::forward_auth::serve))
        .route("/{pool}/brand/{client}/style.css", get(branding::http::style))
        .route("/{pool}/brand/{client}/logo", get(branding::http::logo))
        .route("/{pool}/brand/{client}/asset/{name}", get(branding::http::asset))
        .merge(hosted_pages());
    if !app.providers.any() {
        routes = routes.route("/inbox", get(messaging::inbox::serve));
    }
    let mut answers = routes.fallback(not_found).layer(DefaultBodyLimit::max(wire::MAX_BODY)).with_state(app.clone());
    if app.config.demo {
        answers = answers.clone().merge(demo::router(app.clone(), answers));
    }
    // Host names are mapped to paths before a route is looked for, so this layer stands around a router of its own.
    let deadline = |time| TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time);
    let answers = Router::new().fallback_service(answers).layer(from_fn_with_state(app.clone(), around)).layer(deadline(DEADLINE));
    let outside = files(app.clone()).merge(crate::functions::http::router(app));
    outside.layer(deadline(FILE_DEADLINE)).fallback_service(answers)
}

/// Where files of users are sent to, outside the limits that everything else is held to, and what authorities ask of any host name.
fn files(app: Arc<App>) -> Router {
    Router::new()
        .route("/import/{job}", get(transfer::http::get).put(transfer::http::put))
        .route("/.well-known/acme-challenge/{token}", get(certificates::challenge::serve))
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
        .route("/{pool}/device", get(hosted::device::get).post(hosted::device::post))
        .route("/{pool}/signInLink", get(pages::sign_in_link).post(actions::sign_in_link))
        .route("/{pool}/error", get(pages::error))
        .route("/{pool}/preview", get(hosted::preview::serve))
        .route("/{pool}/preview/style.css", get(hosted::preview::style))
        .layer(DefaultBodyLimit::max(MAX_FORM))
}

async fn around(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response<Body> {
    proxies::unwrap(&app.config.trusted_proxies, &mut request);
    if limits::is_too_large(&app, request.uri(), request.headers()).await {
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
    let limit = wire::body_limit(&app, &uri, &headers).await;
    let mut cx = Cx::of_request(app, peer.ip(), &headers);
    match axum::body::to_bytes(body, limit).await {
        Ok(body) => wire::serve(&mut cx, wire::Incoming { method: &method, uri: &uri, headers: &headers, body }).await,
        Err(_) => wire::error_response(cx.request_id(), &crate::api::ApiError::request_too_large("The request is too large.")),
    }
}

async fn preflight(headers: HeaderMap) -> Response<Body> {
    wire::preflight(&headers)
}

async fn not_found(uri: Uri, headers: HeaderMap) -> Response<Body> {
    hosted::answer::not_found(hosted::language::Wish::of(uri.query().unwrap_or_default(), &headers))
}

/// Serves until the process is asked to stop.
pub async fn run(config: Config) -> anyhow::Result<()> {
    listen::raise_descriptor_limit();
    // The address first: a second server on it should fail before it touches anything.
    let listeners = listen::bind(&config.listen).await?;
    let tls_listeners = match &config.tls_listen {
        Some(address) => listen::bind(address).await?,
        None => Vec::new(),
    };
    let app = App::open(config).await?;
    if app.config.demo {
        demo_pool::ensure(&app).await?;
    }
    let stopped = listen::stopped();
    announce(&app);
    let (stop, stopping) = watch::channel(false);
    jobs::run(&app, &stopping);
    let served = listen::serve(doors(&app, listeners, tls_listeners).await?, stopping);
    let asked = async {
        stopped.await;
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

/// What answers where: with TLS of its own, the plain address only leads to the other.
async fn doors(app: &Arc<App>, listeners: Vec<TcpListener>, tls_listeners: Vec<TcpListener>) -> anyhow::Result<Vec<Door>> {
    let answers = router(app.clone());
    if tls_listeners.is_empty() {
        return Ok(vec![Door { listeners, answers, tls: None }]);
    }
    let tls = Arc::new(Tls::new(app.clone()).await?);
    jobs::spawn("certificate-files", watch_files(tls.clone()));
    let plain = Door { listeners, answers: to_https::router(app.clone()), tls: None };
    Ok(vec![plain, Door { listeners: tls_listeners, answers, tls: Some(tls) }])
}

async fn watch_files(tls: Arc<Tls>) {
    loop {
        tokio::time::sleep(LOOK).await;
        tls.reload();
    }
}

/// Says where things are and, once, the root key.
fn announce(app: &App) {
    let config = &app.config;
    println!("Poolhouse {} is at {}", env!("CARGO_PKG_VERSION"), config.public_url);
    if config.demo {
        println!("  sample application  {}/demo", config.public_url);
        println!("  its issuer          {}", config.issuer(demo_pool::POOL_ID));
    }
    if !app.providers.any() {
        println!("  unsent mail         {}/inbox (development only: nobody is configured to carry messages)", config.public_url);
    }
    if config.tls_local {
        println!("  trust for HTTPS     {} (development only)", certificates::authority_file(config).display());
    }
    if app.root_key.is_new {
        println!("  root key, shown this once:");
        println!("    AWS_ACCESS_KEY_ID={}", app.root_key.access_key_id);
        println!("    AWS_SECRET_ACCESS_KEY={}", *app.root_key.secret_access_key);
    }
}
