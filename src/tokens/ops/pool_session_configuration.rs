//! SetUserPoolSessionConfiguration and GetUserPoolSessionConfiguration

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::pools::Pool;
use crate::pools::ops::update::replace;
use crate::pools::pool::Document;
use crate::pools::sessions::SessionTracking;
use crate::pools::settings::UserPoolTier;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserPoolSessionConfiguration {
    pub user_pool_id: String,
    #[serde(flatten)]
    pub tracking: SessionTracking,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    pub user_pool_id: String,
    #[serde(flatten)]
    pub tracking: SessionTracking,
}

/// Refuses the plan that has no session tracking.
pub fn require_plan(pool: &Pool) -> Result<()> {
    if pool.settings().user_pool_tier == UserPoolTier::Lite {
        return Err(ApiError::feature_unavailable_in_tier("User session tracking needs the feature plan Essentials or Plus."));
    }
    Ok(())
}

impl Operation for SetUserPoolSessionConfiguration {
    const NAME: &'static str = "SetUserPoolSessionConfiguration";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        require_plan(&pool)?;
        replace(cx, &pool, pool.name.clone(), Document { sessions: self.tracking, ..pool.document.clone() }).await?;
        Ok(Answer { user_pool_id: pool.id.clone(), tracking: self.tracking })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserPoolSessionConfiguration {
    pub user_pool_id: String,
}

impl Operation for GetUserPoolSessionConfiguration {
    const NAME: &'static str = "GetUserPoolSessionConfiguration";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        Ok(Answer { user_pool_id: pool.id.clone(), tracking: pool.document.sessions })
    }
}
