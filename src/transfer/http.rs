//! `/import/{job}`: takes a job's file, and shows the rows that failed. Outside the limits of other addresses: a file may be large and
//! slow to arrive, so its signature is checked before a byte of it is read, and no more than a piece of it is held in memory.

use super::address::{self, Signed};
use super::job::{CHUNK, MAX_FILE};
use super::store;
use crate::api::{ApiError, Cx, Result};
use crate::boot::app::App;
use crate::kit::id;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Response, StatusCode, Uri, header};
use http_body_util::BodyExt as _;
use std::sync::Arc;
use std::time::Duration;

/// A sender that is silent for so long is given up.
const SILENCE: Duration = Duration::from_secs(30);
/// Failed rows that are shown.
const SHOWN: i64 = 10_000;

/// `PUT`: the file.
pub async fn put(State(app): State<Arc<App>>, Path(job_id): Path<String>, uri: Uri, request: Request) -> Response<Body> {
    let mut cx = Cx::internal(app);
    let Some(signed) = Signed::parse(&uri).filter(|s| address::is_good(&cx, &job_id, s)) else { return forbidden() };
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<i64>().ok());
    if length.is_some_and(|n| n > MAX_FILE) {
        return answer(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE);
    }
    match receive(&mut cx, &signed.pool, &job_id, request.into_body()).await {
        Ok(Received::Complete) => answer(StatusCode::OK, ""),
        Ok(Received::TooLarge) => answer(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE),
        Ok(Received::Empty) => answer(StatusCode::BAD_REQUEST, "The file is empty.\n"),
        Ok(Received::Broken) => answer(StatusCode::BAD_REQUEST, "The file did not arrive whole.\n"),
        Ok(Received::NotWanted) => answer(StatusCode::CONFLICT, "The import job does not wait for this file.\n"),
        Err(error) => failed(&cx, &error),
    }
}

/// `GET`: the rows that were not imported, and why.
pub async fn get(State(app): State<Arc<App>>, Path(job_id): Path<String>, uri: Uri) -> Response<Body> {
    let mut cx = Cx::internal(app);
    let Some(signed) = Signed::parse(&uri).filter(|s| address::is_good(&cx, &job_id, s)) else { return forbidden() };
    match failures(&mut cx, &signed.pool, &job_id).await {
        Ok(text) => {
            let mut response = answer(StatusCode::OK, text);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
            response
        }
        Err(error) => failed(&cx, &error),
    }
}

const TOO_LARGE: &str = "The file is larger than 100 MB.\n";

async fn failures(cx: &mut Cx, pool_id: &str, job_id: &str) -> Result<String> {
    let rows = store::failures(&mut *cx.read().await?, pool_id, job_id, 0, SHOWN).await?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["line", "reason"]).map_err(anyhow::Error::from)?;
    for (line, reason) in rows {
        writer.write_record([line.to_string(), reason]).map_err(anyhow::Error::from)?;
    }
    let bytes = writer.into_inner().map_err(|e| anyhow::anyhow!("{e}"))?;
    Ok(String::from_utf8(bytes).map_err(anyhow::Error::from)?)
}

enum Received {
    Complete,
    TooLarge,
    Empty,
    Broken,
    NotWanted,
}

async fn receive(cx: &mut Cx, pool_id: &str, job_id: &str, mut body: Body) -> Result<Received> {
    let mut upload = Upload { pool_id, job_id, id: id::token(cx.rng()), piece: Vec::new(), number: 0 };
    let mut tx = cx.begin().await?;
    if !store::begin_upload(&mut tx, pool_id, job_id, &upload.id).await? {
        return Ok(Received::NotWanted);
    }
    tx.commit().await?;
    let mut size = 0;
    loop {
        let data = match tokio::time::timeout(SILENCE, next(&mut body)).await {
            Ok(Ok(data)) => data,
            Ok(Err(())) | Err(_) => return Ok(Received::Broken),
        };
        size += data.as_ref().map_or(0, Bytes::len) as i64;
        if size > MAX_FILE {
            return Ok(Received::TooLarge);
        }
        upload.piece.extend_from_slice(data.as_deref().unwrap_or_default());
        if !upload.store(cx, data.is_none()).await? {
            return Ok(Received::NotWanted);
        }
        if data.is_none() {
            break;
        }
    }
    if size == 0 {
        return Ok(Received::Empty);
    }
    let mut tx = cx.begin().await?;
    let completed = store::complete_upload(&mut tx, pool_id, job_id, &upload.id, size).await?;
    tx.commit().await?;
    Ok(if completed { Received::Complete } else { Received::NotWanted })
}

/// A file on its way: what came and is not stored yet.
struct Upload<'a> {
    pool_id: &'a str,
    job_id: &'a str,
    id: String,
    piece: Vec<u8>,
    number: i64,
}

impl Upload<'_> {
    /// Stores every whole piece, and the rest at the end. Whether the job still waits for this file.
    async fn store(&mut self, cx: &mut Cx, is_end: bool) -> Result<bool> {
        while self.piece.len() >= CHUNK as usize || is_end && !self.piece.is_empty() {
            let rest = self.piece.split_off(self.piece.len().min(CHUNK as usize));
            let mut tx = cx.begin().await?;
            if !store::put_chunk(&mut tx, self.pool_id, self.job_id, &self.id, self.number, &self.piece).await? {
                return Ok(false);
            }
            tx.commit().await?;
            self.piece = rest;
            self.number += 1;
        }
        Ok(true)
    }
}

/// The next bytes; none at the end.
async fn next(body: &mut Body) -> Result<Option<Bytes>, ()> {
    loop {
        match body.frame().await {
            None => return Ok(None),
            Some(Err(_)) => return Err(()),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) if !data.is_empty() => return Ok(Some(data)),
                _ => {}
            },
        }
    }
}

fn forbidden() -> Response<Body> {
    answer(StatusCode::FORBIDDEN, "The address is not one of this server's, or has expired.\n")
}

fn failed(cx: &Cx, error: &ApiError) -> Response<Body> {
    tracing::error!(request_id = cx.request_id(), %error, "an import file was not taken");
    answer(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.\n")
}

fn answer(status: StatusCode, text: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
