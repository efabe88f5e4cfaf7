//! How a pool's tokens name their issuer and the strength of a sign-in, and who may register clients; with Cognito's member names and defaults.

use crate::api::{ApiError, Result};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The key that Cognito would encrypt a pool with. It is kept for those who read it back: Poolhouse seals with the installation's master key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct KeyConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IssuerConfiguration {
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// What the four levels of assurance are called in tokens: always all four of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, AcrLevel>")]
pub struct AcrConfiguration(BTreeMap<String, AcrLevel>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AcrLevel {
    pub acr_value: String,
}

impl Default for AcrConfiguration {
    fn default() -> Self {
        Self((1..=4).map(|n| (format!("Level{n}"), AcrLevel { acr_value: format!("urn:cognito:loa:{n}") })).collect())
    }
}

impl From<BTreeMap<String, AcrLevel>> for AcrConfiguration {
    fn from(given: BTreeMap<String, AcrLevel>) -> Self {
        let mut all = Self::default();
        for (level, name) in given {
            all.0.entry(level).and_modify(|n| *n = name);
        }
        all
    }
}

impl AcrConfiguration {
    /// The name of a level, 1 to 4.
    pub fn name(&self, level: u8) -> Option<&str> {
        self.0.get(&format!("Level{level}")).map(|l| l.acr_value.as_str())
    }

    /// Refuses names that do not tell the levels apart.
    pub fn check(&self) -> Result<()> {
        let standard = Self::default();
        let stolen = |(level, name): (&String, &AcrLevel)| standard.0.iter().any(|(other, n)| other != level && n == name);
        if self.0.values().collect::<BTreeSet<_>>().len() < self.0.len() || self.0.iter().any(stolen) {
            return Err(ApiError::invalid_parameter("AcrValue must be unique across all levels, default names included."));
        }
        Ok(())
    }
}

/// Who may register clients by themselves (RFC 7591), and what such clients may ask for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DcrConfiguration {
    pub enable_status: EnableStatus,
    pub open_dcr_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticated_grant_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_dcr_grant_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_scopes: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnableStatus {
    #[default]
    Enabled,
    Disabled,
}

/// Refuses a key that is not named, and an issuer that tokens would not carry.
pub fn check(key: Option<&KeyConfiguration>, issuer: Option<&IssuerConfiguration>) -> Result<()> {
    if let Some(key) = key {
        let own = key.key_type.as_deref() == Some("CUSTOMER_MANAGED_KEY");
        if own != key.kms_key_arn.is_some() {
            return Err(ApiError::invalid_parameter(
                "KmsKeyArn goes with the KeyType CUSTOMER_MANAGED_KEY, and that type with a KmsKeyArn.",
            ));
        }
    }
    if issuer.and_then(|i| i.kind.as_deref()) == Some("UPDATED") {
        // One address begins every issuer, whichever server answers: there is no second form to change to.
        return Err(ApiError::unsupported_setting("The issuer type UPDATED"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(pairs: &[(&str, &str)]) -> AcrConfiguration {
        let levels = pairs.iter().map(|(level, name)| ((*level).to_owned(), AcrLevel { acr_value: (*name).to_owned() }));
        levels.collect::<BTreeMap<_, _>>().into()
    }

    #[test]
    fn every_level_has_a_name_of_its_own() {
        let acr = named(&[("Level2", "urn:acme:otp"), ("Level9", "x")]);
        assert_eq!((acr.name(1), acr.name(2), acr.name(9)), (Some("urn:cognito:loa:1"), Some("urn:acme:otp"), None));
        assert!(acr.check().is_ok());
        assert!(named(&[("Level1", "a"), ("Level2", "a")]).check().is_err());
        assert!(named(&[("Level1", "urn:cognito:loa:2"), ("Level2", "b")]).check().is_err());
    }
}
