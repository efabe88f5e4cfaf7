//! PublishVersion, ListVersionsByFunction.

use super::super::error::{LambdaError, Result};
use super::super::function::Version;
use super::super::{runner, store};
use super::create::seal;
use super::{Request, cut, json, read, update};
use crate::kit::id;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json as value};

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Publish {
    code_sha256: Option<String>,
    description: Option<String>,
    revision_id: Option<String>,
}

pub async fn publish(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let publish: Publish = request.json()?;
    let named = request.named_as(&name, None)?;
    let version = update::latest(&mut request.cx(), &request, &named.name, publish.revision_id.as_deref()).await?;
    if publish.code_sha256.is_some_and(|sum| sum != version.code_sha256) {
        return Err(LambdaError::invalid(format!(
            "CodeSHA256 ({}) is different from current CodeSHA256 in $LATEST. Please try again with the CodeSHA256 in $LATEST.",
            version.code_sha256
        )));
    }
    let out = publish_latest(&request, &named.name, publish.description, Some(&version.revision_id)).await?;
    Ok(json(StatusCode::CREATED, &out))
}

/// Gives `$LATEST` a number, unless the last number holds the same.
pub async fn publish_latest(request: &Request, name: &str, description: Option<String>, revision: Option<&str>) -> Result<Value> {
    let mut cx = request.cx();
    let mut version = update::latest(&mut cx, request, name, revision).await?;
    let code = runner::code_of(&mut cx, &version).await?;
    if let Some(description) = description {
        version.settings.description = description;
    }
    let missing = || LambdaError::no_function(&request.arn(name, None));
    let function = store::find(&mut *cx.read().await?, name).await?.ok_or_else(missing)?;
    let number = function.next_version;
    let last = store::version(&mut *cx.read().await?, name, &(number - 1).to_string()).await?;
    if let Some(last) = last.map(|row| runner::open(&request.app, row)).transpose()?
        && (&last.settings, &last.secrets, &last.code_sha256) == (&version.settings, &version.secrets, &version.code_sha256)
    {
        return Ok(read::shown(request, &last, None));
    }
    version.version = number.to_string();
    version.revision_id = id::uuid(cx.rng());
    version.modified_at = cx.now();
    let sealed = seal(request, &version.secrets)?;
    let mut tx = cx.begin().await?;
    if !store::take_number(&mut tx, &function).await? {
        return Err(LambdaError::conflict("The operation cannot be performed at this time. A version is being published."));
    }
    store::insert_version(&mut tx, &version, number, &sealed, &code).await?;
    tx.commit().await?;
    request.app.functions_here.forget();
    Ok(read::shown(request, &version, None))
}

pub async fn list(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let named = request.named_as(&name, None)?;
    let (page, after) = request.page()?;
    let from = after.parse::<i64>().map_or(0, |number| number.saturating_add(1));
    let mut cx = request.cx();
    let mut tx = cx.read().await?;
    store::find(&mut tx, &named.name).await?.ok_or_else(|| LambdaError::no_function(&request.arn(&named.name, None)))?;
    let rows = store::versions(&mut tx, &named.name, from, page as i64 + 1).await?;
    drop(tx);
    let versions = rows.into_iter().map(|row| runner::open(&request.app, row)).collect::<Result<Vec<_>>>()?;
    let (versions, marker) = cut(versions, page, |v: &Version| v.version.parse::<i64>().unwrap_or(0).to_string());
    let shown = |v: &Version| read::shown(&request, v, Some(&v.version));
    let mut out = value!({ "Versions": versions.iter().map(shown).collect::<Vec<_>>() });
    if let Some(marker) = marker {
        out["NextMarker"] = marker.into();
    }
    Ok(json(StatusCode::OK, &out))
}
