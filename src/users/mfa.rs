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

impl Mfa {
    /// Switches a factor on or off. What is off is not preferred.
    pub fn switch(&mut self, factor: Factor, on: bool) {
        self.enabled.retain(|f| *f != factor);
        if on {
            self.enabled.push(factor);
            self.enabled.sort_unstable();
        } else if self.preferred == Some(factor) {
            self.preferred = None;
        }
    }

    /// `UserMFASettingList`: passkeys are no part of it.
    pub fn setting_list(&self) -> Option<Vec<&'static str>> {
        let list: Vec<_> = self.enabled.iter().filter(|f| **f != Factor::WebAuthn).map(|f| f.as_str()).collect();
        (!list.is_empty()).then_some(list)
    }

    /// `PreferredMfaSetting`
    pub fn preferred_setting(&self) -> Option<&'static str> {
        self.preferred.map(Factor::as_str)
    }
}
