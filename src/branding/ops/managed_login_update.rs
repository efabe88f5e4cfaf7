//! UpdateManagedLoginBranding: what is not given stays as it is. With one more member, `PoolhousePreview`, nothing is changed: the answer says
//! where the settings can be looked at.

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::branding::managed::asset::{ASSETS, AssetType};
use crate::branding::managed::store;
use crate::branding::managed::style::{Answer, Change, no_such_style};
use crate::branding::managed::{MAX_BODY, preview as previews};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateManagedLoginBranding {
    #[serde(default)]
    pub user_pool_id: Option<String>,
    #[serde(default)]
    pub managed_login_branding_id: Option<String>,
    #[serde(default)]
    pub use_cognito_provided_values: Option<bool>,
    #[serde(default)]
    pub settings: Option<Value>,
    #[serde(default)]
    pub assets: Option<Vec<AssetType>>,
    /// Whether to change nothing and show what the settings would look like.
    #[serde(default)]
    pub poolhouse_preview: bool,
}

impl Operation for UpdateManagedLoginBranding {
    const NAME: &'static str = "UpdateManagedLoginBranding";
    const DOOR: Door = Door::Iam;
    const MAX_BODY: usize = MAX_BODY;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        self.user_pool_id.as_deref()
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool_id = self.user_pool_id.ok_or_else(|| ApiError::invalid_parameter("UserPoolId is required."))?;
        let pool = crate::pools::load(cx, &pool_id).await?;
        let id = self.managed_login_branding_id.ok_or_else(|| ApiError::invalid_parameter("ManagedLoginBrandingId is required."))?;
        let id = id.to_ascii_lowercase();
        let mut change = Change::check(self.use_cognito_provided_values, self.settings, self.assets)?;
        if self.poolhouse_preview {
            return preview(cx, &pool.id, &id, change).await;
        }
        let now = cx.now();
        let mut tx = cx.begin().await?;
        let mut style = store::find(&mut tx, &pool.id, &id).await?.ok_or_else(no_such_style)?;
        let before = style.modified_at;
        change.apply(&mut style)?;
        // Strictly later than what it replaces, so that the time identifies the version.
        style.modified_at = now.max(before + 1);
        if !store::update(&mut tx, &style, before).await? {
            return Err(ApiError::concurrent_modification("The style was changed by another request at the same time. Try again."));
        }
        if change.resets() {
            store::delete_assets(&mut tx, &style).await?;
        }
        let held = store::count_assets(&mut tx, &style).await?;
        for (position, asset) in (held..).zip(&change.assets) {
            store::put_asset(&mut tx, &style, asset, position).await?;
        }
        if store::count_assets(&mut tx, &style).await? > ASSETS {
            return Err(ApiError::invalid_parameter(format!("A style can have at most {ASSETS} assets.")));
        }
        let assets = store::assets(&mut tx, &style).await?;
        tx.commit().await?;
        crate::branding::brand::forget(&cx.app.caches);
        Ok(Answer::of(style, assets, false))
    }
}

/// Keeps the style for looking at. Images are those that are published: an image that is not would have to be served to whoever asks.
async fn preview(cx: &mut Cx, pool_id: &str, id: &str, mut change: Change) -> Result<Answer> {
    if !change.assets.is_empty() {
        return Err(ApiError::invalid_parameter("PoolhousePreview: a preview shows the published assets; leave Assets out."));
    }
    let mut style = store::find(&mut *cx.read().await?, pool_id, id).await?.ok_or_else(no_such_style)?;
    change.apply(&mut style)?;
    let assets = store::assets(&mut *cx.read().await?, &style).await?;
    let token = previews::keep(cx, style.clone()).await?;
    let url = format!("{}/preview?token={token}&page=login", cx.app.config.issuer(pool_id));
    Ok(Answer { poolhouse_preview_url: Some(url), ..Answer::of(style, assets, false) })
}
