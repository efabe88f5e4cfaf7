//! The issuer of OpenID tokens at its own address: `/identity/.well-known/openid-configuration` and its keys.

use super::keys;
use crate::api::Cx;
use crate::boot::app::App;
use crate::oauth::discovery::{answer, refusal};
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde_json::json;
use std::sync::Arc;

pub async fn configuration(State(app): State<Arc<App>>) -> Response<Body> {
    let issuer = app.config.identity_issuer();
    let document = json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks_uri"),
        "authorization_endpoint": issuer,
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS512"],
        "claims_supported": ["sub", "aud", "amr", "iss", "exp", "iat"],
    });
    answer(document.to_string().into())
}

pub async fn jwks(State(app): State<Arc<App>>) -> Response<Body> {
    match keys::load(&mut Cx::internal(app)).await {
        Ok(keys) => answer(keys.jwks.clone()),
        Err(error) => refusal(&error),
    }
}
