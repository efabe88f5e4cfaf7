//! DescribeUserImportJob

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::kit::clock::epoch_seconds;
use crate::transfer::job::{Algorithm, Job, Status};
use crate::transfer::{address, store};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserImportJob {
    pub user_pool_id: String,
    pub job_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    pub user_import_job: UserImportJob,
}

/// `UserImportJobType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserImportJob {
    pub job_name: String,
    pub job_id: String,
    pub user_pool_id: String,
    pub pre_signed_url: String,
    pub creation_date: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_date: Option<f64>,
    pub status: Status,
    pub cloud_watch_logs_role_arn: String,
    pub imported_users: i64,
    pub skipped_users: i64,
    pub failed_users: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_hashing_algorithm: Option<Algorithm>,
    /// Beyond Cognito's members: the first rows that failed. A GET of the address shows more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub poolhouse_failed_rows: Vec<FailedRow>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FailedRow {
    pub line: i64,
    pub reason: String,
}

/// Failed rows in an answer.
const SHOWN: i64 = 60;

impl UserImportJob {
    pub fn of(cx: &Cx, job: &Job) -> Self {
        Self {
            job_name: job.name.clone(),
            job_id: job.id.clone(),
            user_pool_id: job.pool_id.clone(),
            pre_signed_url: address::of(cx, job),
            creation_date: epoch_seconds(job.created_at),
            start_date: job.started_at.map(epoch_seconds),
            completion_date: job.completed_at.map(epoch_seconds),
            status: job.status,
            cloud_watch_logs_role_arn: job.role_arn.clone(),
            imported_users: job.counts.imported,
            skipped_users: job.counts.skipped,
            failed_users: job.counts.failed,
            completion_message: job.message.clone(),
            password_hashing_algorithm: job.algorithm,
            poolhouse_failed_rows: Vec::new(),
        }
    }
}

/// The job of this id in this pool.
pub async fn load(cx: &mut Cx, pool_id: &str, job_id: &str) -> Result<Job> {
    let pool = crate::pools::load(cx, pool_id).await?;
    let job = store::find(&mut *cx.read().await?, &pool.id, job_id).await?;
    job.ok_or_else(|| ApiError::resource_not_found(format!("User import job {job_id} does not exist.")))
}

impl Operation for DescribeUserImportJob {
    const NAME: &'static str = "DescribeUserImportJob";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let job = load(cx, &self.user_pool_id, &self.job_id).await?;
        let failed = store::failures(&mut *cx.read().await?, &job.pool_id, &job.id, 0, SHOWN).await?;
        let failed = failed.into_iter().map(|(line, reason)| FailedRow { line, reason }).collect();
        Ok(Described { user_import_job: UserImportJob { poolhouse_failed_rows: failed, ..UserImportJob::of(cx, &job) } })
    }
}
