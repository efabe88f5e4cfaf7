//! DeleteTerms

use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::branding::brand;
use crate::branding::terms::{no_such_terms, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteTerms {
    pub user_pool_id: String,
    pub terms_id: String,
}

impl Operation for DeleteTerms {
    const NAME: &'static str = "DeleteTerms";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let id = self.terms_id.to_ascii_lowercase();
        let mut tx = cx.begin().await?;
        if !store::delete(&mut tx, &pool.id, &id).await? {
            return Err(no_such_terms(&id));
        }
        tx.commit().await?;
        brand::forget(&cx.app.caches);
        Ok(Empty {})
    }
}
