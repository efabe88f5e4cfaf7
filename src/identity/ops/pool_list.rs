//! ListIdentityPools

use crate::api::{Cx, Door, Operation, Result, Service, page};
use crate::identity::store;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListIdentityPools {
    pub max_results: usize,
    #[serde(default)]
    pub next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub identity_pools: Vec<Description>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `IdentityPoolShortDescription`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Description {
    pub identity_pool_id: String,
    pub identity_pool_name: String,
}

impl Operation for ListIdentityPools {
    const NAME: &'static str = "ListIdentityPools";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let after = page::position(cx, "identity-pools", self.next_token.as_deref())?.unwrap_or_default();
        let mut pools = store::list(&mut *cx.read().await?, &after, self.max_results as i64 + 1).await?;
        let next = page::cut(&mut pools, self.max_results, |(id, _)| id.clone());
        let description = |(identity_pool_id, identity_pool_name)| Description { identity_pool_id, identity_pool_name };
        Ok(Listed {
            identity_pools: pools.into_iter().map(description).collect(),
            next_token: next.map(|n| page::token(cx, "identity-pools", &n)),
        })
    }
}
