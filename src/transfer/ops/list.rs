//! ListUserImportJobs

use super::describe::UserImportJob;
use crate::api::{ApiError, Cx, Door, Operation, Result, page};
use crate::transfer::store;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserImportJobs {
    pub user_pool_id: String,
    pub max_results: usize,
    #[serde(default)]
    pub pagination_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub user_import_jobs: Vec<UserImportJob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<String>,
}

impl Operation for ListUserImportJobs {
    const NAME: &'static str = "ListUserImportJobs";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let list = format!("import-jobs:{}", pool.id);
        let after = match page::position(cx, &list, self.pagination_token.as_deref())? {
            None => (i64::MAX, String::new()),
            Some(position) => {
                let parsed = position.split_once(' ').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
                parsed.ok_or_else(|| ApiError::invalid_parameter("Invalid pagination token given."))?
            }
        };
        let mut jobs = store::list(&mut *cx.read().await?, &pool.id, &after, self.max_results as i64 + 1).await?;
        let next = page::cut(&mut jobs, self.max_results, |job| format!("{} {}", job.created_at, job.id));
        Ok(Listed {
            user_import_jobs: jobs.iter().map(|job| UserImportJob::of(cx, job)).collect(),
            pagination_token: next.map(|n| page::token(cx, &list, &n)),
        })
    }
}
