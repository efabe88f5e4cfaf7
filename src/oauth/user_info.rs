//! `/oauth2/userInfo` (OpenID Connect Core, 5.3)

use super::error::{json, no_store};
use crate::api::{ApiError, Cx, Result};
use crate::boot::app::App;
use crate::tokens::access::{self, Bearer};
use crate::tokens::claims::Reveal;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value};
use std::net::SocketAddr;
use std::sync::Arc;

pub async fn serve(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(pool_id): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    let mut cx = Cx::of_request(app, peer.ip(), &headers);
    let Some(token) = bearer_token(&headers) else {
        return refusal(StatusCode::BAD_REQUEST, "invalid_request", "Bad OAuth2 request at UserInfo Endpoint");
    };
    match claims(&mut cx, &pool_id, token).await {
        Ok(claims) => json(StatusCode::OK, &Value::Object(claims)),
        Err(ApiError::Internal(cause)) => {
            tracing::error!(cause = format!("{cause:#}"), "userInfo failed");
            json(StatusCode::INTERNAL_SERVER_ERROR, &serde_json::json!({ "error": "server_error" }))
        }
        Err(_) => {
            let description = "Access token is expired, disabled, or deleted, or the user has globally signed out.";
            refusal(StatusCode::UNAUTHORIZED, "invalid_token", description)
        }
    }
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|t| !t.is_empty())
}

async fn claims(cx: &mut Cx, pool_id: &str, token: &str) -> Result<Map<String, Value>> {
    let bearer = access::authenticate(cx, token).await?;
    if bearer.pool_id != pool_id || !bearer.has_scope("openid") {
        return Err(ApiError::not_authorized("Access Token does not have required scopes"));
    }
    let user = crate::users::store::find_by_sub(&mut *cx.read().await?, pool_id, &bearer.sub).await?;
    let user = user.ok_or_else(ApiError::no_such_user)?;
    let asked = match &bearer.origin_jti {
        Some(origin_jti) => crate::tokens::store::requested(&mut *cx.read().await?, pool_id, origin_jti).await?.user_info,
        None => Vec::new(),
    };
    let client = crate::clients::load(cx, &bearer.client_id).await?;
    Ok(reveal(&bearer, &user, |name| client.may_read(name), &asked))
}

/// Booleans are text here, as Cognito has them. `asked` is what the application asked for beyond its scopes.
fn reveal(bearer: &Bearer, user: &crate::users::User, may_read: impl Fn(&str) -> bool, asked: &[String]) -> Map<String, Value> {
    let scope = bearer.scope();
    let allowed = user.attributes.iter().filter(|(name, _)| may_read(name) && (Reveal::of(scope).allows(name) || asked.contains(*name)));
    let mut claims = Map::new();
    claims.insert("sub".into(), user.sub.as_str().into());
    claims.extend(allowed.map(|(name, value)| (name.clone(), Value::from(value.as_str()))));
    claims.insert("username".into(), user.username.as_str().into());
    claims
}

fn refusal(status: StatusCode, error: &str, description: &str) -> Response<Body> {
    let mut response = json(status, &serde_json::json!({ "error": error, "error_description": description }));
    let challenge = format!("Bearer error=\"{error}\", error_description=\"{description}\"");
    if let Ok(value) = HeaderValue::try_from(challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    no_store(response.headers_mut());
    response
}
