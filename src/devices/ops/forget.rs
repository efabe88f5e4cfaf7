//! ForgetDevice and AdminForgetDevice

use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::devices::device::{not_found, tracking};
use crate::devices::store;
use crate::users::lookup;
use serde::Deserialize;

/// The access token is optional in the model, and the only authority there is: the door asks for it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForgetDevice {
    #[serde(default)]
    pub access_token: Option<String>,
    pub device_key: String,
}

impl Operation for ForgetDevice {
    const NAME: &'static str = "ForgetDevice";
    const DOOR: Door = Door::AccessToken;
    type Output = Empty;

    fn access_token(&self) -> Option<&str> {
        self.access_token.as_deref()
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let (pool_id, sub) = (cx.bearer()?.pool_id.clone(), cx.bearer()?.sub.clone());
        let pool = crate::pools::load(cx, &pool_id).await?;
        tracking(&pool)?;
        forget(cx, &pool.id, &sub, &self.device_key).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminForgetDevice {
    pub user_pool_id: String,
    pub username: String,
    pub device_key: String,
}

impl Operation for AdminForgetDevice {
    const NAME: &'static str = "AdminForgetDevice";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        tracking(&pool)?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        forget(cx, &pool.id, &user.sub, &self.device_key).await
    }
}

async fn forget(cx: &mut Cx, pool_id: &str, sub: &str, device_key: &str) -> Result<Empty> {
    let mut tx = cx.begin().await?;
    if !store::delete(&mut tx, pool_id, sub, device_key).await? {
        return Err(not_found());
    }
    tx.commit().await?;
    Ok(Empty {})
}
