//! SetLogDeliveryConfiguration and GetLogDeliveryConfiguration

use crate::api::{Cx, Door, Operation, Result};
use crate::pools::kept;
use crate::risk::log_delivery::{self, LogConfiguration};
use crate::risk::store;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetLogDeliveryConfiguration {
    pub user_pool_id: String,
    pub log_configurations: Vec<LogConfiguration>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    pub log_delivery_configuration: LogDeliveryConfiguration,
}

/// `LogDeliveryConfigurationType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogDeliveryConfiguration {
    pub user_pool_id: String,
    pub log_configurations: Vec<LogConfiguration>,
}

impl Answer {
    fn new(user_pool_id: String, log_configurations: Vec<LogConfiguration>) -> Self {
        Self { log_delivery_configuration: LogDeliveryConfiguration { user_pool_id, log_configurations } }
    }
}

impl Operation for SetLogDeliveryConfiguration {
    const NAME: &'static str = "SetLogDeliveryConfiguration";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        log_delivery::check(&pool, &self.log_configurations)?;
        if !self.log_configurations.is_empty() {
            kept::warn(&pool.id, &["LogConfigurations"]);
        }
        let mut tx = cx.begin().await?;
        crate::pools::hold(&mut tx, &pool.id).await?;
        store::put_log_delivery(&mut tx, &pool.id, &self.log_configurations).await?;
        tx.commit().await?;
        Ok(Answer::new(pool.id.clone(), self.log_configurations))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetLogDeliveryConfiguration {
    pub user_pool_id: String,
}

impl Operation for GetLogDeliveryConfiguration {
    const NAME: &'static str = "GetLogDeliveryConfiguration";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let configurations = store::log_delivery(&mut *cx.read().await?, &pool.id).await?;
        Ok(Answer::new(pool.id.clone(), configurations))
    }
}
