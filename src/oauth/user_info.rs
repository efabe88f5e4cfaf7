//! `/oauth2/userInfo` (OpenID Connect Core, 5.3)

use super::bearer::{self, Shown, refusal};
use super::error::{OAuthError, Result as OAuthResult, json, no_store};
use crate::api::{ApiError, Cx, Result};
use crate::boot::app::App;
use crate::clients::Client;
use crate::tokens::access::{self, Bearer};
use crate::tokens::claims::Reveal;
use crate::tokens::keys::{self, Use};
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use serde_json::{Map, Value};
use std::net::SocketAddr;
use std::sync::Arc;

pub async fn serve(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(pool_id): Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut cx = Cx::of_request(app, peer.ip(), &headers);
    // RFC 6750, 2.2: a form may carry the token instead of the header.
    let form =
        form_urlencoded::parse(&body).find(|(name, _)| name == "access_token").map(|(_, v)| v.into_owned()).filter(|_| is_form(&headers));
    let in_body = form.as_deref().filter(|t| !t.is_empty()).map(|token| Shown { token, dpop: false });
    let shown = match (bearer::shown(&headers), in_body) {
        (Some(shown), None) | (None, Some(shown)) => shown,
        _ => return bad_request(),
    };
    match told(&mut cx, &pool_id, &method, &headers, shown).await {
        Ok(response) => response,
        Err(error) => refusal(error),
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    kind.split(';').next().map(str::trim) == Some("application/x-www-form-urlencoded")
}

async fn told(cx: &mut Cx, pool_id: &str, method: &Method, headers: &HeaderMap, shown: Shown<'_>) -> OAuthResult<Response<Body>> {
    let (bearer, client, claims) = claims(cx, pool_id, shown.token).await.map_err(invalid_token)?;
    bearer::check_key(cx, pool_id, headers, shown, (method, "oauth2/userInfo"), bearer.jkt()).await?;
    if client.oauth().user_info_signed_response_alg.is_none() {
        return Ok(json(StatusCode::OK, &Value::Object(claims)));
    }
    signed(cx, &client, claims).await
}

/// OpenID Connect Core, 5.3.2
async fn signed(cx: &mut Cx, client: &Client, mut claims: Map<String, Value>) -> OAuthResult<Response<Body>> {
    claims.insert("iss".into(), cx.app.config.issuer(&client.pool_id).into());
    claims.insert("aud".into(), client.id.as_str().into());
    let keys = keys::load(cx, &client.pool_id).await?;
    let token = keys.signer(Use::Id, cx.now()).and_then(|key| key.sign(&claims)).map_err(ApiError::from)?;
    let mut response = Response::new(Body::from(token));
    no_store(response.headers_mut());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jwt"));
    Ok(response)
}

async fn claims(cx: &mut Cx, pool_id: &str, token: &str) -> Result<(Bearer, Arc<Client>, Map<String, Value>)> {
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
    let claims = reveal(&bearer, &user, |name| client.may_read(name), &asked);
    Ok((bearer, client, claims))
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

fn bad_request() -> Response<Body> {
    let description = "Bad OAuth2 request at UserInfo Endpoint";
    let mut response = OAuthError::invalid_request(description).response(false);
    let challenge = format!("Bearer error=\"invalid_request\", error_description=\"{description}\"");
    if let Ok(value) = HeaderValue::try_from(challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}

fn invalid_token(error: ApiError) -> OAuthError {
    match error.exception() {
        Some(_) => {
            let description = "Access token is expired, disabled, or deleted, or the user has globally signed out.";
            OAuthError { status: StatusCode::UNAUTHORIZED, ..OAuthError::new("invalid_token", description) }
        }
        None => error.into(),
    }
}
