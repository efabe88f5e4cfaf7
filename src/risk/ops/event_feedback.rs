//! UpdateAuthEventFeedback and AdminUpdateAuthEventFeedback

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::risk::{feedback, mode, store};
use crate::users::lookup;
use serde::Deserialize;

/// What the user says, by the link of a mail.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateAuthEventFeedback {
    pub user_pool_id: String,
    pub username: String,
    pub event_id: String,
    pub feedback_token: String,
    pub feedback_value: String,
}

impl Operation for UpdateAuthEventFeedback {
    const NAME: &'static str = "UpdateAuthEventFeedback";
    const DOOR: Door = Door::Public;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        mode::require(&pool)?;
        // Whoever has no token is not told who exists.
        let user = lookup::find(cx, &pool, &self.username).await?;
        let sub = user.map(|u| u.sub).filter(|sub| feedback::holds(cx, &pool.id, sub, &self.event_id, &self.feedback_token));
        let sub = sub.ok_or_else(|| ApiError::not_authorized("Invalid feedback token."))?;
        update(cx, &pool.id, &sub, &self.event_id, &self.feedback_value, "User").await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminUpdateAuthEventFeedback {
    pub user_pool_id: String,
    pub username: String,
    pub event_id: String,
    pub feedback_value: String,
}

impl Operation for AdminUpdateAuthEventFeedback {
    const NAME: &'static str = "AdminUpdateAuthEventFeedback";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        mode::require(&pool)?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        update(cx, &pool.id, &user.sub, &self.event_id, &self.feedback_value, "Admin").await
    }
}

async fn update(cx: &mut Cx, pool_id: &str, sub: &str, event_id: &str, value: &str, provider: &str) -> Result<Empty> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    if !store::put_feedback(&mut tx, pool_id, sub, event_id, value, provider, now).await? {
        return Err(ApiError::resource_not_found(format!("Auth event {event_id} does not exist.")));
    }
    tx.commit().await?;
    Ok(Empty {})
}
