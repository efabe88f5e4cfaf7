//! DescribeManagedLoginBranding and DescribeManagedLoginBrandingByClient

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::branding::managed::store;
use crate::branding::managed::style::{Answer, no_such_style};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeManagedLoginBranding {
    pub user_pool_id: String,
    pub managed_login_branding_id: String,
    #[serde(default)]
    pub return_merged_resources: bool,
}

impl Operation for DescribeManagedLoginBranding {
    const NAME: &'static str = "DescribeManagedLoginBranding";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let id = self.managed_login_branding_id.to_ascii_lowercase();
        let mut tx = cx.read().await?;
        let style = store::find(&mut tx, &pool.id, &id).await?.ok_or_else(no_such_style)?;
        let assets = store::assets(&mut tx, &style).await?;
        Ok(Answer::of(style, assets, self.return_merged_resources))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeManagedLoginBrandingByClient {
    pub user_pool_id: String,
    pub client_id: String,
    #[serde(default)]
    pub return_merged_resources: bool,
}

impl Operation for DescribeManagedLoginBrandingByClient {
    const NAME: &'static str = "DescribeManagedLoginBrandingByClient";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let client = crate::clients::load_in(cx, &self.user_pool_id, &self.client_id).await?;
        let mut tx = cx.read().await?;
        let style = store::find_by_client(&mut tx, &client.pool_id, &client.id)
            .await?
            .ok_or_else(|| ApiError::resource_not_found(format!("ManagedLoginBranding for client {} does not exist.", client.id)))?;
        let assets = store::assets(&mut tx, &style).await?;
        Ok(Answer::of(style, assets, self.return_merged_resources))
    }
}
