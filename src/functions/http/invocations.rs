//! The last calls of a function, and calling it again with the event of one: this server's own addition to the API.

use super::super::error::{LambdaError, Result};
use super::super::invocation::{Invocation, KEEP, PURPOSE};
use super::super::{runner, store};
use super::{Request, invoke, json};
use crate::api::Cx;
use anyhow::Context as _;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Response, StatusCode};
use serde_json::json as value;

fn open(request: &Request, kept: &store::Kept) -> Result<Invocation> {
    let plain = request.app.sealer.open(PURPOSE, &kept.sealed).context("a call does not open")?;
    Ok(serde_json::from_slice(&plain).context("a call is malformed")?)
}

pub async fn list(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let named = request.named_as(&name, None)?;
    let mut cx = request.cx();
    runner::flush(&mut cx).await?;
    let kept = store::kept(&mut *cx.read().await?, &named.name, i64::MAX, KEEP).await?;
    let all = kept.iter().map(|kept| Ok(open(&request, kept)?.summary())).collect::<Result<Vec<_>>>()?;
    Ok(json(StatusCode::OK, &value!({ "Invocations": all })))
}

async fn find(cx: &mut Cx, request: &Request, name: &str, id: &str) -> Result<Invocation> {
    runner::flush(cx).await?;
    let kept = store::kept_one(&mut *cx.read().await?, name, id).await?;
    let kept = kept.ok_or_else(|| LambdaError::not_found(format!("Invocation not found: {id:.64}")))?;
    open(request, &kept)
}

pub async fn one(Path((name, id)): Path<(String, String)>, request: Request) -> Result<Response<Body>> {
    let named = request.named_as(&name, None)?;
    let invocation = find(&mut request.cx(), &request, &named.name, &id).await?;
    Ok(json(StatusCode::OK, &invocation.detail()))
}

/// Calls the function as it is now; what was not kept of the event is not there.
pub async fn replay(Path((name, id)): Path<(String, String)>, request: Request) -> Result<Response<Body>> {
    let named = request.named(&name)?;
    let mut cx = request.cx();
    let invocation = find(&mut cx, &request, &named.name, &id).await?;
    let event = invocation.event.ok_or_else(|| LambdaError::invalid("The event was too large to be kept."))?;
    let version = runner::find(&mut cx, &named).await?;
    invoke::call(&request, &version, named.qualifier.as_deref(), event.to_string()).await
}
