//! `/{pool}/forward-auth`: what nginx (`auth_request`), Traefik, Caddy and Envoy ask before they let a request pass.
//!
//! It decides as the authorizers of API Gateway do. `mode=cognito` (the default) is a `COGNITO_USER_POOLS` authorizer: without `scope` the token is an ID
//! token, with it an access token that has one of the scopes. `mode=jwt` is the JWT authorizer of HTTP APIs: either token of the clients in
//! `audience`. Unlike there, a token that was revoked does not pass. The settings are in the address that the proxy is configured with.

use crate::api::{Cx, Result};
use crate::boot::app::App;
use crate::kit::text;
use crate::tokens::jwt::{self, Claims};
use crate::tokens::keys::Use;
use crate::tokens::presented::{self, Presented};
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Uri, header};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;

/// What the proxy asks for.
#[derive(Debug, Default)]
struct Settings {
    mode: Mode,
    /// Client ids, separated by commas. In mode `cognito`, none means any client of the pool.
    audience: String,
    /// Scopes, separated by spaces or commas: one of them is enough.
    scope: String,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Mode {
    #[default]
    Cognito,
    Jwt,
}

impl Settings {
    /// A setting that is not known is refused: a misspelt one must not let everybody pass. `path` is what Envoy adds of its own.
    fn read(uri: &Uri) -> std::result::Result<Self, String> {
        let mut settings = Self::default();
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            match (name.as_ref(), value.as_ref()) {
                ("mode", "cognito") => settings.mode = Mode::Cognito,
                ("mode", "jwt") => settings.mode = Mode::Jwt,
                ("audience", value) => value.clone_into(&mut settings.audience),
                ("scope", value) => value.clone_into(&mut settings.scope),
                ("path", _) => break,
                _ => return Err(format!("The setting {name:.40}={value:.40} is not known.")),
            }
        }
        Ok(settings)
    }

    fn scopes(&self) -> Vec<&str> {
        self.scope.split([' ', ',']).filter(|s| !s.is_empty()).collect()
    }

    fn audience(&self) -> Vec<&str> {
        self.audience.split(',').map(str::trim).filter(|s| !s.is_empty()).collect()
    }
}

/// Why a request does not pass.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// 401, with what is wrong in a few words.
    Unauthorized(&'static str),
    Expired,
    /// 403: the token is good, and not for this.
    Scope,
}

pub async fn serve(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(pool_id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let settings = match Settings::read(&uri) {
        Ok(settings) => settings,
        Err(message) => return plain(StatusCode::BAD_REQUEST, &message),
    };
    let mut cx = Cx::of_request(app, peer.ip(), &headers);
    match decide(&mut cx, &pool_id, &settings, &headers).await {
        Ok(Ok(token)) => pass(&token),
        Ok(Err(refusal)) => refuse(settings.mode, &refusal),
        Err(error) => {
            tracing::error!(%error, "a proxy's question could not be answered");
            plain(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
        }
    }
}

async fn decide(cx: &mut Cx, pool_id: &str, settings: &Settings, headers: &HeaderMap) -> Result<std::result::Result<Presented, Refusal>> {
    let Some(token) = bearer(headers) else { return Ok(Err(Refusal::Unauthorized("the token is missing"))) };
    let token_use = match settings.mode {
        Mode::Cognito if settings.scopes().is_empty() => Use::Id,
        Mode::Cognito => Use::Access,
        Mode::Jwt => claimed_use(token),
    };
    match presented::verify(cx, pool_id, token, token_use, "incoming").await {
        Ok(presented) => Ok(check(settings, &presented).map(|()| presented)),
        Err(error) => match error.exception() {
            None => Err(error),
            Some(_) if error.message() == "The incoming token has expired" => Ok(Err(Refusal::Expired)),
            Some(_) => Ok(Err(Refusal::Unauthorized("the token is not valid"))),
        },
    }
}

/// What a token says that it is; its signature is checked with that.
fn claimed_use(token: &str) -> Use {
    let claims = jwt::peek(token).unwrap_or_default();
    if jwt::text(&claims, "token_use") == Some("id") { Use::Id } else { Use::Access }
}

fn check(settings: &Settings, token: &Presented) -> std::result::Result<(), Refusal> {
    // Nothing here proves the key that a token is bound to (RFC 9449, 7.1).
    if token.claims.contains_key("cnf") {
        return Err(Refusal::Unauthorized("the token is bound to a key"));
    }
    let (scopes, audience) = (settings.scopes(), settings.audience());
    // `client_id` counts only where there is no `aud`.
    let client = jwt::text(&token.claims, "aud").unwrap_or(&token.client_id);
    let any_client = settings.mode == Mode::Cognito && audience.is_empty();
    if !any_client && !audience.contains(&client) {
        return Err(Refusal::Unauthorized("the token does not have a valid audience"));
    }
    let granted = token.scopes();
    if scopes.is_empty() || scopes.iter().any(|scope| granted.contains(scope)) {
        return Ok(());
    }
    Err(match settings.mode {
        Mode::Cognito => Refusal::Unauthorized("the token does not have a valid scope"),
        Mode::Jwt => Refusal::Scope,
    })
}

/// The token, with or without `Bearer` before it, as both authorizers take it.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let token = match value.split_once(' ') {
        Some((scheme, token)) => scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())?,
        None => value,
    };
    (!token.is_empty()).then_some(token)
}

/// 200, with headers that the proxy may copy into the request that it lets pass.
fn pass(token: &Presented) -> Response<Body> {
    let mut response = plain(StatusCode::OK, "");
    let username = token.username.clone().unwrap_or_default();
    let list = |name: &str| {
        token.claims.get(name).and_then(Value::as_array).map(|all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
    };
    let claims = serde_json::to_vec(&token.claims).map(|json| text::base64url(&json)).unwrap_or_default();
    let email = email(&token.claims).unwrap_or_default();
    let all = [
        ("x-auth-sub", token.sub.clone()),
        ("x-auth-username", username),
        ("x-auth-email", email),
        ("x-auth-groups", list("cognito:groups").unwrap_or_default()),
        ("x-auth-client", token.client_id.clone()),
        ("x-auth-scope", token.scopes().join(" ")),
        ("x-auth-claims", claims),
    ];
    for (name, value) in all {
        // Always there, so that a proxy's copy replaces what the client itself may have sent under this name. What is no ASCII is in the claims.
        let value = if value.bytes().all(|c| matches!(c, 0x20..=0x7e)) { value } else { String::new() };
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// An address that was verified: what others know somebody by must be theirs.
fn email(claims: &Claims) -> Option<String> {
    let is_verified = claims.get("email_verified").is_some_and(|v| v.as_bool() == Some(true) || v.as_str() == Some("true"));
    jwt::text(claims, "email").filter(|_| is_verified).map(str::to_owned)
}

fn refuse(mode: Mode, refusal: &Refusal) -> Response<Body> {
    let (status, message) = match (refusal, mode) {
        (Refusal::Scope, _) => (StatusCode::FORBIDDEN, "Forbidden"),
        (Refusal::Expired, Mode::Cognito) => (StatusCode::UNAUTHORIZED, "The incoming token has expired"),
        _ => (StatusCode::UNAUTHORIZED, "Unauthorized"),
    };
    let mut response = plain(status, message);
    let headers = response.headers_mut();
    if mode == Mode::Cognito {
        headers.insert("x-amzn-errortype", HeaderValue::from_static("UnauthorizedException"));
    }
    headers.insert(header::WWW_AUTHENTICATE, challenge(refusal));
    response
}

/// The parameters stand without commas, as API Gateway has them.
fn challenge(refusal: &Refusal) -> HeaderValue {
    let text = match refusal {
        Refusal::Unauthorized("the token is missing") => return HeaderValue::from_static("Bearer"),
        Refusal::Unauthorized(why) => format!("Bearer scope=\"\" error=\"invalid_token\" error_description=\"{why}\""),
        Refusal::Expired => "Bearer scope=\"\" error=\"invalid_token\" error_description=\"the token has expired\"".to_owned(),
        Refusal::Scope => {
            "Bearer scope=\"\" error=\"insufficient_scope\" error_description=\"the token does not have a valid scope\"".to_owned()
        }
    };
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("Bearer"))
}

fn plain(status: StatusCode, message: &str) -> Response<Body> {
    let body = if message.is_empty() { Body::empty() } else { Body::from(serde_json::json!({ "message": message }).to_string()) };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
