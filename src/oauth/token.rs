//! `/oauth2/token` (RFC 6749, 3.2)

use super::client_auth::{Form, authenticate, is_basic, require_pool};
use super::code::{self, Exchange};
use super::error::{OAuthError, Result, json};
use super::{device, dpop, exchange, machine};
use crate::api::Cx;
use crate::boot::app::App;
use crate::clients::Client;
use crate::tokens::issue::{self, Tokens};
use crate::tokens::refresh::Holder;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;

pub async fn serve(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(pool_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut cx = Cx::of_request(app, peer.ip(), &headers);
    let result = answer(&mut cx, &pool_id, &headers, &body).await;
    let outcome = result.as_ref().map_or_else(|e| e.code, |_| "ok");
    metrics::counter!("poolhouse_token_requests_total", "outcome" => outcome).increment(1);
    result.map_or_else(|error| error.response(is_basic(&headers)), |body| json(StatusCode::OK, &body))
}

async fn answer(cx: &mut Cx, pool_id: &str, headers: &HeaderMap, body: &[u8]) -> Result<Value> {
    require_pool(cx, pool_id).await?;
    let form = Form::parse(headers, body)?;
    let client = authenticate(cx, pool_id, headers, &form).await?;
    let grant = form.require("grant_type")?;
    let jkt = key(cx, &client, headers).await?;
    let jkt = jkt.as_deref();
    let body = match (grant, client.allowed_o_auth_flows_user_pool_client) {
        // These two have switches of their own in ExplicitAuthFlows.
        ("client_credentials", _) => body_of(&client, machine::grant(cx, &client, &form, jkt).await?.into(), jkt),
        (exchange::GRANT, _) => exchange::grant(cx, &client, &form, jkt).await?,
        (_, false) => return Err(OAuthError::new("unauthorized_client", "The client is not enabled for OAuth 2.0 flows")),
        ("authorization_code", true) => body_of(&client, by_code(cx, &client, &form, jkt).await?, jkt),
        ("refresh_token", true) => body_of(&client, by_refresh_token(cx, &client, &form, jkt).await?, jkt),
        (device::GRANT, true) => body_of(&client, device::grant(cx, &client, &form, jkt).await?, jkt),
        (other, true) => return Err(OAuthError::new("unsupported_grant_type", format!("The grant type {other:.64} is not supported"))),
    };
    Ok(body)
}

/// The key that the tokens will be bound to.
async fn key(cx: &mut Cx, client: &Client, headers: &HeaderMap) -> Result<Option<String>> {
    let used = dpop::Use { pool_id: &client.pool_id, method: &Method::POST, path: "oauth2/token", access_token: None };
    match dpop::proof(cx, headers, used).await? {
        None if client.oauth().require_dpop => Err(OAuthError::new("invalid_dpop_proof", "The client must prove a key with DPoP")),
        proved => Ok(proved),
    }
}

async fn by_code(cx: &mut Cx, client: &Client, form: &Form, jkt: Option<&str>) -> Result<Tokens> {
    if !client.allowed_o_auth_flows.iter().any(|f| f == "code") {
        return Err(OAuthError::new("unauthorized_client", "The client is not allowed the code flow"));
    }
    let request = Exchange {
        code: form.require("code")?,
        redirect_uri: form.require("redirect_uri")?,
        code_verifier: form.get("code_verifier"),
        jkt,
    };
    code::exchange(cx, client, &request).await
}

/// The scope of a refresh is the session's: a request for more is refused, as Cognito refuses it.
async fn by_refresh_token(cx: &mut Cx, client: &Client, form: &Form, jkt: Option<&str>) -> Result<Tokens> {
    let token = form.require("refresh_token")?;
    crate::limits::admit(cx, "GetTokensFromRefreshToken").await?;
    if let Some(scope) = form.get("scope") {
        let (_, session) = crate::tokens::refresh::open(cx, client, token).await?;
        if scope.split(' ').any(|s| !session.scope.split(' ').any(|granted| granted == s)) {
            return Err(OAuthError::new("invalid_scope", "The scope is more than what was granted"));
        }
    }
    Ok(issue::refresh(cx, client, token, None, Holder::Endpoint(jkt)).await?)
}

/// What tokens are used as (RFC 9449, 5).
pub fn token_type(jkt: Option<&str>) -> &'static str {
    if jkt.is_some() { "DPoP" } else { "Bearer" }
}

fn body_of(client: &Client, tokens: Tokens, jkt: Option<&str>) -> Value {
    let mut body = serde_json::Map::new();
    if let Some(id_token) = tokens.id_token {
        body.insert("id_token".into(), id_token.into());
    }
    body.insert("access_token".into(), tokens.access_token.into());
    if let Some(refresh_token) = tokens.refresh_token {
        body.insert("refresh_token".into(), refresh_token.into());
    }
    body.insert("expires_in".into(), tokens.expires_in.into());
    if let Some(seconds) = tokens.refresh_expires_in.filter(|_| client.oauth().refresh_expires_in) {
        body.insert("refresh_expires_in".into(), seconds.into());
    }
    body.insert("token_type".into(), token_type(jkt).into());
    body.into()
}
