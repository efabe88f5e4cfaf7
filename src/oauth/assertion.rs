//! Client assertions: `client_secret_jwt` and `private_key_jwt` (RFC 7523, 2.2 and 3; OpenID Connect Core, 9).

use super::client_auth::Form;
use super::endpoint;
use super::error::{OAuthError, Result};
use crate::api::{ApiError, Cx};
use crate::clients::jwk::{self, Claims};
use crate::clients::oauth_settings::AuthMethod;
use crate::clients::{Client, keys};
use crate::kit::clock::{HOUR, MINUTE, SECOND};
use crate::kit::mac;
use crate::tokens::{jwt, store};
use axum::http::HeaderMap;
use serde_json::Value;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far a client's clock may be ahead.
const SKEW: i64 = MINUTE;
/// Every endpoint that clients prove themselves at. An assertion for one of them is for this server.
const ENDPOINTS: [&str; 6] =
    ["oauth2/token", "oauth2/par", "oauth2/introspect", "oauth2/revoke", "oauth2/device_authorization", "oauth2/authorize"];

pub struct Assertion(String);

impl Assertion {
    pub fn read(form: &Form) -> Result<Option<Self>> {
        match (form.get("client_assertion_type"), form.get("client_assertion")) {
            (None, None) => Ok(None),
            (Some(TYPE), Some(assertion)) => Ok(Some(Self(assertion.to_owned()))),
            (Some(TYPE), None) => Err(OAuthError::invalid_request("client_assertion is missing")),
            (Some(_), _) => Err(OAuthError::invalid_request("The client_assertion_type is not supported")),
            (None, Some(_)) => Err(OAuthError::invalid_request("client_assertion_type is missing")),
        }
    }

    /// Whom it claims to be from.
    pub fn subject(&self) -> Option<String> {
        jwt::peek(&self.0).and_then(|claims| jwt::text(&claims, "sub").map(str::to_owned))
    }

    /// Whether the client made it, for this server, lately, and uses it for the first time. It is remembered before anything is done for it.
    pub async fn check(&self, cx: &mut Cx, client: &Client, headers: &HeaderMap) -> Result<bool> {
        let Some(claims) = self.signed(cx, client).await else { return Ok(false) };
        if jwt::text(&claims, "iss") != Some(&client.id) || jwt::text(&claims, "sub") != Some(&client.id) {
            return Ok(false);
        }
        if !is_for(cx, client, headers, claims.get("aud")).await {
            return Ok(false);
        }
        let now = cx.now();
        let time = |name| jwt::number(&claims, name).map(|seconds| seconds.saturating_mul(SECOND));
        let (Some(exp), Some(jti)) = (time("exp"), jwt::text(&claims, "jti")) else { return Ok(false) };
        let early = time("nbf").is_some_and(|nbf| nbf > now + SKEW) || time("iat").is_some_and(|iat| iat > now + SKEW);
        if exp <= now || exp > now + HOUR || early {
            return Ok(false);
        }
        let hash = mac::sha256_hex(format!("client assertion\n{}\n{jti}", client.id).as_bytes());
        let mut tx = cx.begin().await?;
        let before = store::spend(&mut tx, &client.pool_id, &hash, now, exp).await.map_err(ApiError::from)?;
        tx.commit().await?;
        Ok(before.is_none())
    }

    /// Its claims, if the client signed it as it is registered to.
    async fn signed(&self, cx: &mut Cx, client: &Client) -> Option<Claims> {
        let header = jwk::header(&self.0)?;
        let settings = client.oauth();
        if settings.token_endpoint_auth_signing_alg.as_deref().is_some_and(|only| only != jwk::name(header.alg)) {
            return None;
        }
        match settings.token_endpoint_auth_method? {
            AuthMethod::PrivateKeyJwt => keys::verify(cx, client, &self.0, &header).await,
            AuthMethod::ClientSecretJwt => {
                client.secrets.iter().find_map(|secret| jwk::verify_mac(&self.0, header.alg, secret.value.as_bytes()))
            }
            _ => None,
        }
    }
}

/// Whether the audience is this server, and nobody else.
async fn is_for(cx: &Cx, client: &Client, headers: &HeaderMap, audience: Option<&Value>) -> bool {
    let mut own = vec![cx.app.config.issuer(&client.pool_id)];
    for path in ENDPOINTS {
        own.extend(endpoint::addresses(cx, &client.pool_id, headers, path).await);
    }
    let is_own = |value: &Value| value.as_str().is_some_and(|text| own.iter().any(|o| o == text));
    match audience {
        Some(Value::Array(list)) => !list.is_empty() && list.iter().all(is_own),
        Some(value) => is_own(value),
        None => false,
    }
}
