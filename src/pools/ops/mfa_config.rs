//! SetUserPoolMfaConfig and GetUserPoolMfaConfig

use super::update::replace;
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::pools::mfa::{self, EmailMfa, MfaConfiguration, MfaFactors, SmsMfa, SoftwareTokenMfa, WebAuthn};
use crate::pools::pool::Document;
use crate::pools::{load, rules};
use serde::{Deserialize, Serialize};

/// Replaces the factors as a whole; a request that names none and no `MfaConfiguration` leaves them, as it does passkeys that it does not name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserPoolMfaConfig {
    pub user_pool_id: String,
    #[serde(default)]
    pub sms_mfa_configuration: Option<SmsMfa>,
    #[serde(default)]
    pub software_token_mfa_configuration: Option<SoftwareTokenMfa>,
    #[serde(default)]
    pub email_mfa_configuration: Option<EmailMfa>,
    #[serde(default)]
    pub mfa_configuration: Option<MfaConfiguration>,
    #[serde(default)]
    pub web_authn_configuration: Option<WebAuthn>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserPoolMfaConfig {
    pub user_pool_id: String,
}

/// What both answer: what is stored.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MfaConfig {
    #[serde(flatten)]
    pub factors: MfaFactors,
    pub mfa_configuration: MfaConfiguration,
}

impl MfaConfig {
    fn of(document: &Document) -> Self {
        Self { factors: document.mfa.clone(), mfa_configuration: document.settings.mfa_configuration }
    }
}

impl Operation for SetUserPoolMfaConfig {
    const NAME: &'static str = "SetUserPoolMfaConfig";
    const DOOR: Door = Door::Iam;
    type Output = MfaConfig;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<MfaConfig> {
        let pool = load(cx, &self.user_pool_id).await?;
        let document = self.apply(pool.document.clone())?;
        mfa::check(&document)?;
        rules::addresses(&document.settings, &cx.app.config.region)?;
        let answer = MfaConfig::of(&document);
        replace(cx, &pool, pool.name.clone(), document).await?;
        Ok(answer)
    }
}

impl SetUserPoolMfaConfig {
    fn apply(self, mut document: Document) -> Result<Document> {
        let mode = self.mfa_configuration.unwrap_or(document.settings.mfa_configuration);
        // One that is named and not enabled is told as it was set.
        let software_token = self.software_token_mfa_configuration.filter(|c| c.enabled || mode != MfaConfiguration::Off);
        let named = self.sms_mfa_configuration.is_some() || self.email_mfa_configuration.is_some();
        if mode == MfaConfiguration::Off && (named || software_token.is_some()) {
            let message = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.";
            return Err(ApiError::invalid_parameter(message));
        }
        document.settings.mfa_configuration = mode;
        if let Some(web_authn) = self.web_authn_configuration {
            document.mfa.web_authn_configuration = Some(web_authn);
        }
        if !named && self.software_token_mfa_configuration.is_none() && self.mfa_configuration.is_none() {
            return Ok(document);
        }
        document.mfa.software_token_mfa_configuration = software_token;
        document.mfa.email_mfa_configuration = self.email_mfa_configuration;
        document.mfa.sms_mfa_configuration = None;
        if let Some(mut sms) = self.sms_mfa_configuration {
            // The pool's settings say the same: DescribeUserPool shows what was set here.
            let settings = &mut document.settings;
            settings.sms_configuration = sms.sms_configuration.or_else(|| settings.sms_configuration.take());
            if settings.sms_configuration.is_none() {
                return Err(ApiError::invalid_parameter("SMS configuration is required when SMS MFA is configured."));
            }
            sms.sms_configuration = settings.sms_configuration.clone();
            settings.sms_authentication_message = sms.sms_authentication_message.clone();
            document.mfa.sms_mfa_configuration = Some(sms);
        }
        Ok(document)
    }
}

impl Operation for GetUserPoolMfaConfig {
    const NAME: &'static str = "GetUserPoolMfaConfig";
    const DOOR: Door = Door::Iam;
    type Output = MfaConfig;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<MfaConfig> {
        Ok(MfaConfig::of(&load(cx, &self.user_pool_id).await?.document))
    }
}
