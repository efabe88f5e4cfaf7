//! The answers to challenges.

use super::answer::Answer;
use super::challenge::{self, NEW_PASSWORD_REQUIRED, Opened, PASSWORD, PASSWORD_SRP, PASSWORD_VERIFIER, SELECT_CHALLENGE, Session};
use super::complete::{self, complete};
use super::initiate::required;
use super::srp_flow::{self, Claim};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::tokens::issue::{self, Begin};
use crate::users::attributes::{self, Attribute, Writer};
use crate::users::ops::confirm_sign_up::{claim_aliases, save_password};
use crate::users::{Status, User, store};
use std::collections::BTreeMap;

/// An answer to a challenge.
pub struct Response<'a> {
    pub challenge: &'a str,
    pub session: Option<&'a str>,
    pub answers: &'a BTreeMap<String, String>,
}

pub async fn respond(cx: &mut Cx, pool: &Pool, client: &Client, response: &Response<'_>) -> Result<Answer> {
    let username = required(response.answers, "USERNAME")?;
    client.check_secret_hash(username, response.answers.get("SECRET_HASH").map(String::as_str))?;
    match response.challenge {
        PASSWORD_VERIFIER => {
            let claim = Claim {
                secret_block: required(response.answers, "PASSWORD_CLAIM_SECRET_BLOCK")?,
                signature: required(response.answers, "PASSWORD_CLAIM_SIGNATURE")?,
                timestamp: required(response.answers, "TIMESTAMP")?,
            };
            let (user, used) = srp_flow::verify(cx, pool, client, claim).await?;
            complete(cx, pool, client, user, Some(used)).await
        }
        NEW_PASSWORD_REQUIRED => new_password(cx, pool, client, response, username).await,
        SELECT_CHALLENGE => {
            let opened = challenge::open_session_of(cx, pool, client, response.session, SELECT_CHALLENGE, username).await?;
            select(cx, pool, client, opened, response.answers).await
        }
        PASSWORD => {
            let opened = challenge::open_session_of(cx, pool, client, response.session, PASSWORD, username).await?;
            password(cx, pool, client, opened, required(response.answers, "PASSWORD")?).await
        }
        PASSWORD_SRP => {
            let opened = challenge::open_session_of(cx, pool, client, response.session, PASSWORD_SRP, username).await?;
            srp_flow::start(cx, pool, client, &opened.state.username, required(response.answers, "SRP_A")?).await
        }
        other => Err(ApiError::invalid_parameter(format!("The challenge {other} is not one that was asked."))),
    }
}

async fn select(cx: &mut Cx, pool: &Pool, client: &Client, opened: Opened<Session>, answers: &BTreeMap<String, String>) -> Result<Answer> {
    let username = opened.state.username.clone();
    match (required(answers, "ANSWER")?, answers.get("PASSWORD"), answers.get("SRP_A")) {
        (PASSWORD, Some(given), _) => password(cx, pool, client, opened, given).await,
        (PASSWORD_SRP, _, Some(srp_a)) => srp_flow::start(cx, pool, client, &username, srp_a).await,
        (PASSWORD, None, _) => super::initiate::offer(cx, pool, client, &username, PASSWORD).await,
        (PASSWORD_SRP, _, None) => super::initiate::offer(cx, pool, client, &username, PASSWORD_SRP).await,
        _ => Err(ApiError::invalid_parameter("The selected challenge is not available.")),
    }
}

async fn password(cx: &mut Cx, pool: &Pool, client: &Client, opened: Opened<Session>, given: &str) -> Result<Answer> {
    let user = super::password::verify(cx, pool, client, &opened.state.username, given).await?;
    complete(cx, pool, client, user, Some(opened)).await
}

async fn new_password(cx: &mut Cx, pool: &Pool, client: &Client, response: &Response<'_>, username: &str) -> Result<Answer> {
    let opened = challenge::open_session_of(cx, pool, client, response.session, NEW_PASSWORD_REQUIRED, username).await?;
    let chosen = required(response.answers, "NEW_PASSWORD")?;
    let given = response.answers.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix("userAttributes.")?.to_owned();
        Some(Attribute { name, value: value.clone() })
    });
    let (user, opened) = set_new_password(cx, pool, client, opened, chosen, given.collect()).await?;
    let now = cx.now();
    let (session, refresh) = issue::begin(cx, client, &user, Begin::api(now));
    let tokens = issue::sign(cx, client, &user, &session, Some(&refresh)).await?;
    let mut tx = cx.begin().await?;
    opened.spend(&mut tx, client, now).await?;
    claim_aliases(&mut tx, pool, &user, false).await?;
    save_password(&mut tx, pool, &user).await?;
    crate::tokens::store::insert_session(&mut tx, &session).await.map_err(complete::gone)?;
    tx.commit().await?;
    Ok(tokens.into())
}

/// The user with a new password and the attributes that the pool requires, not stored yet.
pub async fn set_new_password(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    opened: Opened<Session>,
    chosen: &str,
    given: Vec<Attribute>,
) -> Result<(User, Opened<Session>)> {
    opened.refuse_spent(cx, client).await?;
    let invalid = || ApiError::not_authorized("Invalid session for the user.");
    let user = store::find_by_sub(&mut *cx.read().await?, &pool.id, &opened.state.sub).await?;
    let mut user = user
        .filter(|u| u.status == Status::ForceChangePassword && u.password_set_at == opened.state.password_set_at)
        .ok_or_else(invalid)?;
    user.may_sign_in()?;
    complete::refuse_stale(cx, pool, &user)?;
    pool.check_password(chosen)?;
    let kept =
        |a: &&Attribute| pool.attribute(&a.name).is_some_and(|s| s.required) && user.attribute(&a.name).is_some_and(|v| v != a.value);
    if let Some(attribute) = given.iter().find(kept) {
        return Err(ApiError::invalid_parameter(format!("Cannot modify an already provided {}", attribute.name)));
    }
    attributes::update(pool, &mut user, &given, Writer::Client(client))?;
    if let Some(name) = complete::missing_attributes(pool, &user).first() {
        return Err(ApiError::invalid_parameter(format!("Invalid attributes given, {name} is missing")));
    }
    user.set_password(crate::users::password::renew(cx, pool, &user, chosen).await?, cx.now());
    user.status = Status::Confirmed;
    user.modified_at = cx.now();
    Ok((user, opened))
}
