//! The job that delivers logout tokens.

use super::store::{self, Notice};
use crate::api::{Cx, Result};
use crate::clients::Client;
use crate::kit::clock::{HOUR, MINUTE, Millis, SECOND};
use crate::kit::id;
use crate::outbound::Limits;
use crate::tokens::jwt::Claims;
use crate::tokens::keys::{self, Use};
use axum::body::Bytes;
use http::{Request, header};
use std::time::Duration;

/// A claim outlives the slowest attempt.
const CLAIM: Millis = 2 * MINUTE;
const LIMITS: Limits = Limits { timeout: Duration::from_secs(10), max_body: 16 * 1024 };
const BATCH: i64 = 16;
/// How long a logout token holds: no longer than its delivery takes (Back-Channel Logout, 2.4).
const LIFETIME_SECONDS: i64 = 120;
const GIVES_UP_AFTER: Millis = 2 * HOUR;
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Delivers what is due. Returns when nothing is.
pub async fn deliver(cx: &mut Cx) -> Result<()> {
    loop {
        let now = cx.now();
        let mut tx = cx.begin().await?;
        let notices = store::claim(&mut tx, now, now + CLAIM, BATCH).await?;
        tx.commit().await?;
        if notices.is_empty() {
            return Ok(());
        }
        let mut requests = Vec::new();
        for notice in &notices {
            requests.push(request(cx, notice).await);
        }
        let app = cx.app.clone();
        let sent = futures::future::join_all(requests.into_iter().map(|request| async {
            match request {
                Ok(Some(request)) => send(&app, request).await,
                Ok(None) => Ok(()),
                Err(error) => Err(format!("{error}")),
            }
        }))
        .await;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        for (notice, outcome) in notices.iter().zip(sent) {
            settle(&mut tx, notice, outcome, now).await?;
        }
        tx.commit().await?;
    }
}

/// The request of a notice; `None` where its client is not told any more.
async fn request(cx: &mut Cx, notice: &Notice) -> Result<Option<Request<Bytes>>> {
    let client = match crate::clients::load_in(cx, &notice.pool_id, &notice.client_id).await {
        Ok(client) => client,
        Err(error) if error.exception().is_some() => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(uri) = client.backchannel_logout_uri() else { return Ok(None) };
    if notice.sid.is_empty() && client.oauth().backchannel_logout_session_required {
        return Ok(None);
    }
    let token = token(cx, &client, notice).await?;
    let body = form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &token).finish();
    let request = Request::post(uri).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    Ok(Some(request.body(Bytes::from(body)).map_err(anyhow::Error::from)?))
}

/// Back-Channel Logout, 2.4. It names no `nonce`, and its type keeps it from being taken for an ID token.
async fn token(cx: &mut Cx, client: &Client, notice: &Notice) -> Result<String> {
    let keys = keys::load(cx, &client.pool_id).await?;
    let (now, iat) = (cx.now(), cx.now().div_euclid(SECOND));
    let mut claims = Claims::new();
    claims.insert("iss".into(), cx.app.config.issuer(&client.pool_id).into());
    claims.insert("sub".into(), notice.sub.as_str().into());
    claims.insert("aud".into(), client.id.as_str().into());
    claims.insert("iat".into(), iat.into());
    claims.insert("exp".into(), (iat + LIFETIME_SECONDS).into());
    claims.insert("jti".into(), id::uuid(cx.rng()).into());
    claims.insert("events".into(), serde_json::json!({ EVENT: {} }));
    if !notice.sid.is_empty() {
        claims.insert("sid".into(), notice.sid.as_str().into());
    }
    Ok(keys.signer(Use::Id, now)?.sign_as("logout+jwt", &claims)?)
}

/// Any 2xx is a yes (Back-Channel Logout, 2.8).
async fn send(app: &crate::boot::app::App, request: Request<Bytes>) -> std::result::Result<(), String> {
    let answer = app.outbound.send(request, LIMITS).await.map_err(|failure| failure.to_string())?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("the client answered {}", answer.status().as_u16())) }
}

async fn settle(tx: &mut crate::store::Tx, notice: &Notice, outcome: std::result::Result<(), String>, now: Millis) -> Result<()> {
    let Err(reason) = outcome else {
        metrics::counter!("poolhouse_logout_notices_total", "outcome" => "delivered").increment(1);
        return Ok(store::done(tx, notice).await?);
    };
    let next = next_attempt(notice, now);
    tracing::warn!(client = notice.client_id, attempts = notice.attempts, reason, gave_up = next.is_none(), "a logout token was not taken");
    let outcome = if next.is_none() { "given_up" } else { "deferred" };
    metrics::counter!("poolhouse_logout_notices_total", "outcome" => outcome).increment(1);
    match next {
        Some(due_at) => store::failed(tx, notice, due_at, &reason).await?,
        None => store::done(tx, notice).await?,
    }
    Ok(())
}

fn next_attempt(notice: &Notice, now: Millis) -> Option<Millis> {
    let at = now + ((5 * SECOND) << (notice.attempts - 1).clamp(0, 10));
    (at < notice.first_at + GIVES_UP_AFTER).then_some(at)
}
