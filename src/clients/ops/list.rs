//! ListUserPoolClients

use super::describe::REGISTERED;
use crate::api::{Cx, Door, Operation, Result, page};
use crate::clients::store;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserPoolClients {
    pub user_pool_id: String,
    #[serde(default)]
    pub max_results: Option<usize>,
    #[serde(default)]
    pub next_token: Option<String>,
    #[serde(default)]
    pub client_type: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub user_pool_clients: Vec<Description>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `UserPoolClientDescription`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Description {
    pub client_id: String,
    pub user_pool_id: String,
    pub client_name: String,
}

impl Operation for ListUserPoolClients {
    const NAME: &'static str = "ListUserPoolClients";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let list = format!("clients:{}", pool.id);
        let limit = self.max_results.unwrap_or(60);
        let after = page::position(cx, &list, self.next_token.as_deref())?.unwrap_or_default();
        let mut rows = store::list(&mut *cx.read().await?, &pool.id, &after, limit as i64 + 1).await?;
        let next = page::cut(&mut rows, limit, |c| c.id.clone());
        // A page with a filter may hold fewer, or none, and still not be the last.
        if let Some(kind) = &self.client_type {
            let registered: BTreeSet<String> =
                store::registered(&mut *cx.read().await?, &pool.id).await?.into_iter().map(|(id,)| id).collect();
            rows.retain(|row| registered.contains(&row.id) == (kind == REGISTERED));
        }
        let describe =
            |row: store::ClientRow| Description { client_id: row.id, user_pool_id: row.pool_id, client_name: row.settings.0.client_name };
        Ok(Listed { user_pool_clients: rows.into_iter().map(describe).collect(), next_token: next.map(|n| page::token(cx, &list, &n)) })
    }
}
