//! `/oauth2/revoke` (RFC 7009)

use super::client_auth::{Form, authenticate, is_basic, require_pool};
use super::error::{OAuthError, Result, no_store};
use crate::api::{Cx, Exception};
use crate::auth::ops::revoke_token::revoke;
use crate::boot::app::App;
use crate::tokens::ops::revoke_session::Associated;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
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
    match answer(&mut cx, &pool_id, &headers, &body).await {
        Ok(()) => {
            let mut response = Response::new(Body::empty());
            no_store(response.headers_mut());
            response
        }
        // Cognito answers 401 here whether or not the client used HTTP Basic.
        Err(error) if error.code == "invalid_client" => {
            OAuthError { status: StatusCode::UNAUTHORIZED, ..error }.response(is_basic(&headers))
        }
        Err(error) => error.response(false),
    }
}

async fn answer(cx: &mut Cx, pool_id: &str, headers: &HeaderMap, body: &[u8]) -> Result<()> {
    require_pool(cx, pool_id).await?;
    let form = Form::parse(headers, body)?;
    let client = authenticate(cx, pool_id, headers, &form).await?;
    let token = form.require("token")?;
    crate::limits::admit(cx, "RevokeToken").await?;
    if client.enable_token_revocation == Some(false) {
        return Err(OAuthError::invalid_request("Token revocation is not enabled for this client"));
    }
    revoke(cx, &client, token, Associated::None).await.map_err(|error| match error.exception() {
        Some(Exception::UnsupportedTokenTypeException) => OAuthError::new("unsupported_token_type", error.message()),
        Some(Exception::UnauthorizedException) => OAuthError::invalid_client(),
        _ => error.into(),
    })
}
