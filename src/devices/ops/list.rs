//! ListDevices and AdminListDevices: in the order of the devices' keys.

use crate::api::{Cx, Door, Operation, Result, page};
use crate::devices::device::{DeviceType, tracking};
use crate::devices::store;
use crate::users::{User, lookup};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListDevices {
    pub access_token: String,
    #[serde(default)]
    pub limit: Option<usize>,
    #[serde(default)]
    pub pagination_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub devices: Vec<DeviceType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<String>,
}

impl Operation for ListDevices {
    const NAME: &'static str = "ListDevices";
    const DOOR: Door = Door::AccessToken;
    type Output = Listed;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let user = lookup::bearer(cx).await?;
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        tracking(&pool)?;
        list(cx, &user, self.limit, self.pagination_token.as_deref()).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminListDevices {
    pub user_pool_id: String,
    pub username: String,
    #[serde(default)]
    pub limit: Option<usize>,
    #[serde(default)]
    pub pagination_token: Option<String>,
}

impl Operation for AdminListDevices {
    const NAME: &'static str = "AdminListDevices";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        tracking(&pool)?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        list(cx, &user, self.limit, self.pagination_token.as_deref()).await
    }
}

async fn list(cx: &mut Cx, user: &User, limit: Option<usize>, token: Option<&str>) -> Result<Listed> {
    let list = format!("devices:{}:{}", user.pool_id, user.sub);
    let limit = limit.filter(|l| *l > 0).unwrap_or(60);
    let after = page::position(cx, &list, token)?.unwrap_or_default();
    let mut devices = store::list(&mut *cx.read().await?, &user.pool_id, &user.sub, &after, limit as i64 + 1).await?;
    let next = page::cut(&mut devices, limit, |d| d.key.clone());
    let devices = devices.iter().map(|d| DeviceType::of(cx, user, d)).collect();
    Ok(Listed { devices, pagination_token: next.map(|n| page::token(cx, &list, &n)) })
}
