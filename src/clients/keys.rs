//! A client's public keys, kept with it or fetched from its `jwks_uri`, and what they signed.

use super::Client;
use super::jwk::{Claims, KeySet};
use crate::api::Cx;
use crate::kit::clock::{MINUTE, Millis, SECOND};
use crate::outbound::Limits;
use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode, header};
use jsonwebtoken::Header;
use std::sync::Arc;
use std::time::Duration;

/// What fetching keys may cost.
const LIMITS: Limits = Limits { timeout: Duration::from_secs(5), max_body: 64 * 1024 };
/// A fetched set serves for this long,
const FRESH: Millis = 5 * MINUTE;
/// and no address is asked more often than this, whatever the answer was: anybody can name a client and a key that does not exist.
const PAUSE: Millis = 10 * SECOND;

/// What an address answered.
#[derive(Clone)]
pub struct Fetched {
    set: Option<Arc<KeySet>>,
    at: Millis,
}

/// The claims of a token that one of the client's public keys signed. `None` also where there are no keys or they cannot be had.
pub async fn verify(cx: &mut Cx, client: &Client, token: &str, header: &Header) -> Option<Claims> {
    let settings = client.oauth();
    if let Some(jwks) = &settings.jwks {
        return KeySet::parse(jwks).ok()?.verify(token, header);
    }
    let keys = fetched(cx, settings.jwks_uri.as_deref()?, header.kid.as_deref()).await?;
    keys.verify(token, header)
}

/// The keys at an address. They are fetched anew when they are old, or when they lack the key that is asked for.
async fn fetched(cx: &mut Cx, uri: &str, kid: Option<&str>) -> Option<Arc<KeySet>> {
    let now = cx.now();
    let known = cx.app.caches.client_keys.get(uri);
    if let Some(known) = &known {
        let serves = match &known.set {
            Some(set) => known.at + FRESH > now && kid.is_none_or(|kid| set.names(kid)),
            None => false,
        };
        if serves || known.at + PAUSE > now {
            return known.set.clone();
        }
    }
    // An address that does not answer for a moment takes nothing back.
    let still = known.filter(|known| known.at + FRESH > now).and_then(|known| known.set);
    let set = fetch(cx, uri).await.map(Arc::new).or(still);
    cx.app.caches.client_keys.insert(uri.to_owned(), Fetched { set: set.clone(), at: now });
    set
}

async fn fetch(cx: &Cx, uri: &str) -> Option<KeySet> {
    let request = Request::builder().method(Method::GET).uri(uri).header(header::ACCEPT, "application/jwk-set+json, application/json");
    let answer = match cx.app.outbound.send(request.body(Bytes::new()).ok()?, LIMITS).await {
        Ok(answer) if answer.status() == StatusCode::OK => answer,
        Ok(answer) => {
            tracing::warn!(status = answer.status().as_u16(), "a client's keys could not be fetched");
            return None;
        }
        Err(failure) => {
            tracing::warn!(%failure, "a client's keys could not be fetched");
            return None;
        }
    };
    let parsed = serde_json::from_slice(answer.body()).map_err(|_| "it is not JSON").and_then(|document| KeySet::parse(&document));
    parsed.inspect_err(|why| tracing::warn!(why, "a client's keys are of no use")).ok()
}
