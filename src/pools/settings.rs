//! A pool's settings, with Cognito's member names and defaults.

pub use super::device::DeviceConfiguration;
pub use super::messages::*;
pub use super::mfa::MfaConfiguration;
use super::protocol::{AcrConfiguration, DcrConfiguration, IssuerConfiguration, KeyConfiguration};
use crate::api::ApiError;
use crate::languages::PoolLanguages;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The members that CreateUserPool and UpdateUserPool share: an update replaces them all, as Cognito's does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Settings {
    pub policies: Policies,
    pub deletion_protection: DeletionProtection,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub auto_verified_attributes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_verification_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verification_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verification_subject: Option<String>,
    pub verification_message_template: VerificationMessageTemplate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_authentication_message: Option<String>,
    pub user_attribute_update_settings: UserAttributeUpdateSettings,
    pub email_configuration: EmailConfiguration,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_configuration: Option<SmsConfiguration>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub user_pool_tags: BTreeMap<String, String>,
    pub admin_create_user_config: AdminCreateUserConfig,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_recovery_setting: Option<AccountRecoverySetting>,
    pub user_pool_tier: UserPoolTier,
    pub mfa_configuration: MfaConfiguration,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "super::device::unless_empty")]
    pub device_configuration: Option<DeviceConfiguration>,
    /// Functions by the name of their trigger.
    pub lambda_config: serde_json::Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_pool_add_ons: Option<UserPoolAddOns>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_configuration: Option<KeyConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_configuration: Option<IssuerConfiguration>,
    pub acr_configuration: AcrConfiguration,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dcr_configuration: Option<DcrConfiguration>,
    /// For how long a browser stays signed in; an hour where it is not said. An update that leaves it out keeps it.
    #[serde(rename = "PoolhouseSessionMinutes", skip_serializing_if = "Option::is_none")]
    pub session_minutes: Option<i64>,
    /// Poolhouse's own: words of pages and messages, and their default language.
    #[serde(skip_serializing_if = "PoolLanguages::is_unset")]
    pub poolhouse_languages: PoolLanguages,
}

impl Settings {
    /// What a request gave, with the names that belong together made to agree.
    pub fn completed(mut self) -> Self {
        let policy = &mut self.policies.password_policy;
        let users = &mut self.admin_create_user_config;
        if policy.temporary_password_validity_days == 0 {
            policy.temporary_password_validity_days = Some(users.unused_account_validity_days).filter(|d| *d > 0).unwrap_or(VALID_DAYS);
        }
        if [0, VALID_DAYS].contains(&users.unused_account_validity_days) {
            users.unused_account_validity_days = policy.temporary_password_validity_days;
        }
        self.lambda_config = super::functions::completed(&self.lambda_config);
        self
    }
}

/// Threat protection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPoolAddOns {
    pub advanced_security_mode: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advanced_security_additional_flows: Option<serde_json::Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Policies {
    pub password_policy: PasswordPolicy,
    pub sign_in_policy: SignInPolicy,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PasswordPolicy {
    #[serde(default = "minimum_length")]
    pub minimum_length: usize,
    #[serde(default)]
    pub require_uppercase: bool,
    #[serde(default)]
    pub require_lowercase: bool,
    #[serde(default)]
    pub require_numbers: bool,
    #[serde(default)]
    pub require_symbols: bool,
    /// 0 counts as not given, and is not stored.
    #[serde(default)]
    pub temporary_password_validity_days: i64,
    /// How many earlier passwords may not be chosen again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub password_history_size: i64,
}

fn minimum_length() -> usize {
    8
}

/// How many days a temporary password is valid where nothing is said.
const VALID_DAYS: i64 = 7;

fn is_zero(n: &i64) -> bool {
    *n == 0
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum_length: minimum_length(),
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
            temporary_password_validity_days: 0,
            password_history_size: 0,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SignInPolicy {
    pub allowed_first_auth_factors: Vec<String>,
}

impl Default for SignInPolicy {
    fn default() -> Self {
        Self { allowed_first_auth_factors: vec!["PASSWORD".into()] }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DeletionProtection {
    Active,
    #[default]
    Inactive,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum UserPoolTier {
    Lite,
    #[default]
    Essentials,
    Plus,
}

impl UserPoolTier {
    /// The refusal of a feature that this tier does not have.
    pub fn lacks(self, feature: &str) -> ApiError {
        let name = match self {
            Self::Lite => "LITE",
            Self::Essentials => "ESSENTIALS",
            Self::Plus => "PLUS",
        };
        ApiError::feature_unavailable_in_tier(format!("The user pool tier {name} does not include {feature}."))
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserAttributeUpdateSettings {
    pub attributes_require_verification_before_update: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AdminCreateUserConfig {
    pub allow_admin_create_user_only: bool,
    /// The older name of TemporaryPasswordValidityDays; 0 counts as not given, and is not stored.
    pub unused_account_validity_days: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_message_template: Option<MessageTemplate>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountRecoverySetting {
    #[serde(default)]
    pub recovery_mechanisms: Vec<RecoveryMechanism>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecoveryMechanism {
    pub priority: i64,
    pub name: String,
}

/// The members that only CreateUserPool takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Identity {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alias_attributes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub username_attributes: Vec<String>,
    /// Told only where somebody said it: Terraform would replace a pool that tells what its plan does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username_configuration: Option<UsernameConfiguration>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UsernameConfiguration {
    pub case_sensitive: bool,
}
