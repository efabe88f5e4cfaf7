//! `/.well-known/openid-configuration` (OpenID Connect Discovery, 4) and `/.well-known/jwks.json`

use crate::api::{ApiError, Cx};
use crate::boot::app::App;
use crate::tokens::claims::SYSTEM_SCOPES;
use crate::tokens::keys;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;
use std::sync::Arc;

pub async fn configuration(State(app): State<Arc<App>>, Path(pool_id): Path<String>) -> Response<Body> {
    match keys::load(&mut Cx::internal(app), &pool_id).await {
        Ok(keys) => answer(keys.configuration.clone()),
        Err(error) => refusal(&error),
    }
}

pub async fn jwks(State(app): State<Arc<App>>, Path(pool_id): Path<String>) -> Response<Body> {
    match keys::load(&mut Cx::internal(app), &pool_id).await {
        Ok(keys) => answer(keys.jwks.clone()),
        Err(error) => refusal(&error),
    }
}

/// The discovery document of an issuer.
pub fn document(issuer: &str) -> serde_json::Value {
    json!({
        "authorization_endpoint": format!("{issuer}/oauth2/authorize"),
        "authorization_response_iss_parameter_supported": true,
        "authorization_signing_alg_values_supported": ["RS256"],
        "backchannel_logout_session_supported": true,
        "backchannel_logout_supported": true,
        "claims_parameter_supported": true,
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "c_hash", "s_hash", "acr", "amr", "sid", "email", "email_verified", "phone_number", "phone_number_verified", "cognito:username"],
        "code_challenge_methods_supported": ["S256"],
        "end_session_endpoint": format!("{issuer}/logout"),
        "display_values_supported": ["page"],
        "grant_types_supported": ["authorization_code", "implicit", "refresh_token", "client_credentials", super::exchange::GRANT],
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "pushed_authorization_request_endpoint": format!("{issuer}/oauth2/par"),
        "request_object_signing_alg_values_supported": ["RS256", "PS256", "ES256", "HS256", "none"],
        "request_parameter_supported": true,
        "request_uri_parameter_supported": false,
        "response_modes_supported": ["query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"],
        "response_types_supported": ["code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token"],
        "revocation_endpoint": format!("{issuer}/oauth2/revoke"),
        "scopes_supported": SYSTEM_SCOPES,
        "subject_types_supported": ["public"],
        "token_endpoint": format!("{issuer}/oauth2/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "userinfo_endpoint": format!("{issuer}/oauth2/userInfo"),
    })
}

/// Verifiers may keep these for a while: a new key is announced long before it signs.
fn answer(body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn refusal(error: &ApiError) -> Response<Body> {
    let status = if error.exception().is_some() { StatusCode::NOT_FOUND } else { StatusCode::INTERNAL_SERVER_ERROR };
    let mut response = Response::new(Body::from(json!({ "message": error.message() }).to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
