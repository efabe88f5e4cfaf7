//! StartUserImportJob

use super::describe::{Described, UserImportJob, load};
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::store::StoreError;
use crate::transfer::job::{EXPIRED, Status};
use crate::transfer::store;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartUserImportJob {
    pub user_pool_id: String,
    pub job_id: String,
}

impl Operation for StartUserImportJob {
    const NAME: &'static str = "StartUserImportJob";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let job = load(cx, &self.user_pool_id, &self.job_id).await?;
        let now = cx.now();
        let refusal = match job.status {
            Status::Created if job.is_overdue(now) => Some(EXPIRED.to_owned()),
            Status::Created if job.upload.is_none() => Some("The file of the user import job was not uploaded.".to_owned()),
            Status::Created => None,
            other => Some(format!("The user import job can not be started. Its status is {}.", other.as_str())),
        };
        if let Some(refusal) = refusal {
            return Err(ApiError::precondition_not_met(refusal));
        }
        if pool.settings().auto_verified_attributes.is_empty() {
            return Err(ApiError::precondition_not_met("The user pool must have at least one auto-verified attribute."));
        }
        let mut tx = cx.begin().await?;
        let started = match store::start(&mut tx, &job.pool_id, &job.id, now).await {
            Err(StoreError::Duplicate) => return Err(ApiError::precondition_not_met("Another user import job is in progress.")),
            other => other?,
        };
        tx.commit().await?;
        if !started {
            return Err(ApiError::precondition_not_met("The user import job was started already."));
        }
        let job = load(cx, &self.user_pool_id, &self.job_id).await?;
        Ok(Described { user_import_job: UserImportJob::of(cx, &job) })
    }
}
