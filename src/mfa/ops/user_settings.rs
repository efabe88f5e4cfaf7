//! SetUserSettings and AdminSetUserSettings: the old way to switch SMS codes on and off.

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::pools::Pool;
use crate::users::mfa::Factor;
use crate::users::{User, lookup, store};
use serde::{Deserialize, Serialize};

/// `MFAOptionType`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MfaOption {
    #[serde(default)]
    pub delivery_medium: Option<String>,
    #[serde(default)]
    pub attribute_name: Option<String>,
}

impl MfaOption {
    /// What GetUser shows: only SMS codes have this form.
    pub fn of(user: &User) -> Option<Vec<Self>> {
        let sms = || Self { delivery_medium: Some("SMS".into()), attribute_name: Some("phone_number".into()) };
        user.mfa.enabled.contains(&Factor::Sms).then(|| vec![sms()])
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserSettings {
    pub access_token: String,
    #[serde(rename = "MFAOptions")]
    pub mfa_options: Vec<MfaOption>,
}

impl Operation for SetUserSettings {
    const NAME: &'static str = "SetUserSettings";
    const DOOR: Door = Door::AccessToken;
    type Output = Empty;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let user = lookup::bearer(cx).await?;
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        set(cx, &pool, user, &self.mfa_options).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminSetUserSettings {
    pub user_pool_id: String,
    pub username: String,
    #[serde(rename = "MFAOptions")]
    pub mfa_options: Vec<MfaOption>,
}

impl Operation for AdminSetUserSettings {
    const NAME: &'static str = "AdminSetUserSettings";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        set(cx, &pool, user, &self.mfa_options).await
    }
}

/// Switches SMS codes on, or off with an empty list.
async fn set(cx: &mut Cx, pool: &Pool, mut user: User, options: &[MfaOption]) -> Result<Empty> {
    let is_sms = |o: &MfaOption| {
        o.delivery_medium.as_deref().is_none_or(|m| m == "SMS") && o.attribute_name.as_deref().is_none_or(|a| a == "phone_number")
    };
    if !options.iter().all(is_sms) {
        return Err(ApiError::invalid_parameter(
            "MFAOptions takes SMS with phone_number only. Use SetUserMFAPreference for other factors.",
        ));
    }
    if !options.is_empty() && user.attribute("phone_number").is_none() {
        return Err(ApiError::invalid_parameter("User does not have a phone_number set to turn on SMS MFA"));
    }
    user.mfa.switch(Factor::Sms, !options.is_empty());
    user.modified_at = cx.now();
    let mut tx = cx.begin().await?;
    store::update(&mut tx, pool, &user).await?;
    tx.commit().await?;
    Ok(Empty {})
}
