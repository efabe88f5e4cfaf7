//! CreateGroup

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::groups::Group;
use crate::groups::group::{One, PER_POOL};
use crate::groups::store;
use crate::store::StoreError;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateGroup {
    pub user_pool_id: String,
    pub group_name: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub role_arn: Option<String>,
    #[serde(default)]
    pub precedence: Option<i64>,
}

impl Operation for CreateGroup {
    const NAME: &'static str = "CreateGroup";
    const DOOR: Door = Door::Iam;
    type Output = One;

    fn passed_role(&self) -> Option<&str> {
        self.role_arn.as_deref().filter(|role| !role.is_empty())
    }

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<One> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let now = cx.now();
        let group = Group {
            pool_id: pool.id.clone(),
            name: self.group_name,
            description: self.description,
            role_arn: self.role_arn,
            precedence: self.precedence,
            created_at: now,
            modified_at: now,
        };
        let mut tx = cx.begin().await?;
        crate::pools::hold(&mut tx, &pool.id).await?;
        let fits = store::insert(&mut tx, &group).await.map_err(refusal)?;
        if !fits {
            return Err(ApiError::limit_exceeded(format!("A user pool can have {PER_POOL} groups at most.")));
        }
        tx.commit().await?;
        Ok(One { group: group.into() })
    }
}

fn refusal(error: StoreError) -> ApiError {
    match error {
        StoreError::Duplicate => ApiError::group_exists("A group with the name already exists."),
        other => other.into(),
    }
}
