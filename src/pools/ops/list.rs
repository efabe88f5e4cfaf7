//! ListUserPools

use crate::api::{Cx, Door, Operation, Result, page};
use crate::kit::clock::epoch_seconds;
use crate::pools::{Pool, store};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserPools {
    pub max_results: usize,
    #[serde(default)]
    pub next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub user_pools: Vec<Description>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `UserPoolDescriptionType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Description {
    pub id: String,
    pub name: String,
    pub lambda_config: Map<String, Value>,
    pub creation_date: f64,
    pub last_modified_date: f64,
    pub status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replica_regions: Vec<String>,
}

impl Operation for ListUserPools {
    const NAME: &'static str = "ListUserPools";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let after = page::position(cx, "pools", self.next_token.as_deref())?.unwrap_or_default();
        let mut tx = cx.read().await?;
        let mut pools = store::list(&mut tx, &after, self.max_results as i64 + 1).await?;
        let next = page::cut(&mut pools, self.max_results, |p| p.id.clone());
        let ids = |pool: Option<&Pool>| pool.map(|p| p.id.clone()).unwrap_or_default();
        let mut regions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (pool, region) in store::replica_regions(&mut tx, &ids(pools.first()), &ids(pools.last())).await? {
            regions.entry(pool).or_default().push(region);
        }
        drop(tx);
        let user_pools = pools.into_iter().map(|p| Description {
            status: "Enabled",
            replica_regions: regions.remove(&p.id).unwrap_or_default(),
            id: p.id,
            name: p.name,
            lambda_config: p.document.settings.lambda_config,
            creation_date: epoch_seconds(p.created_at),
            last_modified_date: epoch_seconds(p.modified_at),
        });
        Ok(Listed { user_pools: user_pools.collect(), next_token: next.map(|n| page::token(cx, "pools", &n)) })
    }
}
