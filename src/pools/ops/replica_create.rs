//! CreateUserPoolReplica

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::pools::domain::is_region;
use crate::pools::replica::{self, Answer, Replica};
use crate::pools::settings::UserPoolTier;
use crate::pools::tags::{self, Tags};
use crate::pools::{hold, load, store};
use crate::store::StoreError;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserPoolReplica {
    pub user_pool_id: String,
    pub region_name: String,
    #[serde(default)]
    pub user_pool_tags: Tags,
}

impl Operation for CreateUserPoolReplica {
    const NAME: &'static str = "CreateUserPoolReplica";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = load(cx, &self.user_pool_id).await?;
        let tier = pool.settings().user_pool_tier;
        if tier == UserPoolTier::Lite {
            return Err(tier.lacks("replicas"));
        }
        if !is_region(&self.region_name) {
            return Err(ApiError::invalid_parameter(format!("{} is not the name of a region.", self.region_name)));
        }
        replica::refuse_primary(cx, &self.region_name)?;
        if let Some(message) = tags::refusal(&self.user_pool_tags) {
            return Err(ApiError::user_pool_tagging(message));
        }
        // It takes requests once it is made active.
        let replica = Replica { region: self.region_name, active: false, tags: self.user_pool_tags };
        let (now, answer) = (cx.now(), Answer::of(cx, &pool, &replica, replica.status()));
        let mut tx = cx.begin().await?;
        hold(&mut tx, &pool.id).await?;
        if store::replicas(&mut tx, &pool.id, "", i64::MAX).await?.len() >= replica::MOST {
            return Err(ApiError::limit_exceeded(format!("A user pool can have at most {} replicas.", replica::MOST)));
        }
        match store::insert_replica(&mut tx, &pool.id, &replica, now).await {
            Err(StoreError::Duplicate) => {
                return Err(ApiError::invalid_parameter(format!("The user pool has a replica in {} already.", replica.region)));
            }
            other => other?,
        }
        tx.commit().await?;
        Ok(answer)
    }
}
