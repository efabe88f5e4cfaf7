//! `/.well-known/openid-configuration` (OpenID Connect Discovery, 4), `/.well-known/oauth-authorization-server` (RFC 8414) and
//! `/.well-known/jwks.json`

use super::{device, exchange};
use crate::api::{ApiError, Cx, Result};
use crate::boot::app::App;
use crate::clients::jwk;
use crate::tokens::claims::SYSTEM_SCOPES;
use crate::tokens::keys;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use std::sync::Arc;

/// Where clients may register themselves, the document says where.
pub async fn configuration(State(app): State<Arc<App>>, Path(pool_id): Path<String>) -> Response<Body> {
    match told(&mut Cx::internal(app), &pool_id).await {
        Ok(body) => answer(body),
        Err(error) => refusal(&error),
    }
}

async fn told(cx: &mut Cx, pool_id: &str) -> Result<Bytes> {
    let keys = keys::load(cx, pool_id).await?;
    if !crate::pools::load(cx, pool_id).await?.registers_clients() {
        return Ok(keys.configuration.clone());
    }
    let issuer = cx.app.config.issuer(pool_id);
    let mut document = document(&issuer);
    document["registration_endpoint"] = format!("{issuer}/oauth2/register").into();
    Ok(document.to_string().into())
}

pub async fn jwks(State(app): State<Arc<App>>, Path(pool_id): Path<String>) -> Response<Body> {
    match keys::load(&mut Cx::internal(app), &pool_id).await {
        Ok(keys) => answer(keys.jwks.clone()),
        Err(error) => refusal(&error),
    }
}

/// The discovery document of an issuer, without what depends on the pool's settings.
pub fn document(issuer: &str) -> Value {
    let at = |path: &str| format!("{issuer}/{path}");
    let methods = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"];
    let public: Vec<&str> = methods.into_iter().chain(["none"]).collect();
    let assertions: Vec<&str> = jwk::ASYMMETRIC.into_iter().chain(jwk::SYMMETRIC).collect();
    let objects: Vec<&str> = assertions.iter().copied().chain(["none"]).collect();
    json!({
        "authorization_endpoint": at("oauth2/authorize"),
        "authorization_response_iss_parameter_supported": true,
        "authorization_signing_alg_values_supported": ["RS256"],
        "backchannel_logout_session_supported": true,
        "backchannel_logout_supported": true,
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": true,
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "c_hash", "s_hash", "acr", "amr", "sid", "email", "email_verified", "phone_number", "phone_number_verified", "cognito:username"],
        "code_challenge_methods_supported": ["S256"],
        "device_authorization_endpoint": at("oauth2/device_authorization"),
        "display_values_supported": ["page"],
        "dpop_signing_alg_values_supported": jwk::ASYMMETRIC,
        "end_session_endpoint": at("logout"),
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials", "implicit", device::GRANT, exchange::GRANT],
        "id_token_signing_alg_values_supported": ["RS256"],
        "introspection_endpoint": at("oauth2/introspect"),
        "introspection_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_signing_alg_values_supported": assertions,
        "introspection_signing_alg_values_supported": ["RS256"],
        "issuer": issuer,
        "jwks_uri": at(".well-known/jwks.json"),
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "pushed_authorization_request_endpoint": at("oauth2/par"),
        "request_object_signing_alg_values_supported": objects,
        "request_parameter_supported": true,
        "request_uri_parameter_supported": false,
        "response_modes_supported": ["query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"],
        "response_types_supported": ["code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token"],
        "revocation_endpoint": at("oauth2/revoke"),
        "revocation_endpoint_auth_methods_supported": public,
        "revocation_endpoint_auth_signing_alg_values_supported": assertions,
        "scopes_supported": SYSTEM_SCOPES,
        "subject_types_supported": ["public"],
        "token_endpoint": at("oauth2/token"),
        "token_endpoint_auth_methods_supported": public,
        "token_endpoint_auth_signing_alg_values_supported": assertions,
        "userinfo_endpoint": at("oauth2/userInfo"),
        "userinfo_signing_alg_values_supported": ["RS256"],
    })
}

/// Verifiers may keep these for a while: a new key is announced long before it signs.
pub(crate) fn answer(body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

pub(crate) fn refusal(error: &ApiError) -> Response<Body> {
    let status = if error.exception().is_some() { StatusCode::NOT_FOUND } else { StatusCode::INTERNAL_SERVER_ERROR };
    let mut response = Response::new(Body::from(json!({ "message": error.message() }).to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
