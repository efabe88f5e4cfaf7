//! `/oauth2/token` (RFC 6749, 3.2)

use super::client_auth::{Form, authenticate, is_basic, require_pool};
use super::code::{self, Exchange};
use super::error::{OAuthError, Result, json};
use super::{exchange, machine};
use crate::api::Cx;
use crate::boot::app::App;
use crate::clients::Client;
use crate::tokens::issue::{self, Tokens};
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
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
    match (form.require("grant_type")?, client.allowed_o_auth_flows_user_pool_client) {
        // These two have switches of their own in ExplicitAuthFlows.
        ("client_credentials", _) => Ok(body_of(machine::grant(cx, &client, &form).await?.into())),
        (exchange::GRANT, _) => exchange::grant(cx, &client, &form).await,
        (_, false) => Err(OAuthError::new("unauthorized_client", "The client is not enabled for OAuth 2.0 flows")),
        ("authorization_code", true) => Ok(body_of(by_code(cx, &client, &form).await?)),
        ("refresh_token", true) => Ok(body_of(by_refresh_token(cx, &client, &form).await?)),
        (other, true) => Err(OAuthError::new("unsupported_grant_type", format!("The grant type {other} is not supported"))),
    }
}

async fn by_code(cx: &mut Cx, client: &Client, form: &Form) -> Result<Tokens> {
    if !client.allowed_o_auth_flows.iter().any(|f| f == "code") {
        return Err(OAuthError::new("unauthorized_client", "The client is not allowed the code flow"));
    }
    let request =
        Exchange { code: form.require("code")?, redirect_uri: form.require("redirect_uri")?, code_verifier: form.get("code_verifier") };
    code::exchange(cx, client, &request).await
}

/// The scope of a refresh is the session's: a request for more is refused, as Cognito refuses it.
async fn by_refresh_token(cx: &mut Cx, client: &Client, form: &Form) -> Result<Tokens> {
    let token = form.require("refresh_token")?;
    crate::limits::admit(cx, "GetTokensFromRefreshToken").await?;
    if let Some(scope) = form.get("scope") {
        let (_, session) = crate::tokens::refresh::open(cx, client, token).await?;
        if scope.split(' ').any(|s| !session.scope.split(' ').any(|granted| granted == s)) {
            return Err(OAuthError::new("invalid_scope", "The scope is more than what was granted"));
        }
    }
    Ok(issue::refresh(cx, client, token, None).await?)
}

fn body_of(tokens: Tokens) -> Value {
    let mut body = serde_json::Map::new();
    if let Some(id_token) = tokens.id_token {
        body.insert("id_token".into(), id_token.into());
    }
    body.insert("access_token".into(), tokens.access_token.into());
    if let Some(refresh_token) = tokens.refresh_token {
        body.insert("refresh_token".into(), refresh_token.into());
    }
    body.insert("expires_in".into(), tokens.expires_in.into());
    body.insert("token_type".into(), "Bearer".into());
    body.into()
}
