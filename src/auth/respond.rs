//! The answers to challenges.

use super::answer::Answer;
use super::challenge::{
    self, CUSTOM_CHALLENGE, DEVICE_PASSWORD_VERIFIER, DEVICE_SRP_AUTH, EMAIL_OTP, MFA_SETUP, NEW_PASSWORD_REQUIRED, Opened, PASSWORD,
    PASSWORD_SRP, PASSWORD_VERIFIER, SELECT_CHALLENGE, SELECT_MFA_TYPE, SMS_MFA, SMS_OTP, SOFTWARE_TOKEN_MFA, Session, WEB_AUTHN,
};
use super::complete::{self, Step, proceed};
use super::initiate::required;
use super::progress::Progress;
use super::srp_flow::{self, Claim};
use super::{choice, custom, device, factors, history, new_password, passkey};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use std::collections::BTreeMap;

/// An answer to a challenge.
pub struct Response<'a> {
    pub challenge: &'a str,
    pub session: Option<&'a str>,
    pub answers: &'a BTreeMap<String, String>,
}

pub async fn respond(cx: &mut Cx, pool: &Pool, client: &Client, response: &Response<'_>) -> Result<Answer> {
    history::refuse_blocked(cx, pool, client).await?;
    let username = required(response.answers, "USERNAME")?;
    client.check_secret_hash(username, response.answers.get("SECRET_HASH").map(String::as_str))?;
    match response.challenge {
        SELECT_CHALLENGE => {
            let opened = open(cx, pool, client, response, username).await?;
            choice::select(cx, pool, client, opened.state.progress, response.answers, opened.seal).await
        }
        PASSWORD_SRP => {
            let opened = open(cx, pool, client, response, username).await?;
            let srp_a = required(response.answers, "SRP_A")?;
            srp_flow::start(cx, pool, client, opened.state.progress, srp_a).await
        }
        DEVICE_SRP_AUTH => {
            let opened = open(cx, pool, client, response, username).await?;
            device::start(cx, pool, client, opened, required(response.answers, "SRP_A")?).await
        }
        _ => {
            let step = prove(cx, pool, client, response, username).await?;
            complete::answer(cx, pool, client, step).await
        }
    }
}

/// The challenges whose answer is a proof, or a choice that leads to one.
pub async fn prove(cx: &mut Cx, pool: &Pool, client: &Client, response: &Response<'_>, username: &str) -> Result<Step> {
    let answers = response.answers;
    match response.challenge {
        PASSWORD_VERIFIER => {
            let (user, mut progress, seal) = srp_flow::verify(cx, pool, client, claim(answers)?).await?;
            name_device(&mut progress, answers);
            progress.custom = progress.custom.map(|rounds| rounds.and(PASSWORD_VERIFIER, true));
            proceed(cx, pool, client, user, progress, Some(seal)).await
        }
        DEVICE_PASSWORD_VERIFIER => device::finish(cx, pool, client, claim(answers)?).await,
        _ => {
            let mut opened = open(cx, pool, client, response, username).await?;
            name_device(&mut opened.state.progress, answers);
            session_proof(cx, pool, client, response, opened).await
        }
    }
}

async fn session_proof(cx: &mut Cx, pool: &Pool, client: &Client, response: &Response<'_>, opened: Opened<Session>) -> Result<Step> {
    let answers = response.answers;
    match response.challenge {
        PASSWORD => {
            let given = required(answers, "PASSWORD")?;
            choice::prove_password(cx, pool, client, opened.state.progress, given, Some(opened.seal)).await
        }
        NEW_PASSWORD_REQUIRED => new_password::answer(cx, pool, client, opened, answers).await,
        EMAIL_OTP => factors::code(cx, pool, client, opened, required(answers, "EMAIL_OTP_CODE")?).await,
        SMS_OTP => factors::code(cx, pool, client, opened, required(answers, "SMS_OTP_CODE")?).await,
        SMS_MFA => factors::code(cx, pool, client, opened, required(answers, "SMS_MFA_CODE")?).await,
        SOFTWARE_TOKEN_MFA => factors::app(cx, pool, client, opened, required(answers, "SOFTWARE_TOKEN_MFA_CODE")?).await,
        SELECT_MFA_TYPE => factors::select(cx, pool, client, opened, required(answers, "ANSWER")?).await,
        MFA_SETUP => factors::set_up(cx, pool, client, opened, answers).await,
        WEB_AUTHN => passkey::answer(cx, pool, client, opened, required(answers, "CREDENTIAL")?).await,
        CUSTOM_CHALLENGE => custom::answer(cx, pool, client, opened, required(answers, "ANSWER")?).await,
        other => Err(ApiError::invalid_parameter(format!("The challenge {other} is not one that was asked."))),
    }
}

/// The session that a response answers, in the name of its user.
async fn open(cx: &mut Cx, pool: &Pool, client: &Client, response: &Response<'_>, username: &str) -> Result<Opened<Session>> {
    challenge::open_session_of(cx, pool, client, response.session, response.challenge, username).await
}

fn claim(answers: &BTreeMap<String, String>) -> Result<Claim<'_>> {
    Ok(Claim {
        secret_block: required(answers, "PASSWORD_CLAIM_SECRET_BLOCK")?,
        signature: required(answers, "PASSWORD_CLAIM_SIGNATURE")?,
        timestamp: required(answers, "TIMESTAMP")?,
    })
}

/// A client may name its device with the answer instead of the request.
fn name_device(progress: &mut Progress, answers: &BTreeMap<String, String>) {
    if progress.device_key.is_none() {
        progress.device_key = answers.get("DEVICE_KEY").filter(|key| !key.is_empty()).cloned();
    }
}
