//! GlobalSignOut and AdminUserGlobalSignOut

use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::tokens::issue::sign_out_everywhere;
use crate::users::lookup;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GlobalSignOut {
    pub access_token: String,
}

impl Operation for GlobalSignOut {
    const NAME: &'static str = "GlobalSignOut";
    const DOOR: Door = Door::AccessToken;
    type Output = Empty;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let (pool_id, sub) = (cx.bearer()?.pool_id.clone(), cx.bearer()?.sub.clone());
        sign_out(cx, &pool_id, &sub).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminUserGlobalSignOut {
    pub user_pool_id: String,
    pub username: String,
}

impl Operation for AdminUserGlobalSignOut {
    const NAME: &'static str = "AdminUserGlobalSignOut";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        sign_out(cx, &pool.id, &user.sub).await
    }
}

async fn sign_out(cx: &mut Cx, pool_id: &str, sub: &str) -> Result<Empty> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    sign_out_everywhere(&mut tx, pool_id, sub, now).await?;
    tx.commit().await?;
    Ok(Empty {})
}
