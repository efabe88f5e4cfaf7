//! `/oauth2/register` and `/oauth2/register/{client}`

use super::metadata::Metadata;
use super::{SCOPE, sector};
use crate::api::{ApiError, Cx, Exception, Operation};
use crate::boot::app::App;
use crate::clients::ops::create::CreateUserPoolClient;
use crate::clients::ops::delete::DeleteUserPoolClient;
use crate::clients::ops::update::UpdateUserPoolClient;
use crate::clients::{Client, store};
use crate::kit::clock::SECOND;
use crate::kit::{id, mac};
use crate::oauth::bearer::{self, Shown};
use crate::oauth::error::{OAuthError, Result, json, no_store};
use crate::pools::Pool;
use crate::pools::protocol::DcrConfiguration;
use crate::tokens::claims::key_of;
use crate::tokens::keys::Use;
use crate::tokens::presented;
use crate::users::attempts::{self, Action};
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use axum::routing::{MethodRouter, get};
use serde_json::{Map, Value};
use std::net::SocketAddr;
use std::sync::Arc;

/// Whom a request to register is from.
struct Door {
    pool: Arc<Pool>,
    dcr: DcrConfiguration,
}

fn invalid_token() -> OAuthError {
    OAuthError { status: StatusCode::UNAUTHORIZED, ..OAuthError::new("invalid_token", "The access token is not one that may do this") }
}

/// The pool, if clients may register there.
async fn door(cx: &mut Cx, pool_id: &str) -> Result<Door> {
    crate::oauth::client_auth::require_pool(cx, pool_id).await?;
    let pool = crate::pools::load(cx, pool_id).await?;
    let dcr = pool.settings().dcr_configuration.clone().filter(|_| pool.registers_clients());
    match dcr {
        Some(dcr) => Ok(Door { pool, dcr }),
        None => {
            let off = OAuthError::invalid_request("Clients can not register themselves here");
            Err(OAuthError { status: StatusCode::NOT_FOUND, ..off })
        }
    }
}

/// `POST /oauth2/register`
pub async fn register(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(pool_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut cx = Cx::of_request(app, peer.ip(), &headers);
    match make(&mut cx, &pool_id, &headers, &body).await {
        Ok((client, token)) => json(StatusCode::CREATED, &told(&cx, &client, &token)),
        Err(error) => bearer::refusal(error),
    }
}

async fn make(cx: &mut Cx, pool_id: &str, headers: &HeaderMap, body: &[u8]) -> Result<(Arc<Client>, String)> {
    let Door { pool, dcr } = door(cx, pool_id).await?;
    let authenticated = match bearer::shown(headers) {
        Some(shown) => {
            check_initial(cx, pool_id, headers, shown).await?;
            true
        }
        None if dcr.open_dcr_enabled => false,
        None => return Err(invalid_token()),
    };
    if !authenticated {
        let subject = format!("@{}", cx.network());
        attempts::count(cx, &pool, &subject, Action::RegisterClient).await.map_err(too_many)?;
    }
    let metadata = parse(headers, body)?;
    let (settings, has_secret) = metadata.settings(&dcr, authenticated, None)?;
    if let Some(uri) = &metadata.sector_identifier_uri {
        sector::check(cx, uri, &metadata.redirect_uris).await?;
    }
    let (client_id, token) = (id::client(cx.rng()), id::token(cx.rng()));
    let create = CreateUserPoolClient { user_pool_id: pool.id.clone(), generate_secret: has_secret, client_secret: None, settings };
    let hash = mac::sha256_hex(token.as_bytes());
    let client = create.register(cx, client_id, &hash, authenticated).await.map_err(refused)?;
    Ok((client, token))
}

fn too_many(error: ApiError) -> OAuthError {
    match error.exception() {
        Some(_) => OAuthError {
            status: StatusCode::TOO_MANY_REQUESTS,
            ..OAuthError::new("temporarily_unavailable", "Too many clients registered from this address")
        },
        None => error.into(),
    }
}

/// What the settings' own checks say, in this protocol's words.
fn refused(error: ApiError) -> OAuthError {
    match error.exception() {
        Some(Exception::LimitExceededException) => OAuthError::new("temporarily_unavailable", error.message()),
        Some(_) => OAuthError::new("invalid_client_metadata", error.message()),
        None => error.into(),
    }
}

/// The initial access token (RFC 7591, 3): an access token of the pool's, of a machine or a person, with the scope for it.
async fn check_initial(cx: &mut Cx, pool_id: &str, headers: &HeaderMap, shown: Shown<'_>) -> Result<()> {
    let held = match presented::verify(cx, pool_id, shown.token, Use::Access, "registration").await {
        Ok(held) => held,
        Err(error @ ApiError::Internal(_)) => return Err(error.into()),
        Err(_) => return Err(invalid_token()),
    };
    bearer::check_key(cx, pool_id, headers, shown, (&Method::POST, "oauth2/register"), key_of(&held.claims)).await?;
    if held.scopes().contains(&SCOPE) {
        return Ok(());
    }
    let lacking = OAuthError::new("insufficient_scope", format!("The access token lacks the scope {SCOPE}"));
    Err(OAuthError { status: StatusCode::FORBIDDEN, ..lacking })
}

fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Metadata> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        return Err(OAuthError::invalid_request("The body must be application/json"));
    }
    let bad = |why: String| OAuthError::new("invalid_client_metadata", why);
    let mut given: Map<String, Value> = serde_json::from_slice(body).map_err(|_| bad("The body is not a JSON object".into()))?;
    if body.contains(&0) || String::from_utf8_lossy(body).contains("\\u0000") {
        return Err(bad("The body contains a NUL character".into()));
    }
    // RFC 7592, 2.2: null counts as left out.
    given.retain(|_, value| !value.is_null());
    serde_json::from_value(given.into()).map_err(|why| bad(why.to_string()))
}

/// RFC 7591, 3.2.1
fn told(cx: &Cx, client: &Client, token: &str) -> Value {
    let mut told = match serde_json::to_value(Metadata::of(client)) {
        Ok(Value::Object(told)) => told,
        _ => Map::new(),
    };
    told.insert("client_id".into(), client.id.as_str().into());
    told.insert("client_id_issued_at".into(), (client.created_at / SECOND).into());
    if let Some(secret) = client.secrets.last() {
        told.insert("client_secret".into(), secret.value.as_str().into());
        told.insert("client_secret_expires_at".into(), 0.into());
    }
    told.insert("registration_access_token".into(), token.into());
    told.insert(
        "registration_client_uri".into(),
        format!("{}/oauth2/register/{}", cx.app.config.issuer(&client.pool_id), client.id).into(),
    );
    told.into()
}

/// `/oauth2/register/{client}` (RFC 7592)
pub fn management() -> MethodRouter<Arc<App>> {
    get(manage).put(manage).delete(manage)
}

async fn manage(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((pool_id, client_id)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut cx = Cx::of_request(app, peer.ip(), &headers);
    let result = match method {
        Method::PUT => replace(&mut cx, &pool_id, &client_id, &headers, &body).await,
        Method::DELETE => delete(&mut cx, &pool_id, &client_id, &headers).await.map(|()| None),
        _ => read(&mut cx, &pool_id, &client_id, &headers).await,
    };
    match result {
        Ok(Some(body)) => json(StatusCode::OK, &body),
        Ok(None) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            no_store(response.headers_mut());
            response
        }
        Err(error) => bearer::refusal(error),
    }
}

/// The client of a request that shows its token, and whether it was registered with one. A client that is none is answered like a wrong
/// token (RFC 7592, 2.1).
async fn own<'a>(cx: &mut Cx, pool_id: &str, client_id: &str, headers: &'a HeaderMap) -> Result<(Door, Arc<Client>, &'a str, bool)> {
    let door = door(cx, pool_id).await?;
    let shown = bearer::shown(headers).filter(|shown| !shown.dpop).ok_or_else(invalid_token)?;
    if client_id.contains('\0') {
        return Err(invalid_token());
    }
    let found = store::find_registration(&mut *cx.read().await?, pool_id, client_id).await.map_err(ApiError::from)?;
    let hash = mac::sha256_hex(shown.token.as_bytes());
    let Some((_, authenticated)) = found.filter(|(stored, _)| mac::same(stored.as_bytes(), hash.as_bytes())) else {
        return Err(invalid_token());
    };
    let client = crate::clients::load(cx, client_id).await.map_err(|error| match error.exception() {
        Some(_) => invalid_token(),
        None => error.into(),
    })?;
    Ok((door, client, shown.token, authenticated))
}

async fn read(cx: &mut Cx, pool_id: &str, client_id: &str, headers: &HeaderMap) -> Result<Option<Value>> {
    let (_, client, token, _) = own(cx, pool_id, client_id, headers).await?;
    Ok(Some(told(cx, &client, token)))
}

/// RFC 7592, 2.2: what is said replaces all that was. How the client proves itself stays of its kind: secrets are neither made nor dropped.
async fn replace(cx: &mut Cx, pool_id: &str, client_id: &str, headers: &HeaderMap, body: &[u8]) -> Result<Option<Value>> {
    let (door, client, token, authenticated) = own(cx, pool_id, client_id, headers).await?;
    let metadata = parse(headers, body)?;
    let given: Value = serde_json::from_slice(body).unwrap_or_default();
    if given["client_id"] != client.id.as_str() {
        return Err(OAuthError::invalid_request("client_id must be the client's"));
    }
    if given["client_secret"].as_str().is_some_and(|secret| !client.knows_secret(Some(secret))) {
        return Err(OAuthError::invalid_request("client_secret must be the client's"));
    }
    let mut metadata = metadata;
    metadata.token_endpoint_auth_method = metadata.token_endpoint_auth_method.or(client.oauth().token_endpoint_auth_method);
    let (settings, has_secret) = metadata.settings(&door.dcr, authenticated, Some(&client.settings))?;
    if has_secret != client.is_confidential() {
        return Err(OAuthError::new("invalid_client_metadata", "Register anew to prove yourself in another way"));
    }
    if let Some(uri) = &metadata.sector_identifier_uri {
        sector::check(cx, uri, &metadata.redirect_uris).await?;
    }
    let update = UpdateUserPoolClient { user_pool_id: door.pool.id.clone(), client_id: client.id.clone(), settings };
    update.run(cx).await.map_err(refused)?;
    let client = crate::clients::load(cx, client_id).await?;
    Ok(Some(told(cx, &client, token)))
}

async fn delete(cx: &mut Cx, pool_id: &str, client_id: &str, headers: &HeaderMap) -> Result<()> {
    let (door, client, ..) = own(cx, pool_id, client_id, headers).await?;
    let delete = DeleteUserPoolClient { user_pool_id: door.pool.id.clone(), client_id: client.id.clone() };
    delete.run(cx).await.map(|_| ()).map_err(refused)
}
