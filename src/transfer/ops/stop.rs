//! StopUserImportJob

use super::describe::{Described, UserImportJob, load};
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::transfer::store;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StopUserImportJob {
    pub user_pool_id: String,
    pub job_id: String,
}

impl Operation for StopUserImportJob {
    const NAME: &'static str = "StopUserImportJob";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let job = load(cx, &self.user_pool_id, &self.job_id).await?;
        let mut tx = cx.begin().await?;
        let stopping = store::stop(&mut tx, &job.pool_id, &job.id).await?;
        tx.commit().await?;
        let job = load(cx, &self.user_pool_id, &self.job_id).await?;
        if !stopping {
            let message = format!("The user import job can not be stopped. Its status is {}.", job.status.as_str());
            return Err(ApiError::precondition_not_met(message));
        }
        Ok(Described { user_import_job: UserImportJob::of(cx, &job) })
    }
}
