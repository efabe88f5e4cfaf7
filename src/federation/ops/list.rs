//! ListIdentityProviders

use crate::api::{Cx, Door, Operation, Result, page};
use crate::federation::details::Kind;
use crate::federation::store;
use crate::kit::clock::epoch_seconds;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListIdentityProviders {
    pub user_pool_id: String,
    #[serde(default)]
    pub max_results: Option<usize>,
    #[serde(default)]
    pub next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub providers: Vec<Description>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `ProviderDescription`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Description {
    pub provider_name: String,
    pub provider_type: Kind,
    pub last_modified_date: f64,
    pub creation_date: f64,
}

impl Operation for ListIdentityProviders {
    const NAME: &'static str = "ListIdentityProviders";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let list = format!("providers:{}", pool.id);
        let limit = self.max_results.filter(|n| *n > 0).unwrap_or(60);
        let after = page::position(cx, &list, self.next_token.as_deref())?.unwrap_or_default();
        let mut rows = store::list(&mut *cx.read().await?, &pool.id, &after, limit as i64 + 1).await?;
        let next = page::cut(&mut rows, limit, |p| p.name.clone());
        let describe = |row: store::ProviderRow| Description {
            provider_name: row.name,
            provider_type: row.settings.0.provider_type,
            last_modified_date: epoch_seconds(row.modified_at),
            creation_date: epoch_seconds(row.created_at),
        };
        Ok(Listed { providers: rows.into_iter().map(describe).collect(), next_token: next.map(|n| page::token(cx, &list, &n)) })
    }
}
