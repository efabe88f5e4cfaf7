//! ListTerms

use crate::api::{Cx, Door, Operation, Result, page};
use crate::branding::terms::store::{self, Document};
use crate::kit::clock::epoch_seconds;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTerms {
    pub user_pool_id: String,
    #[serde(default)]
    pub max_results: Option<usize>,
    #[serde(default)]
    pub next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub terms: Vec<Description>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `TermsDescriptionType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Description {
    pub terms_id: String,
    pub terms_name: String,
    pub enforcement: String,
    pub creation_date: f64,
    pub last_modified_date: f64,
}

impl Operation for ListTerms {
    const NAME: &'static str = "ListTerms";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let list = format!("terms:{}", pool.id);
        let limit = self.max_results.unwrap_or(60);
        let after = page::position(cx, &list, self.next_token.as_deref())?.unwrap_or_default();
        let mut rows = store::list(&mut *cx.read().await?, &pool.id, &after, limit as i64 + 1).await?;
        let next = page::cut(&mut rows, limit, |d| d.id.clone());
        let describe = |d: Document| Description {
            terms_id: d.id,
            terms_name: d.name,
            enforcement: d.enforcement,
            creation_date: epoch_seconds(d.created_at),
            last_modified_date: epoch_seconds(d.modified_at),
        };
        Ok(Listed { terms: rows.into_iter().map(describe).collect(), next_token: next.map(|n| page::token(cx, &list, &n)) })
    }
}
