//! CreateFunction.

use super::super::error::{LambdaError, Result};
use super::super::function::{Given, PURPOSE, Secrets, Settings, Target, Version};
use super::super::name::LATEST;
use super::super::{code, store};
use super::{Request, json, tags, versions};
use crate::kit::{id, text};
use crate::store::StoreError;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json as value};
use std::collections::BTreeMap;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Create {
    function_name: String,
    code: Code,
    publish: bool,
    tags: Option<BTreeMap<String, String>>,
    #[serde(flatten)]
    given: Given,
}

/// Where an archive comes from.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Code {
    pub zip_file: Option<String>,
    #[serde(flatten)]
    pub others: serde_json::Map<String, Value>,
}

impl Code {
    /// The archive, which has been looked through.
    pub async fn archive(self) -> Result<Option<Vec<u8>>> {
        let other = ["S3Bucket", "S3Key", "ImageUri"].into_iter().find(|name| self.others.get(*name).is_some_and(|v| !v.is_null()));
        if let Some(other) = other {
            return Err(LambdaError::invalid(format!("{other} is not supported: send the archive itself as ZipFile.")));
        }
        let Some(zip) = self.zip_file else { return Ok(None) };
        let archive = text::from_base64(&zip).ok_or_else(|| LambdaError::bad_body("ZipFile is not base64"))?;
        if archive.len() > code::MAX_ARCHIVE {
            return Err(LambdaError::too_large(format!("The archive must be smaller than {} bytes", code::MAX_ARCHIVE)));
        }
        // Unfolding takes a while: not on the threads that answer.
        let looked = tokio::task::spawn_blocking(move || code::scripts(&archive).map(|_| archive)).await;
        looked.map_err(|_| LambdaError::invalid("Could not unzip uploaded file."))?.map(Some)
    }
}

pub async fn create(request: Request) -> Result<Response<Body>> {
    let create: Create = request.json()?;
    let named = request.named_as(&create.function_name, None)?;
    let mut cx = request.cx();
    let (mut settings, mut secrets) = (Settings::new(), Secrets::default());
    settings.apply(&mut secrets, &create.given)?;
    let archive = match create.code.archive().await? {
        Some(archive) => archive,
        None if settings.target != Target::Here => Vec::new(),
        None => {
            return Err(LambdaError::validation(
                "1 validation error detected: Value null at 'code.zipFile' failed to satisfy constraint: Member must not be null",
            ));
        }
    };
    let shown = tags::checked(create.tags.unwrap_or_default())?;
    if matches!(settings.target, Target::Url(_)) && secrets.key.is_none() {
        secrets.key = Some(id::token(cx.rng()));
    }
    let key = secrets.key.clone();
    let version = Version {
        name: named.name.clone(),
        version: LATEST.to_owned(),
        settings,
        secrets,
        code_sha256: code::checksum(&archive),
        code_size: i64::try_from(archive.len()).unwrap_or(i64::MAX),
        revision_id: id::uuid(cx.rng()),
        modified_at: cx.now(),
    };
    let sealed = seal(&request, &version.secrets)?;
    let revision = id::uuid(cx.rng());
    let mut tx = cx.begin().await?;
    store::insert(&mut tx, &named.name, &shown, &revision).await.map_err(|error| match error {
        StoreError::Duplicate => LambdaError::conflict(format!("Function already exist: {}", named.name)),
        other => other.into(),
    })?;
    store::insert_version(&mut tx, &version, 0, &sealed, &archive).await?;
    tx.commit().await?;
    request.app.functions_here.forget();
    let mut out = version.configuration(&request.app.config.region, &request.app.config.account_id, None);
    if create.publish {
        out = versions::publish_latest(&request, &named.name, None, None).await?;
    }
    // Told once: it cannot be read again.
    if let (Some(key), Some(target)) = (key, out.get_mut("PoolhouseTarget")) {
        target["Secret"] = value!(key);
    }
    Ok(json(StatusCode::CREATED, &out))
}

pub fn seal(request: &Request, secrets: &Secrets) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(secrets).map_err(anyhow::Error::from)?;
    Ok(request.app.sealer.seal(&request.app.rng, PURPOSE, &plain))
}
