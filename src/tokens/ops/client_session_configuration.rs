//! SetUserPoolClientSessionConfiguration and GetUserPoolClientSessionConfiguration

use super::pool_session_configuration::require_plan;
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::clients::{Client, load_in};
use crate::store::StoreError;
use crate::tokens::sessions::{self, DEFAULT_MINUTES, store};
use serde::{Deserialize, Serialize};

/// `ClientSSOSessionConfigType`
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SsoSession {
    pub max_validity_minutes: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    pub user_pool_id: String,
    pub client_id: String,
    #[serde(rename = "SSOSession")]
    pub sso_session: SsoSession,
}

impl Answer {
    fn of(client: &Client, sso_session: SsoSession) -> Self {
        Self { user_pool_id: client.pool_id.clone(), client_id: client.id.clone(), sso_session }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserPoolClientSessionConfiguration {
    pub user_pool_id: String,
    pub client_id: String,
    #[serde(rename = "SSOSession")]
    pub sso_session: SsoSession,
}

impl Operation for SetUserPoolClientSessionConfiguration {
    const NAME: &'static str = "SetUserPoolClientSessionConfiguration";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let client = load_in(cx, &self.user_pool_id, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        require_plan(&pool)?;
        sessions::require_tracking(&pool)?;
        let mut tx = cx.begin().await?;
        store::put_minutes(&mut tx, &pool.id, &client.id, self.sso_session.max_validity_minutes).await.map_err(|error| match error {
            StoreError::Missing => ApiError::no_such_client(&client.id),
            other => other.into(),
        })?;
        tx.commit().await?;
        cx.app.caches.silent_minutes.invalidate(&client.id);
        Ok(Answer::of(&client, self.sso_session))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserPoolClientSessionConfiguration {
    pub user_pool_id: String,
    pub client_id: String,
}

impl Operation for GetUserPoolClientSessionConfiguration {
    const NAME: &'static str = "GetUserPoolClientSessionConfiguration";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let client = load_in(cx, &self.user_pool_id, &self.client_id).await?;
        let minutes = store::minutes(&mut *cx.read().await?, &client.pool_id, &client.id).await?;
        Ok(Answer::of(&client, SsoSession { max_validity_minutes: minutes.unwrap_or(DEFAULT_MINUTES) }))
    }
}
