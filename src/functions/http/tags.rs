//! ListTags, TagResource, UntagResource.

use super::super::error::{LambdaError, Result};
use super::super::store;
use super::{Request, json, nothing};
use crate::api::Cx;
use crate::kit::id;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json as value;
use std::collections::BTreeMap;

const MOST: usize = 50;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Given {
    tags: BTreeMap<String, String>,
}

/// Refuses tags that Lambda refuses.
pub fn checked(tags: BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let bad = tags.iter().any(|(k, v)| k.is_empty() || k.chars().count() > 128 || v.chars().count() > 256 || k.starts_with("aws:"));
    if bad || tags.len() > MOST {
        return Err(LambdaError::invalid(
            "A function has at most 50 tags, with keys of 1 to 128 characters that do not begin with aws: and values of at most 256.",
        ));
    }
    Ok(tags)
}

async fn function(cx: &mut Cx, request: &Request, arn: &str) -> Result<store::Function> {
    let named = request.named_as(arn, None)?;
    if named.qualifier.is_some() {
        return Err(LambdaError::invalid("Tags on function aliases and versions are not supported. Please specify a function ARN."));
    }
    let found = store::find(&mut *cx.read().await?, &named.name).await?;
    found.ok_or_else(|| LambdaError::no_function(&request.arn(&named.name, None)))
}

async fn put(cx: &mut Cx, function: &store::Function) -> Result<Response<Body>> {
    let revision = id::uuid(cx.rng());
    let mut tx = cx.begin().await?;
    if !store::update(&mut tx, function, &revision).await? {
        return Err(LambdaError::conflict("The function was changed at the same time. Try again."));
    }
    tx.commit().await?;
    Ok(nothing())
}

pub async fn list(Path(arn): Path<String>, request: Request) -> Result<Response<Body>> {
    let function = function(&mut request.cx(), &request, &arn).await?;
    Ok(json(StatusCode::OK, &value!({ "Tags": function.tags.0 })))
}

pub async fn tag(Path(arn): Path<String>, request: Request) -> Result<Response<Body>> {
    let given: Given = request.json()?;
    let mut cx = request.cx();
    let mut function = function(&mut cx, &request, &arn).await?;
    function.tags.0.extend(given.tags);
    function.tags.0 = checked(function.tags.0)?;
    put(&mut cx, &function).await
}

pub async fn untag(Path(arn): Path<String>, request: Request) -> Result<Response<Body>> {
    let mut cx = request.cx();
    let mut function = function(&mut cx, &request, &arn).await?;
    for key in request.parameters("tagKeys") {
        function.tags.0.remove(&key);
    }
    put(&mut cx, &function).await
}
