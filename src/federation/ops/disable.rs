//! AdminDisableProviderForUser: an identity signs in as this user no more.

use super::link::profile;
use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::federation::identity::{self, ProviderUser, SUBJECT};
use crate::federation::provider;
use crate::federation::store::{self, LinkRow};
use crate::pools::Pool;
use crate::store::StoreError;
use crate::tokens::issue::sign_out_everywhere;
use crate::users::ops::confirm_sign_up::{save, save_password};
use crate::users::{Status, lookup};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminDisableProviderForUser {
    pub user_pool_id: String,
    pub user: ProviderUser,
}

impl Operation for AdminDisableProviderForUser {
    const NAME: &'static str = "AdminDisableProviderForUser";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        self.user.check("User", true)?;
        if self.user.is_native() {
            return close_to_passwords(cx, &pool, &self.user).await;
        }
        let (name, attribute, value) = (&self.user.provider_name, &self.user.provider_attribute_name, &self.user.provider_attribute_value);
        let link = store::link(&mut *cx.read().await?, &pool.id, name, attribute, value).await?;
        match link {
            Some(link) if link.disabled => Ok(Empty {}),
            Some(link) => unlink(cx, &pool, &link).await,
            None => close_profile(cx, &pool, &self.user).await,
        }
    }
}

/// A user of the pool's own keeps the account, but its password is gone: who is to sign in there does so through a provider.
async fn close_to_passwords(cx: &mut Cx, pool: &Pool, given: &ProviderUser) -> Result<Empty> {
    if given.provider_attribute_name != SUBJECT {
        return Err(ApiError::invalid_parameter("Invalid User: ProviderAttributeName must be Cognito_Subject for the provider Cognito."));
    }
    let mut user = lookup::require(cx, pool, &given.provider_attribute_value).await?;
    user.status = Status::ExternalProvider;
    (user.password, user.password_set_at, user.verifier) = (None, None, None);
    let now = cx.now();
    user.modified_at = now;
    let mut tx = cx.begin().await?;
    save_password(&mut tx, pool, &user).await?;
    sign_out_everywhere(&mut tx, &pool.id, &user.sub, now).await?;
    crate::hosted::store::end_browser_sessions(&mut tx, &pool.id, &user.sub).await?;
    tx.commit().await?;
    Ok(Empty {})
}

async fn unlink(cx: &mut Cx, pool: &Pool, link: &LinkRow) -> Result<Empty> {
    let user = crate::users::store::find_by_sub(&mut *cx.read().await?, &pool.id, &link.sub).await?;
    let mut user = user.ok_or_else(ApiError::no_such_user)?;
    identity::remove(&mut user, &link.provider, &link.value)?;
    user.modified_at = cx.now();
    let mut tx = cx.begin().await?;
    save(&mut tx, pool, &user).await?;
    if !store::delete_link(&mut tx, link).await? {
        return Err(ApiError::no_such_user());
    }
    tx.commit().await?;
    Ok(Empty {})
}

/// A profile stays, but the identity that made it does not sign in to it any more.
async fn close_profile(cx: &mut Cx, pool: &Pool, given: &ProviderUser) -> Result<Empty> {
    let (name, subject) = (&given.provider_name, &given.provider_attribute_value);
    let user = if given.provider_attribute_name == SUBJECT { profile(cx, pool, name, subject).await? } else { None };
    let Some(user) = user else {
        provider::find(cx, pool, name).await?.ok_or_else(|| provider::not_in_pool(name, &pool.id))?;
        return Err(ApiError::no_such_user());
    };
    let closed = LinkRow {
        pool_id: pool.id.clone(),
        provider: name.clone(),
        attribute: SUBJECT.to_owned(),
        value: subject.clone(),
        sub: user.sub,
        disabled: true,
        created_at: cx.now(),
    };
    let mut tx = cx.begin().await?;
    match store::insert_link(&mut tx, &closed).await {
        // Closed by another request at the same time.
        Err(StoreError::Duplicate) => return Ok(Empty {}),
        other => other?,
    }
    tx.commit().await?;
    Ok(Empty {})
}
