//! The running of import jobs, in the background: rows in batches, each batch with its place in the file in one transaction.

use super::job::{self, CHUNK, Job, MAX_USERS, Status};
use super::person::{self, Outcome};
use super::{csv, store};
use crate::api::{ApiError, Cx, Exception, Result};
use crate::kit::clock::{MINUTE, Millis};
use crate::pools::Pool;
use crate::store::StoreError;
use crate::users::User;

/// Rows in a transaction: what waits for the database meanwhile waits for some milliseconds.
const BATCH: usize = 50;
/// How long a batch may take before another server may take the job.
const CLAIM: Millis = 2 * MINUTE;
/// Batches in one go; other jobs get their turn after that.
const TURN: usize = 200;

/// Works on the jobs that are running, and ends those that waited too long.
pub async fn run(cx: &mut Cx) -> Result<()> {
    expire(cx).await?;
    while step(cx, TURN).await? {}
    Ok(())
}

/// Takes up one job for some batches. Whether there was one.
pub async fn step(cx: &mut Cx, batches: usize) -> Result<bool> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let claimed = store::claim(&mut tx, now, now + CLAIM).await?;
    tx.commit().await?;
    let Some(mut job) = claimed else { return Ok(false) };
    if job.status == Status::Stopping {
        end(cx, &job, Status::Stopping, Status::Stopped, job::STOPPED).await?;
        return Ok(true);
    }
    for _ in 0..batches {
        match persistent(cx, &job).await? {
            Some(next) => job = next,
            None => return Ok(true),
        }
    }
    let mut tx = cx.begin().await?;
    store::release(&mut tx, &job).await?;
    tx.commit().await?;
    Ok(true)
}

/// How often a batch is tried before its job is given up.
const TRIES: usize = 3;

/// A batch, and again where it met a change by somebody else. What fails each time would fail for ever and hold the pool: its job ends.
async fn persistent(cx: &mut Cx, job: &Job) -> Result<Option<Job>> {
    for _ in 1..TRIES {
        match batch(cx, job).await {
            Err(error) if !is_outage(&error) => tracing::warn!(pool = job.pool_id, job = job.id, ?error, "a batch of an import failed"),
            other => return other,
        }
    }
    match batch(cx, job).await {
        Err(error) if !is_outage(&error) => {
            tracing::error!(pool = job.pool_id, job = job.id, ?error, "an import is given up");
            end(cx, job, job.status, Status::Failed, job::BROKEN).await.map(|()| None)
        }
        other => other,
    }
}

/// Whether an error says more of the moment than of the file: then the job waits for another turn.
fn is_outage(error: &ApiError) -> bool {
    match error {
        ApiError::Internal(cause) => match cause.downcast_ref::<StoreError>() {
            Some(StoreError::Database(cause)) => cause.as_database_error().is_none(),
            Some(StoreError::Commit(_) | StoreError::Closed) => true,
            _ => false,
        },
        ApiError::Refused(exception, _) => *exception == Exception::TooManyRequestsException,
        _ => true,
    }
}

/// Deals with the next rows. Returns the job as it stands then, or nothing where there is nothing more to do.
async fn batch(cx: &mut Cx, job: &Job) -> Result<Option<Job>> {
    let pool = crate::pools::load(cx, &job.pool_id).await?;
    let Window { bytes, is_last, is_inside } = window(cx, job).await?;
    let mut next = job.clone();
    let first = next.header.is_none();
    let mut read = if is_inside { csv::rest_of_line(&bytes) } else { csv::rows(&bytes, is_last, if first { 1 } else { BATCH }) };
    if first {
        let columns = read.rows.drain(..).next().map_or_else(|| Err("The file has no header.".into()), |row| row.fields);
        let checked = columns.and_then(|c| csv::check_header(&pool, &c, job.algorithm.is_some()).map(|()| c));
        match checked {
            Ok(columns) => next.header = Some(columns),
            Err(reason) => return end(cx, job, job.status, Status::Failed, &reason).await.map(|()| None),
        }
    } else if read.rows.is_empty() && is_last && job.position + read.bytes as i64 >= job.size {
        let (status, message) = Job::outcome(job.counts);
        return end(cx, job, job.status, status, message).await.map(|()| None);
    }
    if read.bytes == 0 {
        return end(cx, job, job.status, Status::Failed, "A part of the file is missing.").await.map(|()| None);
    }
    let rows = if first { Vec::new() } else { users(cx, &pool, &next, read.rows)? };
    next.position += read.bytes as i64;
    next.line += read.lines;
    let over = job.counts.imported + job.counts.skipped + job.counts.failed + rows.len() as i64 > MAX_USERS;
    if over {
        return end(cx, job, job.status, Status::Failed, "The file has more than 500,000 users.").await.map(|()| None);
    }
    write(cx, &pool, job, next, rows).await
}

/// A row that was read: its line, and the user it stands for or what is wrong with it.
type Read = (i64, Result<User, String>);

fn users(cx: &Cx, pool: &Pool, job: &Job, rows: Vec<csv::Row>) -> Result<Vec<Read>> {
    let header = job.header.as_deref().unwrap_or_default();
    let read = |row: csv::Row| {
        let user = match row.fields {
            Err(reason) => Err(reason),
            Ok(fields) => match csv::person(pool, header, fields, job.algorithm).and_then(|p| p.user(cx, pool)) {
                Ok(user) => Ok(user),
                Err(error) => match Outcome::of(error)? {
                    Outcome::Failed(reason) => Err(reason),
                    Outcome::Imported | Outcome::Skipped => return Ok(None),
                },
            },
        };
        Ok(Some((job.line + row.line, user)))
    };
    rows.into_iter().filter_map(|row| read(row).transpose()).collect()
}

/// Writes a batch and moves the job's place behind it. Where somebody else moved it, or stopped the job, nothing is written.
async fn write(cx: &mut Cx, pool: &Pool, job: &Job, mut next: Job, rows: Vec<Read>) -> Result<Option<Job>> {
    let claimed_until = cx.now() + CLAIM;
    let mut tx = cx.begin().await?;
    // The place first: on PostgreSQL this holds off another server until the batch is done.
    let header = next.header.clone().unwrap_or_default();
    let step = store::Step { job, header: &header, position: next.position, line: next.line, claimed_until };
    if !store::advance(&mut tx, &step).await? {
        return Ok(None);
    }
    let mut counts = job.counts;
    for (line, user) in rows {
        let outcome = match user {
            Ok(user) => person::insert(&mut tx, pool, &user).await?,
            Err(reason) => Outcome::Failed(reason),
        };
        match outcome {
            Outcome::Imported => counts.imported += 1,
            Outcome::Skipped => counts.skipped += 1,
            Outcome::Failed(reason) => {
                counts.failed += i64::from(store::add_failure(&mut tx, job, line, &reason).await?);
            }
        }
    }
    store::set_counts(&mut tx, job, counts).await?;
    tx.commit().await?;
    next.counts = counts;
    next.status = Status::InProgress;
    Ok(Some(next))
}

/// The part of a file that begins at a job's place: longer than a row may be.
struct Window {
    bytes: Vec<u8>,
    /// Whether it reaches to the file's end.
    is_last: bool,
    /// Whether it begins inside a line: one that was too long to be taken at once.
    is_inside: bool,
}

async fn window(cx: &mut Cx, job: &Job) -> Result<Window> {
    // From the byte before, which tells where in its line the place is.
    let from = (job.position - 1).max(0);
    let mut bytes = store::chunks(&mut *cx.read().await?, job, from / CHUNK, 2).await?.concat();
    bytes.drain(..bytes.len().min((from % CHUNK) as usize));
    let before = (from < job.position).then(|| bytes.drain(..bytes.len().min(1)).next()).flatten();
    let is_last = job.position + bytes.len() as i64 >= job.size;
    Ok(Window { bytes, is_last, is_inside: before.is_some_and(|byte| byte != b'\n') })
}

async fn end(cx: &mut Cx, job: &Job, from: Status, to: Status, message: &str) -> Result<()> {
    let now = cx.now();
    let message: String = message.chars().take(128).collect();
    let mut tx = cx.begin().await?;
    // Somebody may have asked it to stop meanwhile; the next turn sees to that.
    if !store::finish(&mut tx, job, from, to, &message, now).await? {
        store::release(&mut tx, job).await?;
    }
    tx.commit().await?;
    tracing::info!(pool = job.pool_id, job = job.id, status = to.as_str(), "an import job ended");
    Ok(())
}

async fn expire(cx: &mut Cx) -> Result<()> {
    let now = cx.now();
    let overdue = store::overdue(&mut *cx.read().await?, now - job::UPLOAD_WITHIN, now - job::START_WITHIN, 100).await?;
    for job in overdue {
        end(cx, &job, Status::Created, Status::Expired, job::EXPIRED).await?;
    }
    Ok(())
}
