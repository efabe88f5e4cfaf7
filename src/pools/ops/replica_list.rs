//! ListUserPoolReplicas: the primary first, then the others by the names of their regions.

use crate::api::{Cx, Door, Operation, Result, page};
use crate::pools::replica::{ReplicaType, primary};
use crate::pools::{load, store};
use serde::{Deserialize, Serialize};

/// Secondary replicas on a page: the request says no number.
const PAGE: usize = 10;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserPoolReplicas {
    pub user_pool_id: String,
    #[serde(default)]
    pub next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub user_pool_replicas: Vec<ReplicaType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListUserPoolReplicas {
    const NAME: &'static str = "ListUserPoolReplicas";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let pool = load(cx, &self.user_pool_id).await?;
        let list = format!("replicas/{}", pool.id);
        let after = page::position(cx, &list, self.next_token.as_deref())?;
        let from = after.as_deref().unwrap_or_default();
        let mut found = store::replicas(&mut *cx.read().await?, &pool.id, from, PAGE as i64 + 1).await?;
        let next = page::cut(&mut found, PAGE, |r| r.region.clone());
        let first = after.is_none().then(|| primary(cx, &pool));
        let user_pool_replicas = first.into_iter().chain(found.iter().map(|r| r.shown(cx, &pool))).collect();
        Ok(Listed { user_pool_replicas, next_token: next.map(|n| page::token(cx, &list, &n)) })
    }
}
