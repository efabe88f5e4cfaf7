//! SetUserMFAPreference and AdminSetUserMFAPreference: which second factors are on, and which one is asked for first.

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::pools::Pool;
use crate::pools::settings::MfaConfiguration;
use crate::users::mfa::{Factor, Mfa};
use crate::users::{User, lookup, store};
use serde::Deserialize;

/// The settings of one factor. `None` leaves a member as it is.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FactorSettings {
    #[serde(default)]
    pub enabled: Option<bool>,
    #[serde(default)]
    pub preferred_mfa: Option<bool>,
}

/// What both operations share.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Preference {
    #[serde(rename = "SMSMfaSettings")]
    pub sms: Option<FactorSettings>,
    #[serde(rename = "SoftwareTokenMfaSettings")]
    pub software_token: Option<FactorSettings>,
    #[serde(rename = "EmailMfaSettings")]
    pub email: Option<FactorSettings>,
    #[serde(rename = "WebAuthnMfaSettings")]
    pub web_authn: Option<FactorSettings>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserMFAPreference {
    pub access_token: String,
    #[serde(flatten)]
    pub preference: Preference,
}

impl Operation for SetUserMFAPreference {
    const NAME: &'static str = "SetUserMFAPreference";
    const DOOR: Door = Door::AccessToken;
    type Output = Empty;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let user = lookup::bearer(cx).await?;
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        set(cx, &pool, user, &self.preference, true).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminSetUserMFAPreference {
    pub user_pool_id: String,
    pub username: String,
    #[serde(flatten)]
    pub preference: Preference,
}

impl Operation for AdminSetUserMFAPreference {
    const NAME: &'static str = "AdminSetUserMFAPreference";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        set(cx, &pool, user, &self.preference, false).await
    }
}

async fn set(cx: &mut Cx, pool: &Pool, mut user: User, preference: &Preference, by_user: bool) -> Result<Empty> {
    user.mfa = apply(pool, &user, preference, by_user)?;
    user.modified_at = cx.now();
    let mut tx = cx.begin().await?;
    store::update(&mut tx, pool, &user).await?;
    tx.commit().await?;
    Ok(Empty {})
}

/// The user's settings after the change, or why it cannot be.
fn apply(pool: &Pool, user: &User, preference: &Preference, by_user: bool) -> Result<Mfa> {
    let given = [
        (Factor::Sms, preference.sms),
        (Factor::SoftwareToken, preference.software_token),
        (Factor::Email, preference.email),
        (Factor::WebAuthn, preference.web_authn),
    ];
    let mut mfa = user.mfa.clone();
    let mut preferred = Vec::new();
    for (factor, settings) in given.into_iter().filter_map(|(factor, s)| Some((factor, s?))) {
        if let Some(enabled) = settings.enabled {
            if enabled {
                refuse_unusable(pool, user, factor)?;
            } else if by_user && mfa.enabled.contains(&factor) && pool.mfa_configuration() == MfaConfiguration::On {
                return Err(ApiError::invalid_parameter(format!("{} can not be turned off: the user pool requires MFA.", factor.as_str())));
            }
            mfa.switch(factor, enabled);
        }
        match settings.preferred_mfa {
            Some(true) => preferred.push(factor),
            Some(false) if mfa.preferred == Some(factor) => mfa.preferred = None,
            _ => {}
        }
    }
    match preferred.as_slice() {
        [] => {}
        [one] => mfa.preferred = Some(*one),
        _ => return Err(ApiError::invalid_parameter("Only one MFA method can be preferred.")),
    }
    if let Some(factor) = mfa.preferred.filter(|f| !mfa.enabled.contains(f) && pool.mfa_configuration() != MfaConfiguration::On) {
        let what = factor.as_str();
        return Err(ApiError::invalid_parameter(format!("{what} can not be preferred while it is not enabled.")));
    }
    Ok(mfa)
}

/// Refuses to switch on what the pool does not offer, or the user cannot use. SMS codes may be switched on before the pool offers them.
fn refuse_unusable(pool: &Pool, user: &User, factor: Factor) -> Result<()> {
    let (offered, has) = match factor {
        Factor::Sms => (true, user.attribute("phone_number").is_some()),
        Factor::Email => (pool.offers_email_mfa(), user.attribute("email").is_some()),
        Factor::SoftwareToken => (true, user.mfa.has_software_token),
        Factor::WebAuthn => (pool.passkeys_are_multi_factor(), true),
    };
    let message = match factor {
        _ if offered && has => return Ok(()),
        Factor::Sms => "User does not have a phone_number set to turn on SMS MFA".into(),
        factor if offered => format!("User does not have delivery config set to turn on {}", factor.as_str()),
        factor => format!("{} is not enabled for the user pool.", factor.as_str()),
    };
    Err(ApiError::invalid_parameter(message))
}
