//! A user pool.

use super::attributes::SchemaAttribute;
use super::functions;
use super::mfa::{MfaFactors, WebAuthn};
use super::protocol::EnableStatus;
use super::sessions::SessionTracking;
use super::settings::{DeviceConfiguration, Identity, MfaConfiguration, PasswordPolicy, Settings};
use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::Millis;
use crate::kit::{password, text};
use crate::languages::PoolLanguages;
use crate::store::Tx;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A pool as it is stored and cached.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    pub id: String,
    pub name: String,
    pub document: Document,
    pub created_at: Millis,
    pub modified_at: Millis,
}

/// The stored settings document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    pub settings: Settings,
    pub identity: Identity,
    pub schema: Vec<SchemaAttribute>,
    #[serde(default)]
    pub mfa: MfaFactors,
    #[serde(default)]
    pub sessions: SessionTracking,
}

/// The pool of this id. Cached for a moment: a change made here is seen at once, one made by another server within two seconds.
pub async fn load(cx: &mut Cx, id: &str) -> Result<Arc<Pool>> {
    if let Some(pool) = cx.app.caches.pools.get(id) {
        return Ok(pool);
    }
    // A path may hold any character, and PostgreSQL refuses this one.
    if id.contains('\0') {
        return Err(ApiError::no_such_pool("?"));
    }
    let pool = super::store::find(&mut *cx.read().await?, id).await?.ok_or_else(|| ApiError::no_such_pool(id))?;
    let pool = Arc::new(pool);
    cx.app.caches.pools.insert(id.to_owned(), pool.clone());
    Ok(pool)
}

/// Holds the pool until the transaction ends, or says that it was deleted meanwhile.
pub async fn hold(tx: &mut Tx, id: &str) -> Result<()> {
    if super::store::lock(tx, id).await? { Ok(()) } else { Err(ApiError::no_such_pool(id)) }
}

impl Pool {
    /// Whether clients may register themselves.
    pub fn registers_clients(&self) -> bool {
        self.settings().dcr_configuration.as_ref().is_some_and(|dcr| dcr.enable_status == EnableStatus::Enabled)
    }

    pub fn settings(&self) -> &Settings {
        &self.document.settings
    }

    /// The pool's own words, and its default language.
    pub fn languages(&self) -> &PoolLanguages {
        &self.document.settings.poolhouse_languages
    }

    pub fn attribute(&self, name: &str) -> Option<&SchemaAttribute> {
        self.document.schema.iter().find(|a| a.name == name)
    }

    /// The part of the id after the underscore: SRP hashes it.
    pub fn srp_name(&self) -> &str {
        self.id.split_once('_').map_or(self.id.as_str(), |(_, name)| name)
    }

    pub fn arn(&self, region: &str, account_id: &str) -> String {
        format!("arn:aws:cognito-idp:{region}:{account_id}:userpool/{}", self.id)
    }

    /// The form in which this pool compares user names and aliases.
    pub fn key(&self, name: &str) -> String {
        let folds = self.document.identity.username_configuration.as_ref().is_some_and(|c| !c.case_sensitive);
        if folds { text::fold(name) } else { name.to_owned() }
    }

    /// Whether people sign up with an address, and the user name is made by the service.
    pub fn has_username_attributes(&self) -> bool {
        !self.document.identity.username_attributes.is_empty()
    }

    pub fn is_username_attribute(&self, name: &str) -> bool {
        self.document.identity.username_attributes.iter().any(|a| a == name)
    }

    pub fn is_alias_attribute(&self, name: &str) -> bool {
        self.document.identity.alias_attributes.iter().any(|a| a == name)
    }

    pub fn auto_verifies(&self, name: &str) -> bool {
        self.settings().auto_verified_attributes.iter().any(|a| a == name)
    }

    pub fn verifies_before_update(&self, name: &str) -> bool {
        self.settings().user_attribute_update_settings.attributes_require_verification_before_update.iter().any(|a| a == name)
    }

    pub fn mfa_configuration(&self) -> MfaConfiguration {
        self.settings().mfa_configuration
    }

    pub fn offers_sms_mfa(&self) -> bool {
        self.document.mfa.sms_mfa_configuration.is_some()
    }

    pub fn offers_email_mfa(&self) -> bool {
        self.document.mfa.email_mfa_configuration.is_some()
    }

    pub fn offers_software_token_mfa(&self) -> bool {
        self.document.mfa.software_token_mfa_configuration.is_some_and(|c| c.enabled)
    }

    pub fn web_authn(&self) -> Option<&WebAuthn> {
        self.document.mfa.web_authn_configuration.as_ref()
    }

    /// Whether a passkey with user verification counts as two factors.
    pub fn passkeys_are_multi_factor(&self) -> bool {
        self.web_authn().and_then(|w| w.factor_configuration.as_deref()) == Some("MULTI_FACTOR_WITH_USER_VERIFICATION")
    }

    /// Whether a choice-based sign-in may begin with this factor (`PASSWORD`, `EMAIL_OTP`, `SMS_OTP`, `WEB_AUTHN`).
    pub fn allows_first_factor(&self, factor: &str) -> bool {
        self.settings().policies.sign_in_policy.allowed_first_auth_factors.iter().any(|f| f == factor)
    }

    pub fn devices(&self) -> Option<&DeviceConfiguration> {
        self.settings().device_configuration.as_ref()
    }

    /// The function that a trigger is set to, by the trigger's name in LambdaConfig.
    pub fn function(&self, trigger: &str) -> Option<&str> {
        functions::arn(&self.settings().lambda_config, trigger)
    }

    pub fn password_policy(&self) -> &PasswordPolicy {
        &self.settings().policies.password_policy
    }

    /// Refuses a password that breaks the policy, with Cognito's words for what is missing.
    pub fn check_password(&self, password: &str) -> Result<()> {
        match self.password_fault(password) {
            Some(what) => Err(ApiError::invalid_password(format!("Password did not conform with policy: {what}"))),
            None => Ok(()),
        }
    }

    /// What a password lacks of the policy.
    pub fn password_fault(&self, password: &str) -> Option<&'static str> {
        let policy = self.password_policy();
        let missing = [
            (password.trim() != password, "Password must not start or end with a space"),
            (password.chars().count() < policy.minimum_length, "Password not long enough"),
            (policy.require_uppercase && !password.chars().any(char::is_uppercase), "Password must have uppercase characters"),
            (policy.require_lowercase && !password.chars().any(char::is_lowercase), "Password must have lowercase characters"),
            (policy.require_numbers && !password.chars().any(|c| c.is_ascii_digit()), "Password must have numeric characters"),
            (policy.require_symbols && !password::has_symbol(password), "Password must have symbol characters"),
        ];
        missing.into_iter().find(|(broken, _)| *broken).map(|(_, what)| what)
    }

    /// A random password that keeps the policy.
    pub fn make_password(&self, rng: &crate::kit::rng::Rng) -> String {
        let length = self.password_policy().minimum_length.max(12) - 4;
        let groups: [&[u8]; 4] = [b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"abcdefghijkmnopqrstuvwxyz", b"23456789", b"!@#%&*+-"];
        let mut out: String = groups.iter().map(|g| rng.chars(g, 1)).collect();
        out.insert_str(2, &rng.chars(b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", length));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::rng::Rng;

    fn pool() -> Pool {
        Pool { id: "us-east-1_AbCdEfGhI".into(), name: "test".into(), document: Document::default(), created_at: 0, modified_at: 0 }
    }

    #[test]
    fn the_policy_names_what_is_missing() {
        for (password, what) in [
            ("Ab1!", "Password not long enough"),
            ("abcdefg1!", "Password must have uppercase characters"),
            ("ABCDEFG1!", "Password must have lowercase characters"),
            ("Abcdefgh!", "Password must have numeric characters"),
            ("Abcdefg1", "Password must have symbol characters"),
            (" Abcdef1!", "Password must not start or end with a space"),
        ] {
            assert_eq!(pool().check_password(password).unwrap_err().message(), format!("Password did not conform with policy: {what}"));
        }
        assert!(pool().check_password("Abcdef1!").is_ok());
        assert!(pool().check_password("Abcde f1").is_ok(), "a space inside counts as a symbol");
    }

    #[test]
    fn a_made_password_keeps_the_policy() {
        let rng = Rng::seeded(3);
        for _ in 0..50 {
            pool().check_password(&pool().make_password(&rng)).unwrap();
        }
    }

    #[test]
    fn the_srp_name_is_the_part_after_the_underscore() {
        assert_eq!(pool().srp_name(), "AbCdEfGhI");
    }
}
