//! The published keys of OpenID Connect providers, found by discovery (OpenID Connect Discovery, 4) and kept for a while, and what they signed.

use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::{HOUR, MINUTE, Millis, SECOND};
use crate::outbound::Limits;
use crate::tokens::jwt::Claims;
use axum::body::Bytes;
use axum::http::Request;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// How long keys are taken as they are.
const FRESH: Millis = HOUR;
/// How soon a token with an unknown key may have them asked for again: strangers can make such tokens as they like.
const SOONEST: Millis = MINUTE;
/// How soon a provider that did not answer is asked again.
const AFTER_FAILURE: Millis = 10 * SECOND;
/// The most keys of a set that are kept.
const MOST_KEYS: usize = 50;
const LIMITS: Limits = Limits { timeout: Duration::from_secs(5), max_body: 256 * 1024 };

/// What providers sign with. Nothing symmetric: their keys are public.
pub const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// A provider's keys, as they were at some time.
pub struct ProviderKeys {
    keys: Vec<(Option<String>, DecodingKey)>,
    fetched_at: Millis,
    /// Why there are none.
    failure: Option<String>,
}

impl ProviderKeys {
    fn has(&self, kid: Option<&str>) -> bool {
        self.candidates(kid).next().is_some()
    }

    /// The keys that may have signed a token: the one that it names or, where it names none, all.
    fn candidates(&self, kid: Option<&str>) -> impl Iterator<Item = &DecodingKey> {
        self.keys.iter().filter(move |(id, _)| kid.is_none() || id.as_deref() == kid).map(|(_, key)| key)
    }
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The provider answered, and would not.
    #[error("the answer has the status {0}")]
    Refused(u16),
    #[error("{0}")]
    Failed(String),
}

/// The claims of a token that the issuer `https://{host}` signed; `None` where it did not. The caller has looked at the algorithm in `header`, and
/// looks at everything that the claims say.
pub async fn signed(cx: &mut Cx, host: &str, header: &Header, token: &str) -> Result<Option<Claims>> {
    let mut keys = load(cx, host).await?;
    if !keys.has(header.kid.as_deref()) {
        keys = load_newer(cx, host, &keys).await?;
    }
    let mut validation = Validation::new(header.alg);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let mut candidates = keys.candidates(header.kid.as_deref());
    Ok(candidates.find_map(|key| jsonwebtoken::decode::<Claims>(token, key, &validation).ok()).map(|data| data.claims))
}

/// The keys of the issuer `https://{host}`.
async fn load(cx: &mut Cx, host: &str) -> Result<Arc<ProviderKeys>> {
    let now = cx.now();
    let kept = cx.app.caches.login_keys.get(host);
    match kept {
        Some(keys) if keys.failure.is_none() && now - keys.fetched_at < FRESH => Ok(keys),
        Some(keys) if keys.failure.is_some() && now - keys.fetched_at < AFTER_FAILURE => Err(unavailable(keys.failure.as_deref())),
        old => fetch(cx, host, old).await,
    }
}

/// The keys again, in case there are newer ones.
async fn load_newer(cx: &mut Cx, host: &str, known: &Arc<ProviderKeys>) -> Result<Arc<ProviderKeys>> {
    if cx.now() - known.fetched_at < SOONEST { Ok(known.clone()) } else { fetch(cx, host, Some(known.clone())).await }
}

/// Asks the provider. Where it does not answer, keys that are there already go on for a while.
async fn fetch(cx: &mut Cx, host: &str, old: Option<Arc<ProviderKeys>>) -> Result<Arc<ProviderKeys>> {
    let fetched_at = cx.now();
    let fetched = discover(cx, host).await;
    let (keys, failure) = match (fetched, old) {
        (Ok(keys), _) => (keys, None),
        (Err(_), Some(old)) if !old.keys.is_empty() && fetched_at - old.fetched_at < 24 * HOUR => return Ok(old),
        (Err(why), _) => (Vec::new(), Some(why.to_string())),
    };
    let keys = Arc::new(ProviderKeys { keys, fetched_at, failure });
    cx.app.caches.login_keys.insert(host.to_owned(), keys.clone());
    if keys.failure.is_some() { Err(unavailable(keys.failure.as_deref())) } else { Ok(keys) }
}

async fn discover(cx: &Cx, host: &str) -> Result<Vec<(Option<String>, DecodingKey)>, Trouble> {
    let (base, is_replaced) = base(cx, host);
    let configuration: Value = get(cx, &format!("{base}/.well-known/openid-configuration"), None).await?;
    let issuer = configuration.get("issuer").and_then(Value::as_str).unwrap_or_default();
    let is_it = is_replaced || issuer.trim_end_matches('/') == format!("https://{host}").trim_end_matches('/');
    let address = configuration.get("jwks_uri").and_then(Value::as_str).unwrap_or_default();
    if !is_it || !(is_replaced || address.starts_with("https://")) {
        return Err(Trouble::Failed(format!("the discovery document of {host} is not its own")));
    }
    let set: Value = get(cx, address, None).await?;
    Ok(parse(&set))
}

/// Keys of kinds that are not known are left out: others of the set may be of use.
fn parse(set: &Value) -> Vec<(Option<String>, DecodingKey)> {
    let all = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_for_signing =
        |key: &&Value| key.get("use").and_then(Value::as_str).is_none_or(|u| u == "sig") && key.get("kty") != Some(&"oct".into());
    let one = |key: &Value| {
        let set: JwkSet = serde_json::from_value(serde_json::json!({ "keys": [key] })).ok()?;
        let jwk = set.keys.first()?;
        Some((jwk.common.key_id.clone(), DecodingKey::from_jwk(jwk).ok()?))
    };
    all.iter().filter(is_for_signing).take(MOST_KEYS).filter_map(one).collect()
}

/// Where a provider answers, and whether the operator said so.
pub fn base(cx: &Cx, host: &str) -> (String, bool) {
    match cx.app.config.provider_addresses.get(host) {
        Some(address) => (address.clone(), true),
        None => (format!("https://{}", host.trim_end_matches('/')), false),
    }
}

/// A JSON document at an address. The errors name hosts, never what was asked.
pub async fn get<T: DeserializeOwned>(cx: &Cx, address: &str, bearer: Option<&str>) -> Result<T, Trouble> {
    let mut request = Request::get(address).header("accept", "application/json");
    if let Some(token) = bearer {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Bytes::new()).map_err(|_| Trouble::Failed("the address is not one".to_owned()))?;
    let answer = cx.app.outbound.send(request, LIMITS).await.map_err(|failure| Trouble::Failed(failure.to_string()))?;
    match answer.status().as_u16() {
        200 => {
            serde_json::from_slice(answer.body()).map_err(|_| Trouble::Failed("the answer is not the JSON that was expected".to_owned()))
        }
        status if (400..500).contains(&status) && status != 429 => Err(Trouble::Refused(status)),
        status => Err(Trouble::Failed(format!("the answer has the status {status}"))),
    }
}

/// The refusal where a provider does not answer. What went wrong is for the log.
pub fn unavailable(why: Option<&str>) -> ApiError {
    tracing::warn!(why, "a login provider does not answer");
    ApiError::external_service("The login provider does not answer as it should. Try again later.")
}
