//! `/oauth2/par`: requests that a client sends ahead, so that the browser carries nothing but a name for them (RFC 9126).

use super::checks::{self, Failure};
use super::store::{self, Pushed};
use super::{Parameters, Refusal, expand};
use crate::api::Cx;
use crate::boot::app::App;
use crate::clients::Client;
use crate::kit::clock::{Millis, SECOND};
use crate::kit::{id, mac};
use crate::oauth::client_auth::{Form, authenticate, is_basic, require_pool};
use crate::oauth::dpop;
use crate::oauth::error::{OAuthError, Result, json};
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;

/// What the names begin with (RFC 9126, 2.2).
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// Within it the browser must have come.
const LIFETIME: Millis = 90 * SECOND;

pub async fn serve(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(pool_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut cx = Cx::of_request(app, peer.ip(), &headers);
    let result = push(&mut cx, &pool_id, &headers, &body).await;
    result.map_or_else(|error| error.response(is_basic(&headers)), |body| json(StatusCode::CREATED, &body))
}

async fn push(cx: &mut Cx, pool_id: &str, headers: &HeaderMap, body: &[u8]) -> Result<Value> {
    require_pool(cx, pool_id).await?;
    // The form itself refuses what is given twice, and `resource` may be.
    let sent = form_urlencoded::parse(body).filter(|(name, _)| name != "resource");
    let once = form_urlencoded::Serializer::new(String::new()).extend_pairs(sent).finish();
    let form = Form::parse(headers, once.as_bytes())?;
    let client = authenticate(cx, pool_id, headers, &form).await?;
    let parameters = Parameters::of(form_urlencoded::parse(body).map(|(n, v)| (n.into_owned(), v.into_owned())));
    if parameters.get("request_uri").is_some() {
        return Err(OAuthError::invalid_request("A pushed request must not name another"));
    }
    let used = dpop::Use { pool_id, method: &Method::POST, path: "oauth2/par", access_token: None };
    let proved = dpop::proof(cx, headers, used).await?;
    let kept = check(cx, &client, parameters, body, proved.as_deref()).await?;
    let token = id::token(cx.rng());
    let row = Pushed { client_id: client.id.clone(), parameters: kept, expires_at: cx.now() + LIFETIME };
    let mut tx = cx.begin().await?;
    store::insert(&mut tx, pool_id, &mac::sha256_hex(token.as_bytes()), &row).await.map_err(crate::api::ApiError::from)?;
    tx.commit().await?;
    Ok(serde_json::json!({ "request_uri": format!("{PREFIX}{token}"), "expires_in": LIFETIME / SECOND }))
}

/// Runs the checks of the authorization endpoint, and returns what is kept: without what proved the client, and with the key that it `proved`, which
/// its code is bound to (RFC 9449, 10.1).
async fn check(cx: &mut Cx, client: &Client, sent: Parameters, body: &[u8], proved: Option<&str>) -> Result<String> {
    let refused = |failure: Failure| OAuthError::new(failure.error, failure.description.unwrap_or_default());
    let parameters = expand(cx, client, sent).await.map_err(refused)?;
    checks::redirect_uri(client, &parameters).map_err(|refusal| match refusal {
        Refusal::Page { detail, .. } => OAuthError::invalid_request(detail),
        _ => OAuthError::invalid_request("redirect_uri is not valid"),
    })?;
    checks::run(client, &parameters).map_err(refused)?;
    let named = parameters.get("dpop_jkt");
    if proved.is_some() && named.is_some() && named != proved {
        return Err(OAuthError::new("invalid_dpop_proof", "dpop_jkt is not the key of the proof"));
    }
    let own = ["client_secret", "client_assertion", "client_assertion_type", "dpop_jkt"];
    let kept = form_urlencoded::parse(body).filter(|(name, _)| !own.contains(&name.as_ref()));
    let bound = proved.or(named).map(|jkt| ("dpop_jkt", jkt));
    Ok(form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).extend_pairs(bound).finish())
}

/// The hash that a pushed request is stored under. `None` for an address of any other kind.
pub fn hash_of(request_uri: &str) -> Option<String> {
    request_uri.strip_prefix(PREFIX).map(|token| mac::sha256_hex(token.as_bytes()))
}

/// The parameters of a request that this client pushed lately.
pub async fn find(cx: &mut Cx, client: &Client, hash: &str) -> crate::api::Result<Option<Parameters>> {
    let now = cx.now();
    let found = store::find(&mut *cx.read().await?, &client.pool_id, hash).await?;
    let found = found.filter(|row| row.client_id == client.id && row.expires_at > now);
    Ok(found.map(|row| Parameters::parse(&row.parameters)))
}
