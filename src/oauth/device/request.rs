//! `/oauth2/device_authorization` (RFC 8628, 3.1 and 3.2)

use super::store::{self, Grant, PENDING};
use super::{INTERVAL, LIFETIME, user_code};
use crate::api::{ApiError, Cx};
use crate::boot::app::App;
use crate::clients::Client;
use crate::kit::clock::SECOND;
use crate::kit::{id, mac};
use crate::oauth::client_auth::{Form, authenticate, is_basic, require_pool};
use crate::oauth::error::{OAuthError, Result, json};
use crate::store::StoreError;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json as value};
use std::net::SocketAddr;
use std::sync::Arc;

/// How often a user code that is taken is replaced by another.
const ATTEMPTS: usize = 5;

pub async fn serve(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(pool_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut cx = Cx::of_request(app, peer.ip(), &headers);
    match answer(&mut cx, &pool_id, &headers, &body).await {
        Ok(body) => json(StatusCode::OK, &body),
        Err(error) => error.response(is_basic(&headers)),
    }
}

async fn answer(cx: &mut Cx, pool_id: &str, headers: &HeaderMap, body: &[u8]) -> Result<Value> {
    require_pool(cx, pool_id).await?;
    let form = Form::parse(headers, body)?;
    let client = authenticate(cx, pool_id, headers, &form).await?;
    if !client.oauth().device_flow || !client.allowed_o_auth_flows_user_pool_client {
        return Err(OAuthError::new("unauthorized_client", "The client is not allowed the device flow"));
    }
    let scope = scope(&client, form.get("scope"))?;
    crate::limits::admit(cx, "InitiateAuth").await?;
    let pool = crate::pools::load(cx, pool_id).await?;
    let subject = format!("@{}", cx.network());
    crate::users::attempts::count(cx, &pool, &subject, crate::users::attempts::Action::DeviceRequest).await.map_err(too_many)?;
    let (device_code, user_code) = store_new(cx, &client, &scope).await?;
    let page = format!("{}/device", cx.app.config.issuer(pool_id));
    Ok(value!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "expires_in": LIFETIME / SECOND,
        "interval": INTERVAL,
    }))
}

fn too_many(error: ApiError) -> OAuthError {
    match error.exception() {
        Some(_) => {
            OAuthError { status: StatusCode::TOO_MANY_REQUESTS, ..OAuthError::new("slow_down", "Too many devices asked from this address") }
        }
        None => error.into(),
    }
}

async fn store_new(cx: &mut Cx, client: &Client, scope: &str) -> Result<(String, String)> {
    let now = cx.now();
    for _ in 0..ATTEMPTS {
        let (device_code, user_code) = (id::token(cx.rng()), user_code::new(cx.rng()));
        let row = Grant {
            pool_id: client.pool_id.clone(),
            hash: mac::sha256_hex(device_code.as_bytes()),
            user_code_hash: user_code::hash(&user_code),
            client_id: client.id.clone(),
            scope: scope.to_owned(),
            status: PENDING.to_owned(),
            poll_interval: INTERVAL,
            polled_at: 0,
            expires_at: now + LIFETIME,
            sub: None,
            decided_at: None,
            auth_time: None,
            amr: None,
            event_id: None,
            origin_session_id: None,
        };
        let mut tx = cx.begin().await?;
        match store::insert(&mut tx, &row).await {
            Ok(()) => {
                tx.commit().await?;
                return Ok((device_code, user_code));
            }
            Err(StoreError::Duplicate) => {}
            Err(error) => return Err(ApiError::from(error).into()),
        }
    }
    Err(ApiError::Busy { retry_after: 1 }.into())
}

/// What is asked for, once each; all that the client has where nothing is asked for.
fn scope(client: &Client, asked: Option<&str>) -> Result<String> {
    let allowed = &client.allowed_o_auth_scopes;
    let mut granted: Vec<&str> = Vec::new();
    for scope in asked.into_iter().flat_map(|asked| asked.split(' ')).filter(|s| !s.is_empty()) {
        if !allowed.iter().any(|a| a == scope) {
            return Err(OAuthError::new("invalid_scope", format!("The client has no scope {scope:.64}")));
        }
        if !granted.contains(&scope) {
            granted.push(scope);
        }
    }
    if granted.is_empty() {
        granted.extend(allowed.iter().map(String::as_str));
    }
    if granted.iter().any(|s| matches!(*s, "email" | "phone" | "profile")) && !granted.contains(&"openid") {
        return Err(OAuthError::new("invalid_scope", "email, phone and profile can only be asked for together with openid"));
    }
    if granted.is_empty() { Err(OAuthError::new("invalid_scope", "The client has no scopes")) } else { Ok(granted.join(" ")) }
}
