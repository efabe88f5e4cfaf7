//! CreateUserImportJob

use super::describe::{Described, UserImportJob};
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::transfer::job::{Algorithm, Counts, Job, MAX_JOBS, Status};
use crate::transfer::store;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserImportJob {
    pub user_pool_id: String,
    pub job_name: String,
    /// Kept for those who read it back: Poolhouse lists failed rows itself.
    pub cloud_watch_logs_role_arn: String,
    #[serde(default)]
    pub password_hashing_algorithm: Option<Algorithm>,
}

impl Operation for CreateUserImportJob {
    const NAME: &'static str = "CreateUserImportJob";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let id = cx.rng().chars(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 10);
        let job = Job {
            pool_id: pool.id.clone(),
            id: format!("import-{id}"),
            name: self.job_name,
            role_arn: self.cloud_watch_logs_role_arn,
            algorithm: self.password_hashing_algorithm,
            status: Status::Created,
            created_at: cx.now(),
            started_at: None,
            completed_at: None,
            counts: Counts::default(),
            message: None,
            upload: None,
            size: 0,
            position: 0,
            line: 0,
            header: None,
        };
        let mut tx = cx.begin().await?;
        if store::count(&mut tx, &job.pool_id).await? >= MAX_JOBS {
            return Err(ApiError::limit_exceeded(format!("A user pool can have at most {MAX_JOBS} user import jobs.")));
        }
        store::insert(&mut tx, &job).await.map_err(|_| ApiError::no_such_pool(&job.pool_id))?;
        tx.commit().await?;
        Ok(Described { user_import_job: UserImportJob::of(cx, &job) })
    }
}
