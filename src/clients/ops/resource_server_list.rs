//! ListResourceServers

use crate::api::{Cx, Door, Operation, Result, page};
use crate::clients::resource_server::ResourceServer;
use crate::clients::store;
use serde::{Deserialize, Serialize};

/// The longest page, and the usual one.
const PAGE: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListResourceServers {
    pub user_pool_id: String,
    #[serde(default)]
    pub max_results: Option<usize>,
    #[serde(default)]
    pub next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub resource_servers: Vec<ResourceServer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListResourceServers {
    const NAME: &'static str = "ListResourceServers";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let list = format!("resource servers:{}", pool.id);
        let limit = self.max_results.unwrap_or(PAGE);
        let after = page::position(cx, &list, self.next_token.as_deref())?.unwrap_or_default();
        let mut servers = store::list_servers(&mut *cx.read().await?, &pool.id, &after, limit as i64 + 1).await?;
        let next = page::cut(&mut servers, limit, |s| s.identifier.clone());
        Ok(Listed { resource_servers: servers, next_token: next.map(|n| page::token(cx, &list, &n)) })
    }
}
