//! UpdateIdentityPool: replaces every setting but those that Cognito keeps.

use super::pool_describe::Described;
use crate::api::{Cx, Door, Operation, Result, Service};
use crate::iam::policy::Context;
use crate::identity::settings::Settings;
use crate::identity::{load, pool};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateIdentityPool {
    pub identity_pool_id: String,
    pub identity_pool_name: String,
    #[serde(flatten)]
    pub settings: Settings,
}

impl Operation for UpdateIdentityPool {
    const NAME: &'static str = "UpdateIdentityPool";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    fn condition_keys(&self, context: &mut Context) {
        context.set_request_tags(&self.settings.tags());
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let old = load(cx, &self.identity_pool_id).await?;
        let mut document = old.document.clone();
        document.settings = self.settings.after(old.settings())?.checked(&cx.app.config.public_url)?;
        Ok(Described::from(&*pool::replace(cx, &old, self.identity_pool_name, document).await?))
    }
}
