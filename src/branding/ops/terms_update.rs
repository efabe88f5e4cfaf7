//! UpdateTerms: what is not given stays as it is.

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::branding::brand;
use crate::branding::terms::{Answer, Links, check_links, exists, no_such_terms, store};
use crate::store::StoreError;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateTerms {
    pub user_pool_id: String,
    pub terms_id: String,
    #[serde(default)]
    pub terms_name: Option<String>,
    #[serde(default)]
    pub terms_source: Option<String>,
    #[serde(default)]
    pub enforcement: Option<String>,
    #[serde(default)]
    pub links: Option<Links>,
}

impl Operation for UpdateTerms {
    const NAME: &'static str = "UpdateTerms";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let id = self.terms_id.to_ascii_lowercase();
        let links = self.links.map(check_links).transpose()?;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        let mut document = store::find(&mut tx, &pool.id, &id).await?.ok_or_else(|| no_such_terms(&id))?;
        let before = document.modified_at;
        document.name = self.terms_name.unwrap_or(document.name);
        document.source = self.terms_source.unwrap_or(document.source);
        document.enforcement = self.enforcement.unwrap_or(document.enforcement);
        document.links = links.unwrap_or(document.links);
        // Strictly later than what it replaces, so that the time identifies the version.
        document.modified_at = now.max(before + 1);
        match store::update(&mut tx, &document, before).await {
            Ok(true) => {}
            Ok(false) => {
                return Err(ApiError::concurrent_modification("The terms were changed by another request at the same time. Try again."));
            }
            Err(StoreError::Duplicate) => return Err(exists(&document.name, &document.client_id)),
            Err(other) => return Err(other.into()),
        }
        tx.commit().await?;
        brand::forget(&cx.app.caches);
        Ok(Answer::of(document))
    }
}
