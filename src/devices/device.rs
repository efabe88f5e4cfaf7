//! A device, and how the API shows it.

use super::secret;
use crate::api::{ApiError, Cx, Result};
use crate::auth::srp;
use crate::kit::clock::{Millis, epoch_seconds};
use crate::pools::Pool;
use crate::pools::settings::DeviceConfiguration;
use crate::users::User;
use crate::users::attributes::Attribute;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    pub pool_id: String,
    pub sub: String,
    pub key: String,
    /// Stands for the pool name in the device's SRP, as the key does for the user name.
    pub group_key: String,
    pub name: Option<String>,
    /// Salt and SRP verifier, sealed. None until the device is confirmed.
    pub verifier: Option<Vec<u8>>,
    pub remembered: bool,
    pub created_at: Millis,
    pub modified_at: Millis,
    pub last_authenticated_at: Millis,
    pub last_address: String,
}

impl Device {
    /// Whether its user has registered it. Before that, it is a key that was handed out and nothing more.
    pub fn is_confirmed(&self) -> bool {
        self.verifier.is_some()
    }

    /// Whether it may stand for a second factor, where the pool lets remembered devices do so.
    pub fn is_remembered(&self) -> bool {
        self.is_confirmed() && self.remembered
    }

    /// What checks the device's secret. None where it is not confirmed.
    pub fn verifier(&self, cx: &Cx) -> Option<srp::Verifier> {
        secret::open(&cx.app.sealer, self.verifier.as_deref()?)
    }
}

/// `DeviceRememberedStatus`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Remembered,
    NotRemembered,
}

/// The pool's settings for devices, or the refusal of a pool that does not track any.
pub fn tracking(pool: &Pool) -> Result<&DeviceConfiguration> {
    pool.devices().ok_or_else(|| ApiError::invalid_user_pool_configuration("Device tracking is not enabled for the user pool."))
}

pub fn not_found() -> ApiError {
    ApiError::resource_not_found("Device does not exist.")
}

/// `DeviceType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeviceType {
    pub device_key: String,
    pub device_attributes: Vec<Attribute>,
    pub device_create_date: f64,
    pub device_last_modified_date: f64,
    pub device_last_authenticated_date: f64,
}

impl DeviceType {
    pub fn of(cx: &Cx, user: &User, device: &Device) -> Self {
        let owner = format!("{}.{}", user.username, user.pool_id);
        let config = &cx.app.config;
        let arn = format!("arn:aws:cognito-idp:{}:{}:owner/{owner}/device/{}", config.region, config.account_id, device.key);
        let status = if device.remembered { "remembered" } else { "not_remembered" };
        let attributes = [
            Some(("device_status", "valid".to_owned())),
            device.name.clone().map(|name| ("device_name", name)),
            Some(("dev:device_arn", arn)),
            Some(("dev:device_owner", owner)),
            Some(("last_ip_used", device.last_address.clone())),
            Some(("dev:device_remembered_status", status.to_owned())),
            Some(("dev:device_sdk", "aws-sdk".to_owned())),
        ];
        Self {
            device_key: device.key.clone(),
            device_attributes: attributes.into_iter().flatten().map(|(name, value)| Attribute { name: name.into(), value }).collect(),
            device_create_date: epoch_seconds(device.created_at),
            device_last_modified_date: epoch_seconds(device.modified_at),
            device_last_authenticated_date: epoch_seconds(device.last_authenticated_at),
        }
    }
}
