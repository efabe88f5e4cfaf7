//! UserMigration: users who are not here yet, taken over from elsewhere when they sign in with a password or ask for a reset. Where they are, a
//! function says, or the other pool that `PoolhouseMigration` names.

use super::message::Occasion;
use super::upstream::{self, Failure, Secrets, Upstream};
use super::{event, functions, store};
use crate::api::{ApiError, Cx, Exception, Result};
use crate::clients::Client;
use crate::messaging::Channel;
use crate::pools::Pool;
use crate::users::attributes::{self, Attribute, Writer};
use crate::users::code::{self, Outgoing};
use crate::users::mfa::Factor;
use crate::users::ops::confirm_sign_up::claim_aliases;
use crate::users::ops::sign_up::{insert, new_user};
use crate::users::password::{self, Account};
use crate::users::{Status, User, lookup};
use serde_json::{Map, Value, json};
use std::sync::Arc;

const TRIGGER: &str = "UserMigration";
/// The purpose that the other pool's secrets are sealed for.
pub const PURPOSE: &str = "migration secrets";

/// A user of elsewhere.
#[derive(Debug, Default)]
pub struct Found {
    /// The name there, where it may differ from the one that was typed.
    pub username: Option<String>,
    pub sub: Option<String>,
    pub attributes: Vec<Attribute>,
    pub status: Status,
    pub groups: Vec<String>,
    pub sms_mfa: bool,
    /// Whether addresses that somebody else signs in by become this user's.
    pub force_aliases: bool,
    /// How a user who must set a new password is sent the code for it; nothing where the function suppresses that.
    pub tell_by: Vec<Channel>,
}

/// The other pool as it is kept, its secrets sealed.
pub type Stored = Arc<(Upstream, Vec<u8>)>;

/// Who is asked for users.
enum Origin {
    Function(String),
    Pool(Upstream, Secrets),
}

/// Who a name leads to now.
pub enum Outcome {
    /// Somebody whose password was right where they come from.
    TakenOver(User),
    /// Somebody who is here by now, and whose password is to be looked at.
    There(User),
}

/// Why a user was not taken over.
enum Refusal {
    /// Nobody of this name, as far as the origin tells.
    Nobody,
    WrongPassword,
    /// The function or the other pool failed, or the user does not fit into this one.
    Failed(ApiError),
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(exception) if exception == "UserNotFoundException" => Self::Nobody,
            Failure::Refused(exception) if exception == "NotAuthorizedException" => Self::WrongPassword,
            Failure::Refused(exception) => Self::Failed(anyhow::anyhow!("the other pool answers {exception}").into()),
            Failure::Broken(why) => Self::Failed(anyhow::anyhow!(why).into()),
        }
    }
}

async fn origin(cx: &mut Cx, pool: &Pool) -> Result<Option<Origin>> {
    if let Some(arn) = pool.function(TRIGGER) {
        return Ok(Some(Origin::Function(arn.to_owned())));
    }
    let Some(setting) = setting(cx, &pool.id).await? else { return Ok(None) };
    Ok(Some(Origin::Pool(setting.0.clone(), open(cx, &setting.1)?)))
}

/// The other pool's setting. Cached, so that a name that nobody has takes no longer than one that somebody has.
async fn setting(cx: &mut Cx, pool_id: &str) -> Result<Option<Stored>> {
    if let Some(known) = cx.app.caches.migrations.get(pool_id) {
        return Ok(known);
    }
    let stored = store::migration(&mut *cx.read().await?, pool_id).await?.map(Arc::new);
    cx.app.caches.migrations.insert(pool_id.to_owned(), stored.clone());
    Ok(stored)
}

/// The other pool's secrets.
pub fn open(cx: &Cx, sealed: &[u8]) -> Result<Secrets> {
    let plain =
        cx.app.sealer.open(PURPOSE, sealed).ok_or_else(|| anyhow::anyhow!("the migration's secrets do not open with the master key"))?;
    Ok(serde_json::from_slice(&plain).map_err(anyhow::Error::from)?)
}

/// Whether users of this pool may be elsewhere still.
pub async fn is_set(cx: &mut Cx, pool: &Pool) -> Result<bool> {
    Ok(origin(cx, pool).await?.is_some())
}

/// Takes over who signs in with a name that nobody has here and this password. `None` where users come from nowhere. Guesses at a password elsewhere count and lock as those at a password here do.
pub async fn sign_in(cx: &mut Cx, pool: &Pool, client: &Client, typed: &str, given: &str) -> Result<Option<Outcome>> {
    let Some(origin) = origin(cx, pool).await? else { return Ok(None) };
    let account = Account::Unknown(typed);
    let guard = cx.app.in_flight.enter(format!("{}/{}", pool.id, account.key(pool)))?;
    password::refuse_locked(cx, pool, &account).await?;
    let outcome = migrate(cx, pool, client, &origin, typed, Some(given)).await;
    drop(guard);
    let refusal = match outcome {
        Ok(user) => return Ok(Some(Outcome::TakenOver(user))),
        Err(refusal) => refusal,
    };
    // Another request was faster.
    if let Some(user) = lookup::find(cx, pool, typed).await? {
        return Ok(Some(Outcome::There(user)));
    }
    // Counts the guess, and costs what a wrong password costs. Where nobody looked at the password, it was none.
    if !matches!(&refusal, Refusal::Failed(error) if error.exception().is_none() || error.is(Exception::UnexpectedLambdaException)) {
        password::verify(cx, pool, &account, given).await?;
    }
    Err(match refusal {
        Refusal::Failed(error) => failed(pool, client, &error, ApiError::bad_credentials),
        Refusal::Nobody if !client.hides_users() => ApiError::no_such_user(),
        Refusal::Nobody | Refusal::WrongPassword => ApiError::bad_credentials(),
    })
}

/// Takes over who asks for a new password. `None` where there is nobody.
pub async fn reset(cx: &mut Cx, pool: &Pool, client: &Client, typed: &str) -> Result<Option<User>> {
    let Some(origin) = origin(cx, pool).await? else { return Ok(None) };
    match migrate(cx, pool, client, &origin, typed, None).await {
        Ok(user) => Ok(Some(user)),
        Err(Refusal::Nobody | Refusal::WrongPassword) => Ok(None),
        Err(Refusal::Failed(error)) => match lookup::find(cx, pool, typed).await? {
            Some(user) => Ok(Some(user)),
            None if client.hides_users() => {
                failed(pool, client, &error, ApiError::bad_credentials);
                Ok(None)
            }
            None => Err(failed(pool, client, &error, ApiError::bad_credentials)),
        },
    }
}

/// The refusal, whose cause only the log tells.
fn failed(pool: &Pool, client: &Client, cause: &ApiError, hidden: fn() -> ApiError) -> ApiError {
    let text = match cause {
        ApiError::Internal(cause) => format!("{cause:#}"),
        refused => refused.message().into_owned(),
    };
    tracing::warn!(pool = pool.id, client = client.id, cause = text, "a user was not taken over");
    if client.hides_users() {
        return hidden();
    }
    ApiError::user_not_found(format!("Exception migrating user in app client {}", client.id))
}

async fn migrate(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    origin: &Origin,
    typed: &str,
    given: Option<&str>,
) -> std::result::Result<User, Refusal> {
    let found = match origin {
        Origin::Function(arn) => ask_function(cx, pool, client, arn, typed, given).await?,
        Origin::Pool(at, secrets) => {
            let other = upstream::Client { at, secrets };
            let mut found = match given {
                Some(password) => other.sign_in(cx, typed, password).await?,
                None if other.has_keys() => other.find(cx, typed).await?,
                None => return Err(Refusal::Nobody),
            };
            found.status = match (found.status, given) {
                (Status::Confirmed | Status::ResetRequired, None) => Status::ResetRequired,
                (status @ (Status::Confirmed | Status::ForceChangePassword), Some(_)) => status,
                _ => return Err(Refusal::Nobody),
            };
            // What this pool has no place for stays behind.
            let known = |name: &str| pool.attribute(name).is_some() && !matches!(name, "sub" | "identities");
            found.attributes.retain(|a| known(&a.name));
            found
        }
    };
    take_over(cx, pool, client, typed, found, given).await
}

async fn ask_function(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    arn: &str,
    typed: &str,
    given: Option<&str>,
) -> std::result::Result<Found, Refusal> {
    let mut request = json!({ "validationData": cx.metadata.validation_data() });
    if let Some(password) = given {
        request["password"] = password.into();
    }
    let response = json!({
        "userAttributes": null, "forceAliasCreation": null, "enableSMSMFA": null, "finalUserStatus": null, "messageAction": null,
        "desiredDeliveryMediums": null,
    });
    let source = if given.is_some() { "UserMigration_Authentication" } else { "UserMigration_ForgotPassword" };
    let event = event::envelope(cx, pool, source, &client.id, typed, request, response);
    let answer = functions::call(cx, TRIGGER, arn, event).await?;
    read(pool, &answer, typed, given.is_some())
}

/// Reads what a function answers. Without attributes there is no user.
fn read(pool: &Pool, answer: &Map<String, Value>, typed: &str, signs_in: bool) -> std::result::Result<Found, Refusal> {
    let given = event::object(answer, "userAttributes")?.filter(|members| !members.is_empty()).ok_or(Refusal::Nobody)?;
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(functions::unrecognizable);
    let named: Vec<(String, String)> =
        given.iter().filter(|(_, v)| !v.is_null()).map(|(name, value)| Ok((name.clone(), text(value)?))).collect::<Result<_>>()?;
    let username = named.iter().find(|(name, _)| name == "username").map(|(_, value)| value.clone());
    if pool.has_username_attributes() && username.as_ref().is_some_and(|name| pool.key(name) != pool.key(typed)) {
        return Err(functions::unrecognizable().into());
    }
    let status = match event::text(answer, "finalUserStatus")?.as_deref() {
        Some("CONFIRMED") => Status::Confirmed,
        None | Some("RESET_REQUIRED") => Status::ResetRequired,
        Some(_) => return Err(functions::unrecognizable().into()),
    };
    let tells = status == Status::ResetRequired && signs_in && event::text(answer, "messageAction")?.as_deref() != Some("SUPPRESS");
    let mut tell_by: Vec<Channel> = event::texts(answer, "desiredDeliveryMediums")?
        .iter()
        .map(|medium| if medium == "EMAIL" { Channel::Email } else { Channel::Sms })
        .collect();
    if tell_by.is_empty() {
        tell_by = vec![Channel::Sms, Channel::Email];
    }
    Ok(Found {
        username,
        attributes: named.into_iter().filter(|(name, _)| name != "username").map(|(name, value)| Attribute { name, value }).collect(),
        status,
        sms_mfa: event::flag(answer, "enableSMSMFA")?,
        force_aliases: event::flag(answer, "forceAliasCreation")?,
        tell_by: if tells { tell_by } else { Vec::new() },
        ..Found::default()
    })
}

/// Stores the user. The password policy does not hold for a password that somebody has already, nor are attributes required that nobody knew of.
async fn take_over(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    typed: &str,
    found: Found,
    given: Option<&str>,
) -> std::result::Result<User, Refusal> {
    let mut user = made(cx, pool, typed, &found)?;
    if let Some(given) = given {
        user.set_password(password::make(cx, pool, &user.sub, &user.username, given).await?, cx.now());
    }
    let outgoing = told(cx, pool, client, &user, &found.tell_by).await?;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    claim_aliases(&mut tx, pool, &user, found.force_aliases).await?;
    insert(&mut tx, pool, &user).await?;
    for group in &found.groups {
        crate::groups::store::join(&mut tx, &pool.id, &user.sub, group).await.map_err(ApiError::from)?;
    }
    if let Some(outgoing) = &outgoing {
        outgoing.store(&mut tx, &user, now).await?;
    }
    tx.commit().await?;
    tracing::info!(pool = pool.id, sub = user.sub, "a user was taken over");
    Ok(user)
}

/// The user as this pool has them, under the name that they typed, or whose alias they typed. A `sub` of the other pool is kept.
fn made(cx: &Cx, pool: &Pool, typed: &str, found: &Found) -> Result<User> {
    let named = if pool.has_username_attributes() { typed } else { found.username.as_deref().unwrap_or(typed) };
    let mut user = new_user(cx, pool, named, found.status)?;
    if let Some(sub) = found.sub.as_ref().filter(|sub| is_uuid(sub)) {
        user.sub.clone_from(sub);
        if pool.has_username_attributes() {
            user.username.clone_from(sub);
        }
    }
    attributes::set_new(pool, &mut user, &found.attributes, Writer::Admin)?;
    if found.sms_mfa && user.attribute("phone_number").is_some() {
        user.mfa.switch(Factor::Sms, true);
    }
    let key = pool.key(typed);
    let leads_here = pool.key(&user.username) == key || lookup::aliases(pool, &user).iter().any(|(_, alias)| pool.key(alias) == key);
    if leads_here {
        Ok(user)
    } else {
        Err(ApiError::invalid_lambda_response(format!("The user {} has no alias that was typed.", user.username)))
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, c)| if [8, 13, 18, 23].contains(&at) { c == b'-' } else { c.is_ascii_hexdigit() })
}

/// The code for a new password, by the first of these ways that leads to the user. A password that was typed is sent to nobody.
async fn told(cx: &mut Cx, pool: &Pool, client: &Client, user: &User, by: &[Channel]) -> Result<Option<Outgoing>> {
    let address = |channel: &Channel| user.attribute(channel.attribute()).map(|address| (channel.attribute(), address));
    match by.iter().find_map(address) {
        Some((name, address)) => code::make(cx, pool, Some(client), user, Occasion::ForgotPassword, name, address).await.map(Some),
        None => Ok(None),
    }
}
