//! What follows a proved password: tokens, or the challenge for a new password.

use super::answer::Answer;
use super::challenge::{self, NEW_PASSWORD_REQUIRED, Opened, Session};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::DAY;
use crate::pools::Pool;
use crate::tokens::issue::{self, Begin};
use crate::tokens::sessions;
use crate::users::{Status, User};
use std::collections::BTreeMap;

/// Answers a proved password, using up the challenge that proved it.
pub async fn complete<T>(cx: &mut Cx, pool: &Pool, client: &Client, user: User, used: Option<Opened<T>>) -> Result<Answer> {
    user.may_sign_in()?;
    if user.status == Status::ForceChangePassword {
        refuse_stale(cx, pool, &user)?;
        if let Some(used) = &used {
            let now = cx.now();
            let mut tx = cx.begin().await?;
            used.spend(&mut tx, client, now).await?;
            tx.commit().await?;
        }
        return new_password_required(cx, pool, client, &user);
    }
    let now = cx.now();
    let (session, refresh) = issue::begin(cx, client, &user, Begin::api(now));
    let tokens = issue::sign(cx, client, &user, &session, Some(&refresh)).await?;
    let mut tx = cx.begin().await?;
    if let Some(used) = &used {
        used.spend(&mut tx, client, now).await?;
    }
    sessions::start(&mut tx, pool, &session).await.map_err(gone)?;
    tx.commit().await?;
    Ok(tokens.into())
}

/// A user who was deleted while signing in gets no session: the row has nothing to refer to.
pub fn gone(error: crate::store::StoreError) -> ApiError {
    match error {
        crate::store::StoreError::Missing => ApiError::bad_credentials(),
        other => other.into(),
    }
}

/// Refuses a temporary password that was left unused for too long.
pub fn refuse_stale(cx: &Cx, pool: &Pool, user: &User) -> Result<()> {
    let valid = pool.password_policy().temporary_password_validity_days * DAY;
    if user.password_set_at.is_none_or(|at| at + valid <= cx.now()) {
        return Err(ApiError::not_authorized("Temporary password has expired and must be reset by an administrator."));
    }
    Ok(())
}

fn new_password_required(cx: &Cx, pool: &Pool, client: &Client, user: &User) -> Result<Answer> {
    let state = Session {
        challenge: NEW_PASSWORD_REQUIRED.into(),
        username: user.username.clone(),
        sub: user.sub.clone(),
        password_set_at: user.password_set_at,
    };
    let required: Vec<String> = missing_attributes(pool, user).iter().map(|name| format!("userAttributes.{name}")).collect();
    let attributes: BTreeMap<&str, &str> = user.attributes.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let json = |value: serde_json::Result<String>| value.map_err(anyhow::Error::from);
    let parameters = [
        ("USER_ID_FOR_SRP", user.username.clone()),
        ("requiredAttributes", json(serde_json::to_string(&required))?),
        ("userAttributes", json(serde_json::to_string(&attributes))?),
    ];
    Ok(Answer {
        challenge_name: Some(NEW_PASSWORD_REQUIRED),
        session: Some(challenge::session(cx, client, state)?),
        challenge_parameters: BTreeMap::from(parameters),
        ..Answer::default()
    })
}

/// Attributes that the pool requires and the user lacks.
pub fn missing_attributes<'a>(pool: &'a Pool, user: &User) -> Vec<&'a str> {
    let required = pool.document.schema.iter().filter(|a| a.required && a.name != "sub");
    required.filter(|a| !user.attributes.contains_key(&a.name)).map(|a| a.name.as_str()).collect()
}
