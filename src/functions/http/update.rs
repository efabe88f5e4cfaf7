//! UpdateFunctionCode, UpdateFunctionConfiguration, DeleteFunction.

use super::super::error::{LambdaError, Result};
use super::super::function::{Given, Target, Version};
use super::super::name::LATEST;
use super::super::{code as archive, runner, store};
use super::create::{Code, seal};
use super::{Request, json, nothing, read, versions};
use crate::api::Cx;
use crate::kit::id;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json as value;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct UpdateCode {
    publish: bool,
    dry_run: bool,
    revision_id: Option<String>,
    architectures: Option<serde_json::Value>,
    #[serde(flatten)]
    code: Code,
}

/// `$LATEST` as it is stored, for a change.
pub async fn latest(cx: &mut Cx, request: &Request, name: &str, revision: Option<&str>) -> Result<Version> {
    let row = store::version(&mut *cx.read().await?, name, LATEST).await?;
    let row = row.ok_or_else(|| LambdaError::no_function(&request.arn(name, None)))?;
    let version = runner::open(&request.app, row)?;
    if revision.is_some_and(|revision| revision != version.revision_id) {
        return Err(LambdaError::precondition(
            "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId",
        ));
    }
    Ok(version)
}

async fn replace(cx: &mut Cx, request: &Request, mut version: Version, code: Option<&[u8]>) -> Result<Version> {
    let before = std::mem::replace(&mut version.revision_id, id::uuid(cx.rng()));
    version.modified_at = cx.now();
    let sealed = seal(request, &version.secrets)?;
    let mut tx = cx.begin().await?;
    if !store::update_latest(&mut tx, &version, &before, &sealed, code).await? {
        return Err(LambdaError::conflict(format!(
            "The operation cannot be performed at this time. An update is in progress for resource: {}",
            request.arn(&version.name, None)
        )));
    }
    tx.commit().await?;
    request.app.functions_here.forget();
    Ok(version)
}

pub async fn code(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let update: UpdateCode = request.json()?;
    let named = request.named_as(&name, None)?;
    let mut cx = request.cx();
    let mut version = latest(&mut cx, &request, &named.name, update.revision_id.as_deref()).await?;
    let bytes = update.code.archive().await?.ok_or_else(|| {
        LambdaError::validation(
            "1 validation error detected: Value null at 'zipFile' failed to satisfy constraint: Member must not be null",
        )
    })?;
    version.code_sha256 = archive::checksum(&bytes);
    version.code_size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    if let Some(architectures) = update.architectures.filter(|a| !a.is_null()) {
        version.settings.kept.insert("Architectures".into(), architectures);
    }
    if !update.dry_run {
        version = replace(&mut cx, &request, version, Some(&bytes)).await?;
    }
    if update.publish && !update.dry_run {
        return Ok(json(StatusCode::OK, &versions::publish_latest(&request, &named.name, None, None).await?));
    }
    Ok(json(StatusCode::OK, &read::shown(&request, &version, None)))
}

pub async fn configuration(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let given: Given = request.json()?;
    let named = request.named_as(&name, None)?;
    let mut cx = request.cx();
    let mut version = latest(&mut cx, &request, &named.name, given.revision_id.as_deref()).await?;
    let (mut settings, mut secrets) = (version.settings, version.secrets);
    settings.apply(&mut secrets, &given)?;
    if settings.target == Target::Here && version.code_size == 0 {
        return Err(LambdaError::invalid("The function has no code that could run here: send some first."));
    }
    let fresh = matches!(settings.target, Target::Url(_)) && secrets.key.is_none();
    if fresh {
        secrets.key = Some(id::token(cx.rng()));
    }
    let key = secrets.key.clone().filter(|_| fresh);
    (version.settings, version.secrets) = (settings, secrets);
    let version = replace(&mut cx, &request, version, None).await?;
    let mut out = read::shown(&request, &version, None);
    if let (Some(key), Some(target)) = (key, out.get_mut("PoolhouseTarget")) {
        target["Secret"] = value!(key);
    }
    Ok(json(StatusCode::OK, &out))
}

pub async fn delete(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let named = request.named(&name)?;
    let mut cx = request.cx();
    // Calls that wait to be written would outlive the function.
    runner::flush(&mut cx).await?;
    let mut tx = cx.begin().await?;
    let deleted = match named.qualifier.as_deref() {
        None => store::delete(&mut tx, &named.name).await?,
        Some(LATEST) => return Err(LambdaError::invalid("$LATEST version cannot be deleted without deleting the function.")),
        Some(number) => {
            if let Some(alias) = store::aliases(&mut tx, &named.name, "", 10_000).await?.into_iter().find(|a| a.version == number) {
                return Err(LambdaError::conflict(format!("The version is used by the alias {}.", alias.alias)));
            }
            store::delete_version(&mut tx, &named.name, number).await?
        }
    };
    if !deleted {
        return Err(LambdaError::no_function(&request.arn(&named.name, named.qualifier.as_deref())));
    }
    tx.commit().await?;
    request.app.functions_here.forget();
    Ok(nothing())
}
