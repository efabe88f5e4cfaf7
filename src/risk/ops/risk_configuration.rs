//! SetRiskConfiguration and DescribeRiskConfiguration

use crate::api::{Cx, Door, Operation, Result};
use crate::kit::clock::epoch_seconds;
use crate::pools::Pool;
use crate::pools::kept;
use crate::risk::configuration::Sections;
use crate::risk::mode;
use crate::risk::store::{self, ConfigurationRow, POOL};
use crate::store::Json;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetRiskConfiguration {
    pub user_pool_id: String,
    #[serde(default)]
    pub client_id: Option<String>,
    /// Where nothing is said, a client inherits from its pool again, and a pool does nothing again.
    #[serde(flatten)]
    pub sections: Sections,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    pub risk_configuration: RiskConfiguration,
}

/// `RiskConfigurationType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RiskConfiguration {
    pub user_pool_id: String,
    /// Absent where the pool's own applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(flatten)]
    pub sections: Sections,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<f64>,
}

impl RiskConfiguration {
    fn of(pool: &Pool, row: Option<ConfigurationRow>) -> Self {
        Self {
            user_pool_id: pool.id.clone(),
            client_id: row.as_ref().map(|r| r.client_id.clone()).filter(|id| id != POOL),
            last_modified_date: row.as_ref().map(|r| epoch_seconds(r.modified_at)),
            sections: row.map(|r| r.settings.0).unwrap_or_default(),
        }
    }
}

impl Operation for SetRiskConfiguration {
    const NAME: &'static str = "SetRiskConfiguration";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let (pool, client_id) = place(cx, &self.user_pool_id, self.client_id.as_deref()).await?;
        self.sections.check()?;
        kept::warn(&pool.id, &self.sections.without_effect());
        let now = cx.now();
        let mut tx = cx.begin().await?;
        crate::pools::hold(&mut tx, &pool.id).await?;
        if self.sections.is_empty() {
            store::delete_configuration(&mut tx, &pool.id, &client_id).await?;
        } else {
            let row = ConfigurationRow { client_id: client_id.clone(), settings: Json(self.sections), modified_at: now };
            store::put_configuration(&mut tx, &pool.id, &row).await?;
        }
        let row = store::effective(&mut tx, &pool.id, &client_id).await?;
        tx.commit().await?;
        cx.app.caches.risks.invalidate_all();
        Ok(Answer { risk_configuration: RiskConfiguration::of(&pool, row) })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeRiskConfiguration {
    pub user_pool_id: String,
    #[serde(default)]
    pub client_id: Option<String>,
}

impl Operation for DescribeRiskConfiguration {
    const NAME: &'static str = "DescribeRiskConfiguration";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let (pool, client_id) = place(cx, &self.user_pool_id, self.client_id.as_deref()).await?;
        let row = store::effective(&mut *cx.read().await?, &pool.id, &client_id).await?;
        Ok(Answer { risk_configuration: RiskConfiguration::of(&pool, row) })
    }
}

/// The pool, and the client id that its configuration is kept under.
async fn place(cx: &mut Cx, pool_id: &str, client_id: Option<&str>) -> Result<(Arc<Pool>, String)> {
    let pool = crate::pools::load(cx, pool_id).await?;
    mode::require(&pool)?;
    let client_id = match client_id {
        Some(id) => crate::clients::load_in(cx, &pool.id, id).await?.id.clone(),
        None => POOL.to_owned(),
    };
    Ok((pool, client_id))
}
