//! Which second factors a user has switched on. The secrets of an authenticator app are the room `mfa`'s.

use serde::{Deserialize, Serialize};

/// A second factor, by its name in `UserMFASettingList`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Factor {
    #[serde(rename = "SMS_MFA")]
    Sms,
    #[serde(rename = "SOFTWARE_TOKEN_MFA")]
    SoftwareToken,
    #[serde(rename = "EMAIL_OTP")]
    Email,
    #[serde(rename = "WEB_AUTHN_MFA")]
    WebAuthn,
}

impl Factor {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "SMS_MFA",
            Self::SoftwareToken => "SOFTWARE_TOKEN_MFA",
            Self::Email => "EMAIL_OTP",
            Self::WebAuthn => "WEB_AUTHN_MFA",
        }
    }
}

/// What a user switched on, and prefers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mfa {
    pub enabled: Vec<Factor>,
    pub preferred: Option<Factor>,
    /// Whether an authenticator app was set up and proved.
    pub has_software_token: bool,
}
