//! GetDevice and AdminGetDevice

use crate::api::{Cx, Door, Operation, Result};
use crate::devices::Device;
use crate::devices::device::{DeviceType, not_found, tracking};
use crate::devices::store;
use crate::users::{User, lookup};
use serde::{Deserialize, Serialize};

/// The access token is optional in the model, and the only authority there is: the door asks for it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetDevice {
    pub device_key: String,
    #[serde(default)]
    pub access_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Got {
    pub device: DeviceType,
}

impl Operation for GetDevice {
    const NAME: &'static str = "GetDevice";
    const DOOR: Door = Door::AccessToken;
    type Output = Got;

    fn access_token(&self) -> Option<&str> {
        self.access_token.as_deref()
    }

    async fn run(self, cx: &mut Cx) -> Result<Got> {
        let user = lookup::bearer(cx).await?;
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        tracking(&pool)?;
        get(cx, &user, &self.device_key).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminGetDevice {
    pub user_pool_id: String,
    pub username: String,
    pub device_key: String,
}

impl Operation for AdminGetDevice {
    const NAME: &'static str = "AdminGetDevice";
    const DOOR: Door = Door::Iam;
    type Output = Got;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Got> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        tracking(&pool)?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        get(cx, &user, &self.device_key).await
    }
}

async fn get(cx: &mut Cx, user: &User, device_key: &str) -> Result<Got> {
    let device = store::find(&mut *cx.read().await?, &user.pool_id, &user.sub, device_key).await?;
    let device = device.filter(Device::is_confirmed).ok_or_else(not_found)?;
    Ok(Got { device: DeviceType::of(cx, user, &device) })
}
