//! DeleteManagedLoginBranding

use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::branding::managed::store;
use crate::branding::managed::style::no_such_style;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteManagedLoginBranding {
    pub user_pool_id: String,
    pub managed_login_branding_id: String,
}

impl Operation for DeleteManagedLoginBranding {
    const NAME: &'static str = "DeleteManagedLoginBranding";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let id = self.managed_login_branding_id.to_ascii_lowercase();
        let mut tx = cx.begin().await?;
        if !store::delete(&mut tx, &pool.id, &id).await? {
            return Err(no_such_style());
        }
        tx.commit().await?;
        crate::branding::brand::forget(&cx.app.caches);
        Ok(Empty {})
    }
}
