//! GetFunction, GetFunctionConfiguration, ListFunctions, and the archive itself.

use super::super::error::{LambdaError, Result};
use super::super::function::Version;
use super::super::{runner, store};
use super::{Request, cut, json};
use crate::api::sigv4::Signer;
use crate::kit::clock::SECOND;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use serde_json::{Value, json as value};

/// How long an address of an archive is good, in seconds: as Lambda's.
const LIFETIME: u32 = 600;

pub fn shown(request: &Request, version: &Version, qualifier: Option<&str>) -> Value {
    version.configuration(&request.app.config.region, &request.app.config.account_id, qualifier)
}

pub async fn function(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let named = request.named(&name)?;
    let mut cx = request.cx();
    let version = runner::find(&mut cx, &named).await?;
    let function = store::find(&mut *cx.read().await?, &named.name).await?;
    let mut out = value!({ "Configuration": shown(&request, &version, named.qualifier.as_deref()) });
    if version.code_size > 0 {
        out["Code"] = value!({ "RepositoryType": "S3", "Location": location(&request, &version)? });
    }
    if let Some(function) = function.filter(|f| !f.tags.0.is_empty()) {
        out["Tags"] = value!(function.tags.0);
    }
    Ok(json(StatusCode::OK, &out))
}

/// Where the archive can be had for some minutes, without a key.
fn location(request: &Request, version: &Version) -> Result<String> {
    let app = &request.app;
    let url =
        format!("{}/2015-03-31/functions/{}/code?Qualifier={}", app.config.public_url, version.name, version.version.replace('$', "%24"));
    let uri: Uri = url.parse().map_err(anyhow::Error::from)?;
    let signer = Signer {
        access_key_id: &app.root_key.access_key_id,
        secret_access_key: &app.root_key.secret_access_key,
        session_token: None,
        region: &app.config.region,
        service: "lambda",
    };
    let host = uri.authority().map(|a| a.as_str().to_owned()).unwrap_or_default();
    let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(&host).map_err(anyhow::Error::from)?)]);
    let signed = signer.presign(&Method::GET, &uri, &headers, b"", app.clock.now() / SECOND, LIFETIME).map_err(anyhow::Error::from)?;
    Ok(signed.to_string())
}

pub async fn configuration(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let named = request.named(&name)?;
    let version = runner::find(&mut request.cx(), &named).await?;
    Ok(json(StatusCode::OK, &shown(&request, &version, named.qualifier.as_deref())))
}

pub async fn code(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let named = request.named(&name)?;
    let mut cx = request.cx();
    let version = runner::find(&mut cx, &named).await?;
    if version.code_size == 0 {
        return Err(LambdaError::not_found("The function has no archive."));
    }
    let mut response = Response::new(Body::from(runner::code_of(&mut cx, &version).await?));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    Ok(response)
}

pub async fn list(request: Request) -> Result<Response<Body>> {
    let (page, after) = request.page()?;
    let limit = page as i64 + 1;
    let all = match request.parameter("FunctionVersion").as_deref() {
        None => false,
        Some("ALL") => true,
        Some(_) => {
            return Err(LambdaError::validation(
                "1 validation error detected: Value at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]",
            ));
        }
    };
    let mut cx = request.cx();
    let mut tx = cx.read().await?;
    let rows = if all {
        let (name, number) = after.split_once('/').unwrap_or((&after, "-1"));
        store::all(&mut tx, name, number.parse().unwrap_or(-1), limit).await?
    } else {
        store::latest(&mut tx, &after, limit).await?
    };
    drop(tx);
    let versions = rows.into_iter().map(|row| runner::open(&request.app, row)).collect::<Result<Vec<_>>>()?;
    let key = |v: &Version| if all { format!("{}/{}", v.name, v.version.parse::<i64>().unwrap_or(0)) } else { v.name.clone() };
    let (versions, marker) = cut(versions, page, key);
    let mut out = value!({ "Functions": versions.iter().map(|v| shown(&request, v, None)).collect::<Vec<_>>() });
    if let Some(marker) = marker {
        out["NextMarker"] = marker.into();
    }
    Ok(json(StatusCode::OK, &out))
}

/// Code is not signed here; tools ask all the same.
pub async fn code_signing(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let named = request.named(&name)?;
    runner::find(&mut request.cx(), &named).await?;
    Ok(json(StatusCode::OK, &value!({ "CodeSigningConfigArn": "", "FunctionName": named.name })))
}
