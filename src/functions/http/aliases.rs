//! Aliases: names of versions.

use super::super::error::{LambdaError, Result};
use super::super::name::{LATEST, is_qualifier};
use super::super::store::{self, Alias};
use super::{Request, cut, json, nothing};
use crate::kit::id;
use crate::store::{StoreError, Tx};
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json as value};

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Given {
    name: String,
    function_version: Option<String>,
    description: Option<String>,
    routing_config: Option<Value>,
    revision_id: Option<String>,
}

fn shown(request: &Request, alias: &Alias) -> Value {
    value!({
        "AliasArn": request.arn(&alias.name, Some(&alias.alias)), "Name": alias.alias, "FunctionVersion": alias.version,
        "Description": alias.description, "RevisionId": alias.revision_id,
    })
}

fn missing(request: &Request, function: &str, alias: &str) -> LambdaError {
    LambdaError::not_found(format!("Cannot find alias arn: {}", request.arn(function, Some(alias))))
}

/// Refuses versions that are not there, and aliases that choose between versions by chance.
async fn check(tx: &mut Tx, request: &Request, function: &str, given: &Given) -> Result<()> {
    let weights = given.routing_config.as_ref().and_then(|r| r["AdditionalVersionWeights"].as_object());
    if weights.is_some_and(|weights| !weights.is_empty()) {
        return Err(LambdaError::invalid("AdditionalVersionWeights is not supported: an alias means one version."));
    }
    let Some(version) = &given.function_version else { return Ok(()) };
    let found = store::version(tx, function, version).await?;
    found.map(|_| ()).ok_or_else(|| LambdaError::no_function(&request.arn(function, Some(version))))
}

pub async fn create(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let given: Given = request.json()?;
    let named = request.named_as(&name, None)?;
    let is_number = given.name.bytes().all(|c| c.is_ascii_digit());
    if !is_qualifier(&given.name) || is_number {
        return Err(LambdaError::validation(format!(
            "1 validation error detected: Value '{:.128}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
            given.name
        )));
    }
    let Some(version) = given.function_version.clone() else {
        return Err(LambdaError::validation(
            "1 validation error detected: Value null at 'functionVersion' failed to satisfy constraint: Member must not be null",
        ));
    };
    let mut cx = request.cx();
    let revision_id = id::uuid(cx.rng());
    let mut tx = cx.begin().await?;
    check(&mut tx, &request, &named.name, &given).await?;
    let description = given.description.unwrap_or_default();
    let alias = Alias { name: named.name, alias: given.name, version, description, revision_id };
    store::insert_alias(&mut tx, &alias).await.map_err(|error| match error {
        StoreError::Duplicate => LambdaError::conflict(format!("Alias already exists: {}", request.arn(&alias.name, Some(&alias.alias)))),
        StoreError::Missing => LambdaError::no_function(&request.arn(&alias.name, None)),
        other => other.into(),
    })?;
    tx.commit().await?;
    request.app.functions_here.forget();
    Ok(json(StatusCode::CREATED, &shown(&request, &alias)))
}

pub async fn one(Path((name, alias)): Path<(String, String)>, request: Request) -> Result<Response<Body>> {
    let named = request.named_as(&name, None)?;
    let found = store::alias(&mut *request.cx().read().await?, &named.name, &alias).await?;
    let found = found.ok_or_else(|| missing(&request, &named.name, &alias))?;
    Ok(json(StatusCode::OK, &shown(&request, &found)))
}

pub async fn update(Path((name, alias)): Path<(String, String)>, request: Request) -> Result<Response<Body>> {
    let given: Given = request.json()?;
    let named = request.named_as(&name, None)?;
    let mut cx = request.cx();
    let revision_id = id::uuid(cx.rng());
    let mut tx = cx.begin().await?;
    check(&mut tx, &request, &named.name, &given).await?;
    let found = store::alias(&mut tx, &named.name, &alias).await?;
    let mut found = found.ok_or_else(|| missing(&request, &named.name, &alias))?;
    let before = std::mem::replace(&mut found.revision_id, revision_id);
    let changed = || {
        LambdaError::precondition(
            "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId",
        )
    };
    if given.revision_id.is_some_and(|revision| revision != before) {
        return Err(changed());
    }
    found.version = given.function_version.unwrap_or(found.version);
    found.description = given.description.unwrap_or(found.description);
    if !store::update_alias(&mut tx, &found, &before).await? {
        return Err(changed());
    }
    tx.commit().await?;
    request.app.functions_here.forget();
    Ok(json(StatusCode::OK, &shown(&request, &found)))
}

pub async fn delete(Path((name, alias)): Path<(String, String)>, request: Request) -> Result<Response<Body>> {
    let named = request.named_as(&name, None)?;
    let mut cx = request.cx();
    let mut tx = cx.begin().await?;
    store::delete_alias(&mut tx, &named.name, &alias).await?;
    tx.commit().await?;
    request.app.functions_here.forget();
    Ok(nothing())
}

pub async fn list(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let named = request.named_as(&name, None)?;
    let (page, after) = request.page()?;
    let mut cx = request.cx();
    let mut tx = cx.read().await?;
    store::find(&mut tx, &named.name).await?.ok_or_else(|| LambdaError::no_function(&request.arn(&named.name, None)))?;
    let aliases = store::aliases(&mut tx, &named.name, &after, page as i64 + 1).await?;
    drop(tx);
    let (aliases, marker) = cut(aliases, page, |alias: &Alias| alias.alias.clone());
    let of = request.parameter("FunctionVersion").map(|v| if v.is_empty() { LATEST.to_owned() } else { v });
    let kept = aliases.iter().filter(|alias| of.as_ref().is_none_or(|version| *version == alias.version));
    let mut out = value!({ "Aliases": kept.map(|alias| shown(&request, alias)).collect::<Vec<_>>() });
    if let Some(marker) = marker {
        out["NextMarker"] = marker.into();
    }
    Ok(json(StatusCode::OK, &out))
}
