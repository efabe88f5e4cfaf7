//! Keys of OpenID Connect providers, fetched from where their discovery document says, and kept for some minutes.

use crate::api::Cx;
use crate::iam::query::fault::{Fault, Result};
use crate::outbound::Limits;
use crate::tokens::jwt::Claims;
use axum::body::Bytes;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use std::sync::Arc;
use std::time::Duration;

const LIMITS: Limits = Limits { timeout: Duration::from_secs(5), max_body: 256 * 1024 };
/// What a provider may sign with.
const ALGORITHMS: [Algorithm; 5] = [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::ES256, Algorithm::ES384];

/// The claims of a token that the issuer signed.
pub async fn verify(cx: &mut Cx, issuer: &str, token: &str) -> Result<Claims> {
    let unsound = || Fault::invalid_identity("Couldn't verify signed token.");
    let header = jsonwebtoken::decode_header(token).map_err(|_| unsound())?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Fault::invalid_identity("The token is signed with an algorithm that is not supported."));
    }
    let set = keys(cx, issuer).await?;
    let key = match &header.kid {
        Some(kid) => set.find(kid),
        None => set.keys.first().filter(|_| set.keys.len() == 1),
    };
    let key = key.and_then(|key| DecodingKey::from_jwk(key).ok()).ok_or_else(unsound)?;
    let mut validation = Validation::new(header.alg);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<Claims>(token, &key, &validation).map(|data| data.claims).map_err(|_| unsound())
}

async fn keys(cx: &Cx, issuer: &str) -> Result<Arc<JwkSet>> {
    if let Some(known) = cx.app.caches.provider_keys.get(issuer) {
        return Ok(known);
    }
    let unreachable = || Fault::idp_communication("Error contacting the identity provider.");
    let discovery = fetch(cx, &format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))).await?;
    let document: serde_json::Value = serde_json::from_slice(&discovery).map_err(|_| unreachable())?;
    if document.get("issuer").and_then(serde_json::Value::as_str) != Some(issuer) {
        return Err(Fault::invalid_identity("The provider's discovery document names another issuer."));
    }
    let address = document.get("jwks_uri").and_then(serde_json::Value::as_str).ok_or_else(unreachable)?;
    // What the document says decides whom the server talks to: never less securely than it was asked itself.
    if issuer.starts_with("https://") && !address.starts_with("https://") {
        return Err(unreachable());
    }
    let set: JwkSet = serde_json::from_slice(&fetch(cx, address).await?).map_err(|_| unreachable())?;
    let set = Arc::new(set);
    cx.app.caches.provider_keys.insert(issuer.to_owned(), set.clone());
    Ok(set)
}

async fn fetch(cx: &Cx, address: &str) -> Result<Bytes> {
    let unreachable = || Fault::idp_communication("Error contacting the identity provider.");
    let request =
        http::Request::get(address).header(http::header::ACCEPT, "application/json").body(Bytes::new()).map_err(|_| unreachable())?;
    match cx.app.outbound.send(request, LIMITS).await {
        Ok(answer) if answer.status().is_success() => Ok(answer.into_body()),
        Ok(answer) => {
            tracing::warn!(status = answer.status().as_u16(), "an identity provider did not give its keys");
            Err(unreachable())
        }
        Err(failure) => {
            tracing::warn!(%failure, "an identity provider could not be asked for its keys");
            Err(unreachable())
        }
    }
}
