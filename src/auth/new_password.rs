//! NEW_PASSWORD_REQUIRED: a password of one's own in place of an administrator's.

use super::challenge::{self, Opened, Session};
use super::complete::{self, Step, proceed};
use super::initiate::required;
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::users::attributes::{self, Attribute, Writer};
use crate::users::ops::confirm_sign_up::{claim_aliases, save_password};
use crate::users::{Status, User, store};
use std::collections::BTreeMap;

pub async fn answer(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    opened: Opened<Session>,
    answers: &BTreeMap<String, String>,
) -> Result<Step> {
    let chosen = required(answers, "NEW_PASSWORD")?;
    let given = answers.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix("userAttributes.")?.to_owned();
        Some(Attribute { name, value: value.clone() })
    });
    set(cx, pool, client, opened, chosen, given.collect()).await
}

/// Sets the password and the attributes that the pool requires, and goes on with the sign-in.
pub async fn set(cx: &mut Cx, pool: &Pool, client: &Client, opened: Opened<Session>, chosen: &str, given: Vec<Attribute>) -> Result<Step> {
    let user = change(cx, pool, client, &opened, chosen, &given).await?;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    opened.seal.spend(&mut tx, &pool.id, now).await?;
    claim_aliases(&mut tx, pool, &user, false).await?;
    save_password(&mut tx, pool, &user).await?;
    tx.commit().await?;
    let mut progress = opened.state.progress;
    progress.password_set_at = user.password_set_at;
    progress.new_password = true;
    let user = progress.user(cx, pool).await?;
    proceed(cx, pool, client, user, progress, None).await
}

/// The user with the new password, not stored yet.
async fn change(cx: &mut Cx, pool: &Pool, client: &Client, opened: &Opened<Session>, chosen: &str, given: &[Attribute]) -> Result<User> {
    opened.seal.refuse_spent(cx, &pool.id).await?;
    let progress = &opened.state.progress;
    let user = store::find_by_sub(&mut *cx.read().await?, &pool.id, &progress.sub).await?;
    let mut user = user
        .filter(|u| u.status == Status::ForceChangePassword && u.password_set_at == progress.password_set_at)
        .ok_or_else(challenge::invalid)?;
    user.may_sign_in()?;
    complete::refuse_stale(cx, pool, &user)?;
    pool.check_password(chosen)?;
    // Whoever holds a temporary password may add what is missing, and change nothing: least of all where second factors go.
    let kept = |a: &&Attribute| user.attribute(&a.name).is_some_and(|v| v != a.value);
    if let Some(attribute) = given.iter().find(kept) {
        return Err(ApiError::invalid_parameter(format!("Cannot modify an already provided {}", attribute.name)));
    }
    attributes::update(pool, &mut user, given, Writer::Client(client))?;
    if let Some(name) = complete::missing_attributes(pool, &user).first() {
        return Err(ApiError::invalid_parameter(format!("Invalid attributes given, {name} is missing")));
    }
    user.set_password(crate::users::password::renew(cx, pool, &user, chosen).await?, cx.now());
    user.status = Status::Confirmed;
    user.modified_at = cx.now();
    Ok(user)
}
