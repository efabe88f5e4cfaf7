//! `/oauth2/introspect` (RFC 7662), and its signed form (RFC 9701)
//!
//! A client may ask about its own tokens, and about access tokens for the resource servers that it is named for. Of any other token it learns
//! what it would learn of one that does not exist.

use super::client_auth::{Form, authenticate, is_basic, require_pool};
use super::error::{OAuthError, Result, json, no_store};
use super::token::token_type;
use crate::api::{ApiError, Cx};
use crate::boot::app::App;
use crate::clients::Client;
use crate::kit::clock::SECOND;
use crate::tokens::claims::key_of;
use crate::tokens::jwt::{self, Claims};
use crate::tokens::keys::{self, Use};
use crate::tokens::{presented, refresh};
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json as value};
use std::net::SocketAddr;
use std::sync::Arc;

const SIGNED: &str = "application/token-introspection+jwt";

pub async fn serve(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(pool_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut cx = Cx::of_request(app, peer.ip(), &headers);
    answer(&mut cx, &pool_id, &headers, &body).await.unwrap_or_else(|error| match error.code {
        "invalid_client" => OAuthError { status: StatusCode::UNAUTHORIZED, ..error }.response(is_basic(&headers)),
        _ => error.response(false),
    })
}

async fn answer(cx: &mut Cx, pool_id: &str, headers: &HeaderMap, body: &[u8]) -> Result<Response<Body>> {
    require_pool(cx, pool_id).await?;
    let form = Form::parse(headers, body)?;
    let client = authenticate(cx, pool_id, headers, &form).await?;
    // RFC 7662, 2.1: an answer to anybody would let tokens be guessed.
    if !client.proves_itself() {
        return Err(OAuthError::invalid_client());
    }
    let token = form.require("token")?;
    // Tokens that are signed and those that are not are told apart by their form: the hint is not needed.
    let told = match jwt::peek(token) {
        Some(_) => access(cx, &client, token).await?,
        None => refreshing(cx, &client, token).await?,
    };
    let told = told.map_or_else(|| value!({ "active": false }), Value::Object);
    let accepts = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accepts.split(',').any(|kind| kind.split(';').next().map(str::trim) == Some(SIGNED)) {
        return signed(cx, &client, told).await;
    }
    Ok(json(StatusCode::OK, &told))
}

/// What a holding access token says, as far as this client may know.
async fn access(cx: &mut Cx, client: &Client, token: &str) -> Result<Option<Claims>> {
    let held = match presented::verify(cx, &client.pool_id, token, Use::Access, "introspected").await {
        Ok(held) => held,
        Err(error @ ApiError::Internal(_)) => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    let granted = held.scopes();
    let known = |identifier: &str| client.oauth().introspection_resources.iter().any(|own| own == identifier);
    let is_audience = match held.claims.get("aud") {
        Some(Value::String(audience)) => known(audience),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).any(known),
        _ => false,
    };
    let shown: Vec<&str> = if held.client_id == client.id {
        granted
    } else {
        let of_resource = |scope: &&str| scope.rsplit_once('/').is_some_and(|(identifier, _)| known(identifier));
        granted.into_iter().filter(of_resource).collect()
    };
    if held.client_id != client.id && shown.is_empty() && !is_audience {
        return Ok(None);
    }
    let mut told = Claims::new();
    told.insert("active".into(), true.into());
    told.insert("scope".into(), shown.join(" ").into());
    told.insert("client_id".into(), held.client_id.as_str().into());
    told.insert("token_type".into(), token_type(key_of(&held.claims)).into());
    told.extend(held.username.as_deref().map(|name| ("username".to_owned(), name.into())));
    for name in ["exp", "iat", "sub", "aud", "iss", "jti", "cnf", "act", "auth_time", "acr"] {
        told.extend(held.claims.get(name).map(|v| (name.to_owned(), v.clone())));
    }
    Ok(Some(told))
}

/// What a refresh token of the client's opens. One that was superseded opens nothing, even while a retry would still be answered.
async fn refreshing(cx: &mut Cx, client: &Client, token: &str) -> Result<Option<Claims>> {
    let opened = match refresh::open_with_user(cx, client, token).await {
        Ok(opened) => opened,
        Err(error @ ApiError::Internal(_)) => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    let Some(user) = opened.user.filter(|user| !opened.superseded && user.may_sign_in().is_ok()) else { return Ok(None) };
    let session = opened.session;
    let mut told = Claims::new();
    told.insert("active".into(), true.into());
    told.insert("scope".into(), session.scope.into());
    told.insert("client_id".into(), client.id.as_str().into());
    told.insert("username".into(), user.username.into());
    told.insert("sub".into(), user.sub.into());
    told.insert("exp".into(), (session.expires_at / SECOND).into());
    told.insert("iat".into(), (session.created_at / SECOND).into());
    told.insert("iss".into(), cx.app.config.issuer(&client.pool_id).into());
    Ok(Some(told))
}

/// RFC 9701, 5: the answer inside a token for the client that asked.
async fn signed(cx: &mut Cx, client: &Client, told: Value) -> Result<Response<Body>> {
    let keys = keys::load(cx, &client.pool_id).await?;
    let now = cx.now();
    let mut claims = Claims::new();
    claims.insert("iss".into(), cx.app.config.issuer(&client.pool_id).into());
    claims.insert("aud".into(), client.id.as_str().into());
    claims.insert("iat".into(), (now / SECOND).into());
    claims.insert("token_introspection".into(), told);
    let token = keys.signer(Use::Access, now).and_then(|key| key.sign_as("token-introspection+jwt", &claims)).map_err(ApiError::from)?;
    let mut response = Response::new(Body::from(token));
    no_store(response.headers_mut());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(SIGNED));
    Ok(response)
}
