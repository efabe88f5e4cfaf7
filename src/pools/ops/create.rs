//! CreateUserPool

use super::describe::{UserPool, describe};
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::kit::id;
use crate::pools::attributes::{self, SchemaAttribute};
use crate::pools::pool::{Document, Pool};
use crate::pools::settings::{DefaultEmailOption, Identity, Settings, Unsupported};
use crate::pools::store;
use crate::tokens::keys;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserPool {
    pub pool_name: String,
    #[serde(flatten)]
    pub settings: Settings,
    #[serde(flatten)]
    pub identity: Identity,
    #[serde(default)]
    pub schema: Vec<SchemaAttribute>,
    #[serde(flatten)]
    pub unsupported: Unsupported,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Created {
    pub user_pool: UserPool,
}

impl Operation for CreateUserPool {
    const NAME: &'static str = "CreateUserPool";
    const DOOR: Door = Door::Iam;
    type Output = Created;

    async fn run(self, cx: &mut Cx) -> Result<Created> {
        let id = id::pool(cx.rng(), &cx.app.config.region);
        let pool = self.make(cx, id).await?;
        Ok(Created { user_pool: describe(cx, &pool).await? })
    }
}

impl CreateUserPool {
    /// Makes the pool under an id that the caller chose.
    pub async fn make(self, cx: &mut Cx, id: String) -> Result<Pool> {
        if let Some(name) = self.unsupported.first() {
            return Err(ApiError::unsupported_setting(name));
        }
        check(&self.settings)?;
        check_identity(&self.identity)?;
        let mut schema = attributes::standard();
        attributes::define(&mut schema, self.schema, true)?;
        if self.identity.alias_attributes.iter().any(|a| schema.iter().any(|s| s.name == *a && s.required && a == "preferred_username")) {
            return Err(ApiError::invalid_parameter("preferred_username can not be both an alias and a required attribute."));
        }
        let now = cx.now();
        let document = Document { settings: self.settings, identity: self.identity, schema, ..Document::default() };
        let pool = Pool { id, name: self.pool_name, document, created_at: now, modified_at: now };
        // Keys take a tenth of a second to make: before the transaction, not in it.
        let keys = keys::make_pair(cx, &pool.id).await?;
        let mut tx = cx.begin().await?;
        store::insert(&mut tx, &pool).await?;
        keys::insert(&mut tx, &keys).await?;
        tx.commit().await?;
        Ok(pool)
    }
}

/// Rules between settings that the service's model does not state.
pub fn check(settings: &Settings) -> Result<()> {
    let factors = &settings.policies.sign_in_policy.allowed_first_auth_factors;
    if factors.iter().any(|f| f != "PASSWORD") {
        return Err(ApiError::unsupported_setting("A first authentication factor other than PASSWORD"));
    }
    unsupported(settings)?;
    if let Some(days) = Some(settings.policies.password_policy.temporary_password_validity_days).filter(|d| *d > 365) {
        return Err(ApiError::invalid_parameter(format!("TemporaryPasswordValidityDays {days} is more than 365.")));
    }
    let template = &settings.verification_message_template;
    let bodies = [&settings.email_verification_message, &settings.sms_verification_message, &template.email_message, &template.sms_message];
    if bodies.into_iter().flatten().any(|m| !m.contains("{####}")) {
        return Err(ApiError::invalid_parameter("A verification message must contain the placeholder {####}."));
    }
    if template.email_message_by_link.as_ref().is_some_and(|m| !(m.contains("{##") && m.contains("##}"))) {
        return Err(ApiError::invalid_parameter("A verification message by link must contain {##text of the link##}."));
    }
    if template.default_email_option == DefaultEmailOption::ConfirmWithLink
        && settings.auto_verified_attributes.iter().all(|a| a != "email")
    {
        return Err(ApiError::invalid_parameter("CONFIRM_WITH_LINK needs email among AutoVerifiedAttributes."));
    }
    let update = &settings.user_attribute_update_settings.attributes_require_verification_before_update;
    if let Some(name) = update.iter().find(|a| !settings.auto_verified_attributes.contains(a)) {
        let message = format!("AttributesRequireVerificationBeforeUpdate includes {name}, which is not among AutoVerifiedAttributes.");
        return Err(ApiError::invalid_parameter(message));
    }
    if let Some(recovery) = &settings.account_recovery_setting {
        let mechanisms = &recovery.recovery_mechanisms;
        if mechanisms.len() > 1 && mechanisms.iter().any(|m| m.name == "admin_only") {
            return Err(ApiError::invalid_parameter("admin_only can not be combined with other recovery mechanisms."));
        }
        if mechanisms.iter().any(|a| mechanisms.iter().filter(|b| a.priority == b.priority).count() > 1) {
            return Err(ApiError::invalid_parameter("Recovery mechanisms must have different priorities."));
        }
    }
    Ok(())
}

fn unsupported(settings: &Settings) -> Result<()> {
    let policy = &settings.policies.password_policy;
    let days = settings.admin_create_user_config.unused_account_validity_days;
    let named = [
        ("PasswordHistorySize", policy.password_history_size > 0),
        ("ConfigurationSet", settings.email_configuration.configuration_set.is_some()),
        ("EumsSms", settings.sms_configuration.as_ref().is_some_and(|c| c.eums_sms.is_some())),
        (
            "UnusedAccountValidityDays other than TemporaryPasswordValidityDays",
            days != 7 && days != policy.temporary_password_validity_days,
        ),
    ];
    if let Some((name, _)) = named.into_iter().find(|(_, given)| *given) {
        return Err(ApiError::unsupported_setting(name));
    }
    let email = &settings.email_configuration;
    let mailbox = |text: &String| text.parse::<lettre::message::Mailbox>().is_err();
    if let Some(bad) = [&email.from, &email.reply_to_email_address].into_iter().flatten().find(|t| mailbox(t)) {
        return Err(ApiError::invalid_parameter(format!("{bad} is not an email address.")));
    }
    Ok(())
}

fn check_identity(identity: &Identity) -> Result<()> {
    if !identity.alias_attributes.is_empty() && !identity.username_attributes.is_empty() {
        return Err(ApiError::invalid_parameter("Only one of the aliasAttributes or usernameAttributes can be set in a user pool."));
    }
    Ok(())
}
