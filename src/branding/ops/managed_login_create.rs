//! CreateManagedLoginBranding

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::branding::managed::asset::{Asset, AssetType};
use crate::branding::managed::store::{self, Style};
use crate::branding::managed::style::{Answer, Change};
use crate::branding::managed::{MAX_BODY, STYLES};
use crate::branding::slots::first_free;
use crate::kit::id;
use crate::store::{StoreError, Tx};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateManagedLoginBranding {
    pub user_pool_id: String,
    pub client_id: String,
    #[serde(default)]
    pub use_cognito_provided_values: Option<bool>,
    #[serde(default)]
    pub settings: Option<Value>,
    #[serde(default)]
    pub assets: Option<Vec<AssetType>>,
}

impl Operation for CreateManagedLoginBranding {
    const NAME: &'static str = "CreateManagedLoginBranding";
    const DOOR: Door = Door::Iam;
    const MAX_BODY: usize = MAX_BODY;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let client = crate::clients::load_in(cx, &self.user_pool_id, &self.client_id).await?;
        let mut change = Change::check(self.use_cognito_provided_values, self.settings, self.assets)?;
        let now = cx.now();
        let mut style = Style {
            pool_id: client.pool_id.clone(),
            id: id::uuid(cx.rng()),
            client_id: client.id.clone(),
            slot: 0,
            uses_defaults: false,
            settings: None,
            created_at: now,
            modified_at: now,
        };
        change.apply(&mut style)?;
        if insert(cx, &mut style, &change.assets).await? {
            crate::branding::brand::forget(&cx.app.caches);
            return Ok(Answer::of(style, change.assets, false));
        }
        // Another request was faster: for the same client, or with the same slot.
        refuse_second(&mut *cx.read().await?, &style).await?;
        Err(ApiError::concurrent_modification("Another style was created at the same time. Try again."))
    }
}

/// Stores a style; false if another took its place.
async fn insert(cx: &mut Cx, style: &mut Style, assets: &[Asset]) -> Result<bool> {
    let mut tx = cx.begin().await?;
    refuse_second(&mut tx, style).await?;
    let slot = first_free(&store::slots(&mut tx, &style.pool_id).await?, STYLES);
    style.slot =
        slot.ok_or_else(|| ApiError::limit_exceeded(format!("A user pool can have at most {STYLES} managed login branding styles.")))?;
    match store::insert(&mut tx, style).await {
        Err(StoreError::Duplicate) => return Ok(false),
        Err(StoreError::Missing) => return Err(ApiError::no_such_client(&style.client_id)),
        other => other?,
    }
    for (position, asset) in (0..).zip(assets) {
        store::put_asset(&mut tx, style, asset, position).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// A client has one style at most.
async fn refuse_second(tx: &mut Tx, style: &Style) -> Result<()> {
    if store::find_by_client(tx, &style.pool_id, &style.client_id).await?.is_none() {
        return Ok(());
    }
    let message = format!("A ManagedLoginBranding already exists for client {}", style.client_id);
    Err(ApiError::managed_login_branding_exists(message))
}
