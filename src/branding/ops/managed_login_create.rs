//! CreateManagedLoginBranding

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::branding::managed::asset::AssetType;
use crate::branding::managed::store::{self, Style};
use crate::branding::managed::style::{Answer, Change};
use crate::branding::managed::{MAX_BODY, STYLES};
use crate::branding::slots::first_free;
use crate::kit::id;
use crate::store::StoreError;
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
        match insert(cx, &mut style, &change).await {
            Err(StoreError::Duplicate) => Err(taken(cx, &style).await?),
            Err(StoreError::Missing) => Err(ApiError::no_such_client(&style.client_id)),
            Err(other) => Err(other.into()),
            Ok(false) => Err(ApiError::limit_exceeded(format!("A user pool can have at most {STYLES} managed login branding styles."))),
            Ok(true) => Ok(Answer::of(style, change.assets, false)),
        }
    }
}

/// Stores a style; false if the pool has no place for it.
async fn insert(cx: &mut Cx, style: &mut Style, change: &Change) -> Result<bool, StoreError> {
    let mut tx = cx.app.db.begin().await?;
    if store::find_by_client(&mut tx, &style.pool_id, &style.client_id).await?.is_some() {
        return Err(StoreError::Duplicate);
    }
    let Some(slot) = first_free(&store::slots(&mut tx, &style.pool_id).await?, STYLES) else { return Ok(false) };
    style.slot = slot;
    store::insert(&mut tx, style).await?;
    for (position, asset) in (0..).zip(&change.assets) {
        store::put_asset(&mut tx, style, asset, position).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Why a style could not be stored: its client has one, or another took the slot at the same time.
async fn taken(cx: &mut Cx, style: &Style) -> Result<ApiError> {
    let found = store::find_by_client(&mut *cx.read().await?, &style.pool_id, &style.client_id).await?;
    Ok(match found {
        Some(_) => ApiError::managed_login_branding_exists(format!(
            "Managed login branding already exists for the app client {}.",
            style.client_id
        )),
        None => ApiError::concurrent_modification("Another style was created at the same time. Try again."),
    })
}
