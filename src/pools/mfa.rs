//! The second factors and passkeys that a pool offers, with Cognito's member names and defaults.

use super::domain::is_host_name;
use super::messages::SmsConfiguration;
use super::pool::Document;
use super::settings::{Settings, UserPoolTier};
use crate::api::{ApiError, Result};
use serde::{Deserialize, Serialize};

/// Whether users need a second factor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MfaConfiguration {
    #[default]
    Off,
    /// Those who set one up.
    Optional,
    On,
}

/// What SetUserPoolMfaConfig sets beside `MfaConfiguration`. A factor is offered where its member is there and enabled.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MfaFactors {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_mfa_configuration: Option<SmsMfa>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_token_mfa_configuration: Option<SoftwareTokenMfa>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_mfa_configuration: Option<EmailMfa>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_authn_configuration: Option<WebAuthn>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SmsMfa {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_authentication_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_configuration: Option<SmsConfiguration>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SoftwareTokenMfa {
    pub enabled: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EmailMfa {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WebAuthn {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relying_party_id: Option<String>,
    /// `preferred` where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_verification: Option<String>,
    /// `SINGLE_FACTOR` where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor_configuration: Option<String>,
}

impl MfaFactors {
    fn offers_any(&self) -> bool {
        let software_token = self.software_token_mfa_configuration.is_some_and(|c| c.enabled);
        self.sms_mfa_configuration.is_some() || self.email_mfa_configuration.is_some() || software_token
    }
}

impl Document {
    /// With the settings of CreateUserPool or UpdateUserPool. They know one factor, SMS: it is offered where MFA is on and there is a
    /// configuration to send with.
    pub fn with_settings(mut self, settings: Settings) -> Self {
        let sends = settings.mfa_configuration != MfaConfiguration::Off && settings.sms_configuration.is_some();
        self.mfa.sms_mfa_configuration = sends.then(|| SmsMfa {
            sms_authentication_message: settings.sms_authentication_message.clone(),
            sms_configuration: settings.sms_configuration.clone(),
        });
        self.settings = settings;
        self
    }
}

/// Refuses second factors that contradict each other, the first ones or the pool's tier.
pub fn check(document: &Document) -> Result<()> {
    let (settings, mfa) = (&document.settings, &document.mfa);
    if settings.mfa_configuration != MfaConfiguration::Off && !mfa.offers_any() {
        let message = "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.";
        return Err(ApiError::invalid_parameter(message));
    }
    let mut first = settings.policies.sign_in_policy.allowed_first_auth_factors.iter();
    if settings.mfa_configuration == MfaConfiguration::On
        && let Some(factor) = first.find(|f| matches!(f.as_str(), "EMAIL_OTP" | "SMS_OTP"))
    {
        let message = format!("The first authentication factor {factor} can not be allowed while MfaConfiguration is ON.");
        return Err(ApiError::invalid_parameter(message));
    }
    if settings.user_pool_tier == UserPoolTier::Lite && mfa.email_mfa_configuration.is_some() {
        return Err(settings.user_pool_tier.lacks("MFA by e-mail"));
    }
    mfa.web_authn_configuration.as_ref().map_or(Ok(()), |web_authn| check_web_authn(web_authn, settings.user_pool_tier))
}

fn check_web_authn(web_authn: &WebAuthn, tier: UserPoolTier) -> Result<()> {
    // A relying party is a registrable domain or a host below one; browsers take localhost as well.
    let is_domain = |id: &String| id == "localhost" || id.contains('.') && is_host_name(id) && id.parse::<std::net::IpAddr>().is_err();
    if let Some(id) = web_authn.relying_party_id.as_ref().filter(|id| !is_domain(id)) {
        return Err(ApiError::invalid_parameter(format!("RelyingPartyId {id} is not a valid domain name.")));
    }
    let multi = web_authn.factor_configuration.as_deref() == Some("MULTI_FACTOR_WITH_USER_VERIFICATION");
    if tier == UserPoolTier::Lite && multi { Err(tier.lacks("MFA with passkeys")) } else { Ok(()) }
}
