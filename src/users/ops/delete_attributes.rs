//! DeleteUserAttributes and AdminDeleteUserAttributes

use super::confirm_sign_up::save;
use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::pools::Pool;
use crate::users::{User, attributes, lookup};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserAttributes {
    pub user_attribute_names: Vec<String>,
    pub access_token: String,
}

impl Operation for DeleteUserAttributes {
    const NAME: &'static str = "DeleteUserAttributes";
    const DOOR: Door = Door::AccessToken;
    type Output = Empty;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let client_id = cx.bearer()?.client_id.clone();
        let client = crate::clients::load(cx, &client_id).await?;
        if self.user_attribute_names.iter().any(|name| !client.may_write(name) || name.starts_with("dev:") || name.ends_with("_verified")) {
            return Err(ApiError::not_authorized("A client attempted to write unauthorized attribute"));
        }
        let user = lookup::bearer(cx).await?;
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        delete(cx, &pool, user, &self.user_attribute_names).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminDeleteUserAttributes {
    pub user_pool_id: String,
    pub username: String,
    pub user_attribute_names: Vec<String>,
}

impl Operation for AdminDeleteUserAttributes {
    const NAME: &'static str = "AdminDeleteUserAttributes";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        delete(cx, &pool, user, &self.user_attribute_names).await
    }
}

async fn delete(cx: &mut Cx, pool: &Pool, mut user: User, names: &[String]) -> Result<Empty> {
    attributes::refuse_unknown(pool, names.iter().map(String::as_str), "Invalid user attributes: ")?;
    for name in names {
        if pool.attribute(name).is_some_and(|schema| !schema.mutable) || name == "identities" {
            return Err(ApiError::invalid_parameter(format!("user.{name}: Attribute cannot be updated.")));
        }
        attributes::remove(pool, &mut user, name)?;
    }
    user.modified_at = cx.now();
    let mut tx = cx.begin().await?;
    save(&mut tx, pool, &user).await?;
    tx.commit().await?;
    Ok(Empty {})
}
