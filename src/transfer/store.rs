//! The tables `import_jobs`, `import_chunks` and `import_failures`.

use super::job::{Algorithm, Counts, Job, Status};
use crate::store::{Json, Result, Tx, sql};

#[derive(sqlx::FromRow)]
struct JobRow {
    pool_id: String,
    id: String,
    name: String,
    role_arn: String,
    algorithm: Option<String>,
    status: String,
    created_at: i64,
    started_at: Option<i64>,
    completed_at: Option<i64>,
    imported: i64,
    skipped: i64,
    failed: i64,
    message: Option<String>,
    upload: Option<String>,
    size: i64,
    position: i64,
    line: i64,
    header: Option<Json<Vec<String>>>,
}

impl From<JobRow> for Job {
    fn from(row: JobRow) -> Self {
        Self {
            pool_id: row.pool_id,
            id: row.id,
            name: row.name,
            role_arn: row.role_arn,
            algorithm: row.algorithm.as_deref().and_then(Algorithm::parse),
            status: Status::parse(&row.status).unwrap_or(Status::Failed),
            created_at: row.created_at,
            started_at: row.started_at,
            completed_at: row.completed_at,
            counts: Counts { imported: row.imported, skipped: row.skipped, failed: row.failed },
            message: row.message,
            upload: row.upload,
            size: row.size,
            position: row.position,
            line: row.line,
            header: row.header.map(|h| h.0),
        }
    }
}

macro_rules! columns {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " pool_id, id, name, role_arn, algorithm, status, created_at, started_at, completed_at, imported, skipped, failed, message, upload, size, ",
            "position, line, header ",
            $after
        )
    };
}

pub async fn insert(tx: &mut Tx, job: &Job) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO import_jobs (pool_id, id, name, role_arn, algorithm, status, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &job.pool_id,
        &job.id,
        &job.name,
        &job.role_arn,
        job.algorithm.map(Algorithm::as_str),
        job.status.as_str(),
        job.created_at
    )?;
    Ok(())
}

pub async fn count(tx: &mut Tx, pool_id: &str) -> Result<i64> {
    Ok(sql!(fetch_one (i64,); tx, "SELECT COUNT(*) FROM import_jobs WHERE pool_id = $1", pool_id)?.0)
}

pub async fn find(tx: &mut Tx, pool_id: &str, id: &str) -> Result<Option<Job>> {
    let row = sql!(fetch_optional JobRow; tx, columns!("SELECT", "FROM import_jobs WHERE pool_id = $1 AND id = $2"), pool_id, id)?;
    Ok(row.map(Job::from))
}

/// Jobs from the newest to the oldest, after a position.
pub async fn list(tx: &mut Tx, pool_id: &str, after: &(i64, String), limit: i64) -> Result<Vec<Job>> {
    let rows = sql!(
        fetch_all JobRow; tx,
        columns!("SELECT", "FROM import_jobs WHERE pool_id = $1 AND (created_at < $2 OR (created_at = $2 AND id < $3)) ORDER BY created_at DESC, id DESC LIMIT $4"),
        pool_id,
        after.0,
        &after.1,
        limit
    )?;
    Ok(rows.into_iter().map(Job::from).collect())
}

pub async fn is_running(tx: &mut Tx, pool_id: &str) -> Result<bool> {
    let row = sql!(
        fetch_optional (i64,); tx,
        "SELECT created_at FROM import_jobs WHERE pool_id = $1 AND status IN ('Pending', 'InProgress', 'Stopping')",
        pool_id
    )?;
    Ok(row.is_some())
}

/// Starts a job that has its file. `Duplicate` when another one runs; whether it was started otherwise.
pub async fn start(tx: &mut Tx, pool_id: &str, id: &str, now: i64) -> Result<bool> {
    let started = sql!(
        tx,
        "UPDATE import_jobs SET status = 'Pending', started_at = $1 WHERE pool_id = $2 AND id = $3 AND status = 'Created' AND upload IS NOT NULL",
        now,
        pool_id,
        id
    )?;
    Ok(started == 1)
}

/// Asks a running job to stop.
pub async fn stop(tx: &mut Tx, pool_id: &str, id: &str) -> Result<bool> {
    let stopping = sql!(
        tx,
        "UPDATE import_jobs SET status = 'Stopping' WHERE pool_id = $1 AND id = $2 AND status IN ('Pending', 'InProgress')",
        pool_id,
        id
    )?;
    Ok(stopping == 1)
}

/// Takes a running job that no server works on, for a while: a server that dies with it leaves it to the next.
pub async fn claim(tx: &mut Tx, now: i64, until: i64) -> Result<Option<Job>> {
    let row = sql!(
        fetch_optional JobRow; tx,
        columns!(
            "UPDATE import_jobs SET claimed_until = $2 WHERE claimed_until <= $1 AND (pool_id, id) IN (
                SELECT pool_id, id FROM import_jobs WHERE status IN ('Pending', 'InProgress', 'Stopping') AND claimed_until <= $1
                ORDER BY started_at LIMIT 1)
             RETURNING", ""
        ),
        now,
        until
    )?;
    Ok(row.map(Job::from))
}

/// A step forward in a job's file, taken if the job still stands where it stood when it was read.
pub struct Step<'a> {
    pub job: &'a Job,
    pub header: &'a [String],
    pub position: i64,
    pub line: i64,
    pub claimed_until: i64,
}

/// Whether the step was taken: it is not when the job was stopped, or another server took it.
pub async fn advance(tx: &mut Tx, step: &Step<'_>) -> Result<bool> {
    let advanced = sql!(
        tx,
        "UPDATE import_jobs SET status = 'InProgress', header = $1, position = $2, line = $3, claimed_until = $4
         WHERE pool_id = $5 AND id = $6 AND position = $7 AND status IN ('Pending', 'InProgress')",
        Json(step.header),
        step.position,
        step.line,
        step.claimed_until,
        &step.job.pool_id,
        &step.job.id,
        step.job.position
    )?;
    Ok(advanced == 1)
}

/// Writes down what became of the rows so far.
pub async fn set_counts(tx: &mut Tx, job: &Job, counts: Counts) -> Result<()> {
    sql!(
        tx,
        "UPDATE import_jobs SET imported = $1, skipped = $2, failed = $3 WHERE pool_id = $4 AND id = $5",
        counts.imported,
        counts.skipped,
        counts.failed,
        &job.pool_id,
        &job.id
    )?;
    Ok(())
}

/// Ends a job that stands in `from`, and forgets its file.
pub async fn finish(tx: &mut Tx, job: &Job, from: Status, to: Status, message: &str, now: i64) -> Result<bool> {
    let finished = sql!(
        tx,
        "UPDATE import_jobs SET status = $1, message = $2, completed_at = $3, claimed_until = 0, uploading = NULL
         WHERE pool_id = $4 AND id = $5 AND status = $6",
        to.as_str(),
        message,
        now,
        &job.pool_id,
        &job.id,
        from.as_str()
    )?;
    if finished == 1 {
        sql!(tx, "DELETE FROM import_chunks WHERE pool_id = $1 AND job_id = $2", &job.pool_id, &job.id)?;
    }
    Ok(finished == 1)
}

/// Lets the next server, or the next turn of this one, have the job.
pub async fn release(tx: &mut Tx, job: &Job) -> Result<()> {
    sql!(tx, "UPDATE import_jobs SET claimed_until = 0 WHERE pool_id = $1 AND id = $2", &job.pool_id, &job.id)?;
    Ok(())
}

/// Jobs that were not started in time: without a file since before `without`, with one since before `with`.
pub async fn overdue(tx: &mut Tx, without: i64, with: i64, limit: i64) -> Result<Vec<Job>> {
    let rows = sql!(
        fetch_all JobRow; tx,
        columns!("SELECT", "FROM import_jobs WHERE status = 'Created' AND (created_at <= $2 OR (created_at <= $1 AND upload IS NULL)) LIMIT $3"),
        without,
        with,
        limit
    )?;
    Ok(rows.into_iter().map(Job::from).collect())
}

/// Begins an upload, and forgets the pieces of those that were given up. The complete one stays until this one is complete.
pub async fn begin_upload(tx: &mut Tx, pool_id: &str, job_id: &str, upload: &str) -> Result<bool> {
    let begun =
        sql!(tx, "UPDATE import_jobs SET uploading = $1 WHERE pool_id = $2 AND id = $3 AND status = 'Created'", upload, pool_id, job_id)?;
    sql!(
        tx,
        "DELETE FROM import_chunks WHERE pool_id = $1 AND job_id = $2 AND upload NOT IN
            (SELECT COALESCE(j.upload, '') FROM import_jobs j WHERE j.pool_id = $1 AND j.id = $2)",
        pool_id,
        job_id
    )?;
    Ok(begun == 1)
}

/// Stores a piece of an upload, unless a newer upload took over or the job was started.
pub async fn put_chunk(tx: &mut Tx, pool_id: &str, job_id: &str, upload: &str, number: i64, data: &[u8]) -> Result<bool> {
    let stored = sql!(
        tx,
        "INSERT INTO import_chunks (pool_id, job_id, upload, number, data)
         SELECT pool_id, id, uploading, $4, $5 FROM import_jobs WHERE pool_id = $1 AND id = $2 AND uploading = $3 AND status = 'Created'",
        pool_id,
        job_id,
        upload,
        number,
        data
    )?;
    Ok(stored == 1)
}

/// Makes an upload the job's file, in place of an earlier one.
pub async fn complete_upload(tx: &mut Tx, pool_id: &str, job_id: &str, upload: &str, size: i64) -> Result<bool> {
    let completed = sql!(
        tx,
        "UPDATE import_jobs SET upload = $1, uploading = NULL, size = $2 WHERE pool_id = $3 AND id = $4 AND uploading = $1 AND status = 'Created'",
        upload,
        size,
        pool_id,
        job_id
    )?;
    if completed == 1 {
        sql!(tx, "DELETE FROM import_chunks WHERE pool_id = $1 AND job_id = $2 AND upload <> $3", pool_id, job_id, upload)?;
    }
    Ok(completed == 1)
}

/// Pieces of a job's file, from this one on.
pub async fn chunks(tx: &mut Tx, job: &Job, from: i64, limit: i64) -> Result<Vec<Vec<u8>>> {
    let rows = sql!(
        fetch_all (Vec<u8>,); tx,
        "SELECT data FROM import_chunks WHERE pool_id = $1 AND job_id = $2 AND upload = $3 AND number >= $4 ORDER BY number LIMIT $5",
        &job.pool_id,
        &job.id,
        job.upload.as_deref().unwrap_or_default(),
        from,
        limit
    )?;
    Ok(rows.into_iter().map(|(data,)| data).collect())
}

/// Writes a failure down. Returns whether it is the line's first.
pub async fn add_failure(tx: &mut Tx, job: &Job, line: i64, reason: &str) -> Result<bool> {
    let added = sql!(
        tx,
        "INSERT INTO import_failures (pool_id, job_id, line, reason) VALUES ($1, $2, $3, $4) ON CONFLICT (pool_id, job_id, line) DO NOTHING",
        &job.pool_id,
        &job.id,
        line,
        reason
    )?;
    Ok(added == 1)
}

/// Rows that failed, after a line, in the order of the file.
pub async fn failures(tx: &mut Tx, pool_id: &str, job_id: &str, after: i64, limit: i64) -> Result<Vec<(i64, String)>> {
    sql!(
        fetch_all (i64, String); tx,
        "SELECT line, reason FROM import_failures WHERE pool_id = $1 AND job_id = $2 AND line > $3 ORDER BY line LIMIT $4",
        pool_id,
        job_id,
        after,
        limit
    )
}
