//! The remembering of devices.

use serde::{Deserialize, Deserializer, Serialize};

/// Remembering of devices. Where it is absent, no device is remembered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeviceConfiguration {
    /// Whether a remembered device takes the place of a second factor.
    pub challenge_required_on_new_device: bool,
    /// Whether a device is remembered only once its user says so.
    pub device_only_remembered_on_user_prompt: bool,
}

/// A configuration that says nothing does not switch the remembering on.
pub fn unless_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DeviceConfiguration>, D::Error> {
    let given = serde_json::Map::deserialize(deserializer)?;
    let said = given.contains_key("ChallengeRequiredOnNewDevice") || given.contains_key("DeviceOnlyRememberedOnUserPrompt");
    let parsed = said.then(|| serde_json::from_value(given.into())).transpose();
    parsed.map_err(serde::de::Error::custom)
}
