//! A style, the changes to it, and how it is answered.

use super::asset::{self, Asset, AssetType};
use super::settings;
use super::store::Style;
use crate::api::{ApiError, Result};
use crate::kit::clock::epoch_seconds;
use serde::Serialize;
use serde_json::Value;

/// What a request says about a style, checked.
#[derive(Debug)]
pub struct Change {
    /// Whether the style goes back to the defaults; `None` where nothing is said.
    pub uses_defaults: Option<bool>,
    pub settings: Option<Value>,
    pub assets: Vec<Asset>,
}

impl Change {
    pub fn check(uses_defaults: Option<bool>, settings: Option<Value>, assets: Option<Vec<AssetType>>) -> Result<Self> {
        let assets = assets.unwrap_or_default();
        if uses_defaults == Some(true) && settings.is_some() {
            return Err(ApiError::invalid_parameter("useCognitoProvidedValues or settings should be specified (but not both)"));
        }
        if let Some(settings) = &settings {
            settings::check(settings).and_then(|()| settings::check_size(settings)).map_err(ApiError::invalid_parameter)?;
        }
        let assets = asset::check_all(assets).map_err(ApiError::invalid_parameter)?;
        Ok(Self { uses_defaults, settings, assets })
    }

    /// Applies the change, all but its assets, to a style: what it does not say stays.
    pub fn apply(&mut self, style: &mut Style) -> Result<()> {
        if self.resets() {
            style.settings = None;
        }
        if let Some(given) = self.settings.take() {
            let own = &mut style.settings.get_or_insert_with(|| crate::store::Json(Value::Object(serde_json::Map::new()))).0;
            settings::merge(own, given);
            settings::check_size(own).map_err(ApiError::invalid_parameter)?;
            style.uses_defaults = false;
        }
        style.uses_defaults = self.uses_defaults.unwrap_or(style.uses_defaults && self.assets.is_empty());
        Ok(())
    }

    /// Whether the style loses what it had of its own.
    pub fn resets(&self) -> bool {
        self.uses_defaults == Some(true)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    pub managed_login_branding: ManagedLoginBranding,
    /// Where a style can be looked at that was not published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poolhouse_preview_url: Option<String>,
}

/// `ManagedLoginBrandingType`: without settings where none were given.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedLoginBranding {
    pub managed_login_branding_id: String,
    pub user_pool_id: String,
    pub use_cognito_provided_values: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<Value>,
    pub assets: Vec<AssetType>,
    pub creation_date: f64,
    pub last_modified_date: f64,
}

impl Answer {
    /// A style with its assets; merged, the defaults stand where it says nothing.
    pub fn of(style: Style, assets: Vec<Asset>, merged: bool) -> Self {
        let own = style.settings.map(|s| s.0);
        Self {
            managed_login_branding: ManagedLoginBranding {
                managed_login_branding_id: style.id,
                user_pool_id: style.pool_id,
                use_cognito_provided_values: style.uses_defaults,
                settings: if merged { Some(settings::merged(own)) } else { own },
                assets: assets.into_iter().map(Asset::into_type).collect(),
                creation_date: epoch_seconds(style.created_at),
                last_modified_date: epoch_seconds(style.modified_at),
            },
            poolhouse_preview_url: None,
        }
    }
}

/// Where a style is asked for by an id that names none.
pub fn no_such_style() -> ApiError {
    ApiError::resource_not_found("ManagedLoginBranding does not exist.")
}
