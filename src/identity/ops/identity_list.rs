//! ListIdentities

use crate::api::{Cx, Door, Operation, Result, Service, page};
use crate::identity::identities::Description;
use crate::identity::{load, store};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListIdentities {
    pub identity_pool_id: String,
    pub max_results: usize,
    #[serde(default)]
    pub next_token: Option<String>,
    #[serde(default)]
    pub hide_disabled: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub identity_pool_id: String,
    pub identities: Vec<Description>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListIdentities {
    const NAME: &'static str = "ListIdentities";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let pool = load(cx, &self.identity_pool_id).await?;
        let list = format!("identities:{}", pool.id);
        let after = page::position(cx, &list, self.next_token.as_deref())?.unwrap_or_default();
        let (limit, hide) = (self.max_results, self.hide_disabled);
        let mut identities = store::list_identities(&mut *cx.read().await?, &pool.id, &after, limit as i64 + 1, hide).await?;
        let next = page::cut(&mut identities, limit, |i| i.id.clone());
        Ok(Listed {
            identity_pool_id: self.identity_pool_id,
            identities: identities.into_iter().map(Description::from).collect(),
            next_token: next.map(|n| page::token(cx, &list, &n)),
        })
    }
}
