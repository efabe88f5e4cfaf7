//! ConfirmSignUp and AdminConfirmSignUp

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::pools::Pool;
use crate::risk::Context;
use crate::risk::context::UserContextData;
use crate::store::{StoreError, Tx};
use crate::triggers::{Metadata, confirmation};
use crate::users::attempts::{self, Action};
use crate::users::code::{self, Purpose};
use crate::users::{Status, User, lookup, password, store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfirmSignUp {
    pub client_id: String,
    #[serde(default)]
    pub secret_hash: Option<String>,
    pub username: String,
    pub confirmation_code: String,
    #[serde(default)]
    pub force_alias_creation: bool,
    /// What SignUp answered with: it leads to a session that signs in.
    #[serde(default)]
    pub session: Option<String>,
    #[serde(default)]
    pub user_context_data: Option<UserContextData>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Confirmed {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

impl Operation for ConfirmSignUp {
    const NAME: &'static str = "ConfirmSignUp";
    const DOOR: Door = Door::Public;
    type Output = Confirmed;

    async fn run(self, cx: &mut Cx) -> Result<Confirmed> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let client = crate::clients::load(cx, &self.client_id).await?;
        client.check_secret_hash(&self.username, self.secret_hash.as_deref())?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        Context::of_user(cx, &pool, &client, self.user_context_data.as_ref())?;
        let found = lookup::find(cx, &pool, &self.username).await?;
        // Whoever may not know who exists gets one answer for nobody and for somebody who has no code to give.
        let waiting = found.filter(|u| !client.hides_users() || u.status == Status::Unconfirmed);
        let Some(mut user) = waiting else {
            attempts::count(cx, &pool, &attempts::subject_of_unknown(&pool, &self.username), Action::ConfirmSignUp).await?;
            return Err(if client.hides_users() { code::mismatch() } else { ApiError::no_such_user() });
        };
        refuse_confirmed(&user)?;
        let checked = code::check(cx, &pool, &user, &Purpose::SignUp, Action::ConfirmSignUp, &self.confirmation_code).await?;
        user.status = Status::Confirmed;
        let proved = ["email", "phone_number"].into_iter().find(|name| user.attribute(name) == Some(checked.destination.as_str()));
        if let Some(name) = proved {
            user.set_verified(name, true);
        }
        user.modified_at = cx.now();
        let session = crate::auth::after_sign_up::confirmed(cx, &client, &user, self.session.as_deref(), proved)?;
        let mut tx = cx.begin().await?;
        checked.take(&mut tx, &user).await?;
        claim_aliases(&mut tx, &pool, &user, self.force_alias_creation).await?;
        save(&mut tx, &pool, &user).await?;
        tx.commit().await?;
        confirmation::signed_up(cx, &pool, Some(&client), &user).await?;
        Ok(Confirmed { session })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminConfirmSignUp {
    pub user_pool_id: String,
    pub username: String,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

impl Operation for AdminConfirmSignUp {
    const NAME: &'static str = "AdminConfirmSignUp";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let mut user = lookup::require(cx, &pool, &self.username).await?;
        refuse_confirmed(&user)?;
        user.status = Status::Confirmed;
        user.modified_at = cx.now();
        let mut tx = cx.begin().await?;
        code::withdraw(&mut tx, &user, &Purpose::SignUp).await?;
        save(&mut tx, &pool, &user).await?;
        tx.commit().await?;
        confirmation::signed_up(cx, &pool, None, &user).await?;
        Ok(Empty {})
    }
}

fn refuse_confirmed(user: &User) -> Result<()> {
    if user.status == Status::Unconfirmed {
        return Ok(());
    }
    Err(ApiError::not_authorized(format!("User cannot be confirmed. Current status is {}", user.status.as_str())))
}

/// Refuses aliases that somebody else holds or, by force, takes them over; the former holder's address counts as unproved then.
pub async fn claim_aliases(tx: &mut Tx, pool: &Pool, user: &User, force: bool) -> Result<()> {
    for (kind, value) in lookup::aliases(pool, user) {
        let owner = store::name_owner(tx, pool, value).await?.filter(|sub| *sub != user.sub);
        let Some(owner) = owner else { continue };
        let holder = store::find_by_sub(tx, &pool.id, &owner).await?;
        // Only an address can be taken over: a user name is for good.
        let held =
            holder.filter(|h| force && kind != "preferred_username" && h.attribute(kind).is_some_and(|v| pool.key(v) == pool.key(value)));
        let Some(mut holder) = held else { return Err(alias_exists(kind)) };
        holder.set_verified(kind, false);
        holder.modified_at = user.modified_at;
        store::update(tx, pool, &holder).await?;
    }
    Ok(())
}

/// Saves, and turns a taken alias into the exception for it.
pub async fn save(tx: &mut Tx, pool: &Pool, user: &User) -> Result<()> {
    match store::update(tx, pool, user).await {
        Err(StoreError::Duplicate) => Err(alias_exists(lookup::aliases(pool, user).first().map_or("email", |(kind, _)| kind))),
        other => Ok(other?),
    }
}

/// Saves a user with a new password. Whoever still holds a reset code must not undo it.
pub async fn save_password(tx: &mut Tx, pool: &Pool, user: &User) -> Result<()> {
    code::withdraw(tx, user, &Purpose::ResetPassword).await?;
    password::keep(tx, pool, user).await?;
    save(tx, pool, user).await
}

fn alias_exists(kind: &str) -> ApiError {
    ApiError::alias_exists(format!("An account with the {kind} already exists."))
}
