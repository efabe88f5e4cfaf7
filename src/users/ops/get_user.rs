//! GetUser and AdminGetUser

use crate::api::{Cx, Door, Operation, Result};
use crate::kit::clock::epoch_seconds;
use crate::mfa::ops::user_settings::MfaOption;
use crate::users::attributes::{self, Attribute};
use crate::users::lookup;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUser {
    pub access_token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Profile {
    pub username: String,
    pub user_attributes: Vec<Attribute>,
    #[serde(rename = "MFAOptions", skip_serializing_if = "Option::is_none")]
    pub mfa_options: Option<Vec<MfaOption>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_mfa_setting: Option<&'static str>,
    #[serde(rename = "UserMFASettingList", skip_serializing_if = "Option::is_none")]
    pub user_mfa_setting_list: Option<Vec<&'static str>>,
}

impl Operation for GetUser {
    const NAME: &'static str = "GetUser";
    const DOOR: Door = Door::AccessToken;
    type Output = Profile;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Profile> {
        let client_id = cx.bearer()?.client_id.clone();
        let client = crate::clients::load(cx, &client_id).await?;
        let user = lookup::bearer(cx).await?;
        let user_attributes = attributes::list(&user, |name| client.may_read(name));
        Ok(Profile {
            mfa_options: MfaOption::of(&user),
            preferred_mfa_setting: user.mfa.preferred_setting(),
            user_mfa_setting_list: user.mfa.setting_list(),
            username: user.username,
            user_attributes,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminGetUser {
    pub user_pool_id: String,
    pub username: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminProfile {
    pub username: String,
    pub user_attributes: Vec<Attribute>,
    pub user_create_date: f64,
    pub user_last_modified_date: f64,
    pub enabled: bool,
    pub user_status: crate::users::Status,
    #[serde(rename = "MFAOptions", skip_serializing_if = "Option::is_none")]
    pub mfa_options: Option<Vec<MfaOption>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_mfa_setting: Option<&'static str>,
    #[serde(rename = "UserMFASettingList", skip_serializing_if = "Option::is_none")]
    pub user_mfa_setting_list: Option<Vec<&'static str>>,
}

impl Operation for AdminGetUser {
    const NAME: &'static str = "AdminGetUser";
    const DOOR: Door = Door::Iam;
    type Output = AdminProfile;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<AdminProfile> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        Ok(AdminProfile {
            user_attributes: attributes::list(&user, |_| true),
            mfa_options: MfaOption::of(&user),
            preferred_mfa_setting: user.mfa.preferred_setting(),
            user_mfa_setting_list: user.mfa.setting_list(),
            username: user.username,
            user_create_date: epoch_seconds(user.created_at),
            user_last_modified_date: epoch_seconds(user.modified_at),
            enabled: user.enabled,
            user_status: user.status,
        })
    }
}
