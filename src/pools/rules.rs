//! Rules between a pool's settings that the service's model does not state.

use super::pool::Document;
use super::protocol::EnableStatus;
use super::settings::{Settings, UserPoolTier};
use super::{functions, mfa, protocol, tags};
use crate::api::{ApiError, Result};

/// Refuses settings that contradict each other, name what is not there, or belong to a higher tier.
pub fn check(document: &Document, region: &str) -> Result<()> {
    let settings = &document.settings;
    if let Some(message) = tags::refusal(&settings.user_pool_tags) {
        return Err(ApiError::user_pool_tagging(message));
    }
    first_factors(settings)?;
    passwords(settings)?;
    messages(settings)?;
    addresses(settings, region)?;
    recovery(settings)?;
    tier(settings)?;
    functions::check(&settings.lambda_config, settings.user_pool_tier)?;
    protocol::check(settings.key_configuration.as_ref(), settings.issuer_configuration.as_ref())?;
    settings.acr_configuration.check()?;
    if settings.session_minutes.is_some_and(|minutes| !(1..=129_600).contains(&minutes)) {
        return Err(ApiError::invalid_parameter("PoolhouseSessionMinutes must be from 1 to 129600."));
    }
    settings.poolhouse_languages.check().map_err(ApiError::invalid_parameter)?;
    mfa::check(document)
}

fn first_factors(settings: &Settings) -> Result<()> {
    let factors = &settings.policies.sign_in_policy.allowed_first_auth_factors;
    if factors.iter().any(|f| f == "SOFTWARE_TOKEN") {
        return Err(ApiError::invalid_parameter("SOFTWARE_TOKEN is not supported as a first authentication factor."));
    }
    if !factors.is_empty() && factors.iter().all(|f| f == "WEB_AUTHN") {
        return Err(ApiError::invalid_parameter("WEB_AUTHN must be allowed together with another first authentication factor."));
    }
    Ok(())
}

fn passwords(settings: &Settings) -> Result<()> {
    let temporary = settings.policies.password_policy.temporary_password_validity_days;
    if settings.admin_create_user_config.unused_account_validity_days != temporary {
        return Err(ApiError::invalid_parameter(
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays",
        ));
    }
    Ok(())
}

fn messages(settings: &Settings) -> Result<()> {
    let update = &settings.user_attribute_update_settings.attributes_require_verification_before_update;
    if let Some(name) = update.iter().find(|a| !settings.auto_verified_attributes.contains(a)) {
        let message = format!("AttributesRequireVerificationBeforeUpdate includes {name}, which is not among AutoVerifiedAttributes.");
        return Err(ApiError::invalid_parameter(message));
    }
    Ok(())
}

/// Where messages come from.
pub fn addresses(settings: &Settings, region: &str) -> Result<()> {
    let email = &settings.email_configuration;
    let is_address = |text: &&String| text.parse::<lettre::message::Mailbox>().is_ok();
    if let Some(bad) = [&email.from, &email.reply_to_email_address].into_iter().flatten().find(|t| !is_address(t)) {
        return Err(ApiError::invalid_parameter(format!("{bad} is not an email address.")));
    }
    let Some(sms) = &settings.sms_configuration else { return Ok(()) };
    match &sms.eums_sms {
        Some(_) if !sms.sns_caller_arn.is_empty() => {
            Err(ApiError::invalid_parameter("SmsConfiguration takes either SnsCallerArn or EumsSms, not both."))
        }
        None if sms.sns_caller_arn.is_empty() => Err(ApiError::invalid_parameter("SmsConfiguration needs SnsCallerArn or EumsSms.")),
        Some(eums) if eums.region.as_ref().is_some_and(|r| r != region) => {
            Err(ApiError::invalid_parameter(format!("The Region of EumsSms must be {region}, the user pool's.")))
        }
        _ => Ok(()),
    }
}

fn recovery(settings: &Settings) -> Result<()> {
    let Some(recovery) = &settings.account_recovery_setting else { return Ok(()) };
    let mechanisms = &recovery.recovery_mechanisms;
    if mechanisms.len() > 1 && mechanisms.iter().any(|m| m.name == "admin_only") {
        return Err(ApiError::invalid_parameter("admin_only can not be combined with other recovery mechanisms."));
    }
    if mechanisms.iter().any(|a| mechanisms.iter().filter(|b| a.priority == b.priority).count() > 1) {
        return Err(ApiError::invalid_parameter("Recovery mechanisms must have different priorities."));
    }
    Ok(())
}

/// Refuses what the pool's tier does not have.
fn tier(settings: &Settings) -> Result<()> {
    let tier = settings.user_pool_tier;
    let policies = &settings.policies;
    let other_factor = policies.sign_in_policy.allowed_first_auth_factors.iter().any(|f| f != "PASSWORD");
    let protects = settings.user_pool_add_ons.as_ref().is_some_and(|a| a.advanced_security_mode != "OFF");
    let registers = settings.dcr_configuration.as_ref().is_some_and(|d| d.enable_status == EnableStatus::Enabled);
    let named = [
        (UserPoolTier::Essentials, other_factor, "first authentication factors other than PASSWORD"),
        (UserPoolTier::Essentials, policies.password_policy.password_history_size > 0, "a password history"),
        (UserPoolTier::Essentials, settings.acr_configuration != Default::default(), "names for authentication context classes"),
        (UserPoolTier::Essentials, registers, "dynamic client registration"),
        (UserPoolTier::Plus, protects, "threat protection"),
    ];
    match named.into_iter().find(|(lowest, used, _)| *used && tier < *lowest) {
        Some((_, _, feature)) => Err(tier.lacks(feature)),
        None => Ok(()),
    }
}
