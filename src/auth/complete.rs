//! What follows a proof: another challenge, or the end of the sign-in.

use super::answer::Answer;
use super::challenge::{self, Detail, MFA_SETUP, NEW_PASSWORD_REQUIRED, SELECT_MFA_TYPE, Seal};
use super::progress::Progress;
use super::second_factor::{self, Demand};
use super::{custom, device, history, otp};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::DAY;
use crate::pools::Pool;
use crate::tokens::issue::{self, Begin};
use crate::tokens::sessions;
use crate::triggers::authentication;
use crate::users::mfa::Factor;
use crate::users::{Status, User};
use std::collections::BTreeMap;

/// Where a sign-in stands after a proof.
pub enum Step {
    Challenge(Box<Answer>),
    Passed(Box<Passed>),
}

/// A sign-in that proved all it had to. It counts once [`Seal`] is spent in the transaction that begins its session.
pub struct Passed {
    pub user: User,
    pub progress: Progress,
    pub seal: Option<Seal>,
}

/// Goes on from a proof. `seal` is of the challenge that it answered: used up with whatever comes of it.
pub async fn proceed(cx: &mut Cx, pool: &Pool, client: &Client, user: User, progress: Progress, seal: Option<Seal>) -> Result<Step> {
    user.may_sign_in()?;
    if user.status == Status::ForceChangePassword {
        refuse_stale(cx, pool, &user)?;
        spend(cx, pool, seal).await?;
        return Ok(Step::Challenge(Box::new(new_password_required(cx, pool, client, &user, progress)?)));
    }
    if progress.custom.is_some() && !progress.second_factor {
        spend(cx, pool, seal).await?;
        return custom::next(cx, pool, client, Some(user), progress).await;
    }
    if let Some(answer) = device::challenge(cx, pool, client, &user, &progress).await? {
        spend(cx, pool, seal).await?;
        return Ok(Step::Challenge(Box::new(answer)));
    }
    let demand = if progress.second_factor { Demand::Nothing } else { second_factor::demand(pool, &user) };
    let answer = match demand {
        Demand::Nothing => return Ok(Step::Passed(Box::new(Passed { user, progress, seal }))),
        Demand::One(factor) => return Ok(Step::Challenge(Box::new(ask(cx, pool, client, &user, progress, factor, seal).await?))),
        Demand::Choose(factors) => choose(cx, client, &user, progress, factors, SELECT_MFA_TYPE, "MFAS_CAN_CHOOSE")?,
        Demand::SetUp(factors) => choose(cx, client, &user, progress, factors, MFA_SETUP, "MFAS_CAN_SETUP")?,
        Demand::Impossible => {
            return Err(ApiError::mfa_method_not_found("The user has no MFA method that the user pool offers, and can not set one up."));
        }
    };
    spend(cx, pool, seal).await?;
    Ok(Step::Challenge(Box::new(answer)))
}

/// The challenge of one second factor.
pub async fn ask(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    user: &User,
    progress: Progress,
    factor: Factor,
    seal: Option<Seal>,
) -> Result<Answer> {
    if factor == Factor::SoftwareToken {
        let name = crate::mfa::software_token::name(cx, user).await?;
        spend(cx, pool, seal).await?;
        let session = challenge::session(cx, client, challenge::SOFTWARE_TOKEN_MFA, progress, Detail::None)?;
        let mut answer = Answer::challenge(challenge::SOFTWARE_TOKEN_MFA, session, [("USER_ID_FOR_SRP", user.username.clone())]);
        if let Some(name) = name {
            answer.challenge_parameters.insert("FRIENDLY_DEVICE_NAME".into(), name);
        }
        return Ok(answer);
    }
    let (name, attribute) = if factor == Factor::Sms { (challenge::SMS_MFA, "phone_number") } else { (challenge::EMAIL_OTP, "email") };
    let address = user.attribute(attribute).unwrap_or_default().to_owned();
    let code = otp::Code { challenge: name, attribute, address, digits: otp::SECOND_FACTOR_DIGITS, sets_up: false };
    let mut answer = otp::send(cx, pool, client, Some(user), progress, code, seal).await?;
    answer.challenge_parameters.insert("USER_ID_FOR_SRP".into(), user.username.clone());
    Ok(answer)
}

fn choose(
    cx: &Cx,
    client: &Client,
    user: &User,
    progress: Progress,
    factors: Vec<Factor>,
    name: &'static str,
    parameter: &'static str,
) -> Result<Answer> {
    let list = serde_json::to_string(&factors).map_err(anyhow::Error::from)?;
    let session = challenge::session(cx, client, name, progress, Detail::Factors(factors))?;
    Ok(Answer::challenge(name, session, [(parameter, list), ("USER_ID_FOR_SRP", user.username.clone())]))
}

/// Uses a challenge up before the next one is asked.
pub async fn spend(cx: &mut Cx, pool: &Pool, seal: Option<Seal>) -> Result<()> {
    let Some(seal) = seal else { return Ok(()) };
    let now = cx.now();
    let mut tx = cx.begin().await?;
    seal.spend(&mut tx, &pool.id, now).await?;
    tx.commit().await
}

/// The end of a sign-in through the API: tokens, or the challenge that the step is.
pub async fn answer(cx: &mut Cx, pool: &Pool, client: &Client, step: Step) -> Result<Answer> {
    match step {
        Step::Challenge(answer) => Ok(*answer),
        Step::Passed(passed) => tokens(cx, pool, client, *passed).await,
    }
}

async fn tokens(cx: &mut Cx, pool: &Pool, client: &Client, passed: Passed) -> Result<Answer> {
    let Passed { user, progress, seal } = passed;
    let now = cx.now();
    let new_device = device::new(cx, pool, &progress);
    let device_key = new_device.as_ref().map(|d| d.device_key.clone()).or_else(|| progress.device_key.clone());
    authentication::post(cx, pool, client, &user, new_device.is_some()).await?;
    let event = history::passed(cx, pool, client, &progress);
    let begin = Begin {
        device_key: device_key.filter(|_| pool.devices().is_some()),
        amr: progress.methods(),
        event_id: Some(event.id.clone()),
        ..Begin::api(now)
    };
    let (session, refresh) = issue::begin(cx, client, &user, begin);
    let tokens = issue::sign(cx, client, &user, &session, Some(&refresh), progress.source()).await?;
    let address = cx.address;
    let mut tx = cx.begin().await?;
    if let Some(seal) = &seal {
        seal.spend(&mut tx, &pool.id, now).await?;
    }
    crate::users::store::hold(&mut tx, &user).await?;
    sessions::start(&mut tx, pool, &session).await.map_err(gone)?;
    event.store(&mut tx, &user.sub).await?;
    device::record(&mut tx, &user, &progress, new_device.as_ref(), now, address).await?;
    tx.commit().await?;
    let mut answer = Answer::from(tokens);
    if let Some(result) = &mut answer.authentication_result {
        result.new_device_metadata = new_device;
    }
    Ok(answer)
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

fn new_password_required(cx: &Cx, pool: &Pool, client: &Client, user: &User, progress: Progress) -> Result<Answer> {
    let required: Vec<String> = missing_attributes(pool, user).iter().map(|name| format!("userAttributes.{name}")).collect();
    let attributes: BTreeMap<&str, &str> = user.attributes.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let json = |value: serde_json::Result<String>| value.map_err(anyhow::Error::from);
    let parameters = [
        ("USER_ID_FOR_SRP", user.username.clone()),
        ("requiredAttributes", json(serde_json::to_string(&required))?),
        ("userAttributes", json(serde_json::to_string(&attributes))?),
    ];
    let session = challenge::session(cx, client, NEW_PASSWORD_REQUIRED, progress, Detail::None)?;
    Ok(Answer::challenge(NEW_PASSWORD_REQUIRED, session, parameters))
}

/// Attributes that the pool requires and the user lacks.
pub fn missing_attributes<'a>(pool: &'a Pool, user: &User) -> Vec<&'a str> {
    let required = pool.document.schema.iter().filter(|a| a.required && a.name != "sub");
    required.filter(|a| !user.attributes.contains_key(&a.name)).map(|a| a.name.as_str()).collect()
}
