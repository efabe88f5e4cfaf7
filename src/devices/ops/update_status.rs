//! UpdateDeviceStatus and AdminUpdateDeviceStatus: whether a device is remembered.

use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::devices::Device;
use crate::devices::device::{Status, not_found, tracking};
use crate::devices::store;
use crate::users::lookup;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateDeviceStatus {
    pub access_token: String,
    pub device_key: String,
    #[serde(default)]
    pub device_remembered_status: Option<Status>,
}

impl Operation for UpdateDeviceStatus {
    const NAME: &'static str = "UpdateDeviceStatus";
    const DOOR: Door = Door::AccessToken;
    type Output = Empty;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let (pool_id, sub) = (cx.bearer()?.pool_id.clone(), cx.bearer()?.sub.clone());
        let pool = crate::pools::load(cx, &pool_id).await?;
        tracking(&pool)?;
        update(cx, &pool.id, &sub, &self.device_key, self.device_remembered_status).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminUpdateDeviceStatus {
    pub user_pool_id: String,
    pub username: String,
    pub device_key: String,
    #[serde(default)]
    pub device_remembered_status: Option<Status>,
}

impl Operation for AdminUpdateDeviceStatus {
    const NAME: &'static str = "AdminUpdateDeviceStatus";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        tracking(&pool)?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        update(cx, &pool.id, &user.sub, &self.device_key, self.device_remembered_status).await
    }
}

/// Without a status there is nothing to change, but the device must be there.
async fn update(cx: &mut Cx, pool_id: &str, sub: &str, device_key: &str, status: Option<Status>) -> Result<Empty> {
    let Some(status) = status else {
        let device = store::find(&mut *cx.read().await?, pool_id, sub, device_key).await?;
        return device.filter(Device::is_confirmed).map(|_| Empty {}).ok_or_else(not_found);
    };
    let now = cx.now();
    let mut tx = cx.begin().await?;
    if !store::set_remembered(&mut tx, pool_id, sub, device_key, status == Status::Remembered, now).await? {
        return Err(not_found());
    }
    tx.commit().await?;
    Ok(Empty {})
}
