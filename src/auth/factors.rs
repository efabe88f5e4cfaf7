//! Answers that prove a factor: codes by SMS or e-mail, authenticator apps, and the choice and set-up of a second factor.

use super::challenge::{self, Detail, EMAIL_OTP, Opened, SOFTWARE_TOKEN_MFA, Session};
use super::complete::{self, Step, proceed};
use super::progress::{self, Progress};
use super::{history, otp, second_factor};
use crate::api::{ApiError, Cx, Exception, Result};
use crate::clients::Client;
use crate::mfa::{self, software_token};
use crate::pools::Pool;
use crate::risk::events::Challenge;
use crate::triggers::confirmation;
use crate::users::guesses;
use crate::users::mfa::Factor;
use crate::users::ops::confirm_sign_up::{claim_aliases, save};
use crate::users::{Status, User, store};
use std::collections::BTreeMap;

/// The code of SMS_MFA, SMS_OTP or EMAIL_OTP.
pub async fn code(cx: &mut Cx, pool: &Pool, client: &Client, opened: Opened<Session>, given: &str) -> Result<Step> {
    let Detail::Code { attribute, sets_up, .. } = opened.state.detail.clone() else { return Err(challenge::invalid()) };
    let is_first = opened.state.progress.amr.is_empty() && opened.state.progress.custom.is_none();
    let user = if is_first {
        let user = store::find_by_sub(&mut *cx.read().await?, &pool.id, &opened.state.progress.sub).await?;
        otp::check_first(cx, pool, user.as_ref(), &opened, given).await?;
        user.ok_or_else(otp::mismatch)?
    } else {
        let user = opened.state.progress.user(cx, pool).await?;
        if sets_up.is_some() {
            second_factor::refuse_unless_to_set_up(pool, &user)?;
        }
        let _guard = cx.app.in_flight.enter(format!("{}/code of {}", pool.id, user.sub))?;
        if let Err(refusal) = otp::check_second(cx, &user, &opened, given).await {
            history::failed(cx, pool, client, &user.sub, &opened.state.progress, Challenge::Mfa).await?;
            return Err(refusal);
        }
        user
    };
    let user = keep_address(cx, pool, client, user, &attribute, sets_up.as_deref(), is_first).await?;
    let proof = if attribute == "phone_number" { progress::SMS } else { progress::EMAIL };
    let name = opened.state.challenge.clone();
    let progress = passed(opened.state.progress, proof, &user, &name, !is_first);
    proceed(cx, pool, client, user, progress, Some(opened.seal)).await
}

/// The sign-in with one more proof: a second factor, or a round that the pool's functions go on from.
fn passed(progress: Progress, proof: &str, user: &User, challenge: &str, is_second: bool) -> Progress {
    let mut progress = progress.proved(proof, user);
    match progress.custom.take() {
        Some(rounds) => progress.custom = Some(rounds.and(challenge, true)),
        None => progress.second_factor |= is_second,
    }
    progress
}

/// What a right code says about its address: it is the user's, and a sign-up that waited for that is confirmed.
async fn keep_address(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    user: User,
    attribute: &str,
    sets_up: Option<&str>,
    is_first: bool,
) -> Result<User> {
    let mut changed = user.clone();
    if let Some(address) = sets_up {
        changed.attributes.insert(attribute.to_owned(), address.to_owned());
        changed.mfa.switch(Factor::Email, true);
    }
    if !changed.has_verified(attribute) {
        changed.set_verified(attribute, true);
    }
    if is_first && changed.status == Status::Unconfirmed {
        changed.status = Status::Confirmed;
    }
    if changed == user {
        return Ok(user);
    }
    changed.modified_at = cx.now();
    match write(cx, pool, &changed).await {
        Ok(()) => {}
        // Somebody else signs in by this address: it proves a second factor all the same, and stays theirs.
        Err(error) if error.is(Exception::AliasExistsException) && !is_first && sets_up.is_none() => return Ok(user),
        Err(error) => return Err(error),
    }
    let kept = store::find_by_sub(&mut *cx.read().await?, &pool.id, &user.sub).await?;
    let kept = kept.ok_or_else(challenge::invalid)?;
    if user.status == Status::Unconfirmed && kept.status == Status::Confirmed {
        confirmation::signed_up(cx, pool, Some(client), &kept).await?;
    }
    Ok(kept)
}

async fn write(cx: &mut Cx, pool: &Pool, user: &User) -> Result<()> {
    let mut tx = cx.begin().await?;
    claim_aliases(&mut tx, pool, user, false).await?;
    save(&mut tx, pool, user).await?;
    tx.commit().await
}

/// The code of an authenticator app. Each is taken once.
pub async fn app(cx: &mut Cx, pool: &Pool, client: &Client, opened: Opened<Session>, given: &str) -> Result<Step> {
    let user = opened.state.progress.user(cx, pool).await?;
    let _guard = cx.app.in_flight.enter(format!("{}/code of {}", pool.id, user.sub))?;
    let failures = guesses::refuse_locked(cx, otp::target(&user)).await?;
    let step = software_token::check(cx, &user, given).await?;
    let taken = match step {
        Some(step) => take(cx, &user, step).await?,
        None => false,
    };
    guesses::record(cx, otp::target(&user), failures, taken).await?;
    if !taken {
        history::failed(cx, pool, client, &user.sub, &opened.state.progress, Challenge::Mfa).await?;
        return Err(match step {
            // A right code, but each is taken once (RFC 6238, 5.2).
            Some(_) => ApiError::expired_code("Your software token has already been used once."),
            None => ApiError::code_mismatch("Invalid code received for user"),
        });
    }
    let progress = passed(opened.state.progress, progress::SOFTWARE_TOKEN, &user, SOFTWARE_TOKEN_MFA, true);
    proceed(cx, pool, client, user, progress, Some(opened.seal)).await
}

async fn take(cx: &mut Cx, user: &User, step: i64) -> Result<bool> {
    let mut tx = cx.begin().await?;
    let taken = mfa::store::take_step(&mut tx, &user.pool_id, &user.sub, step).await?;
    tx.commit().await?;
    Ok(taken)
}

/// The factor that was chosen at SELECT_MFA_TYPE.
pub async fn select(cx: &mut Cx, pool: &Pool, client: &Client, opened: Opened<Session>, chosen: &str) -> Result<Step> {
    let Detail::Factors(factors) = &opened.state.detail else { return Err(challenge::invalid()) };
    let chosen = if chosen == "EMAIL_MFA" { Factor::Email.as_str() } else { chosen };
    let factor = factors.iter().copied().find(|f| f.as_str() == chosen);
    let factor = factor.ok_or_else(|| ApiError::mfa_method_not_found("The selected MFA method is not available."))?;
    let user = opened.state.progress.user(cx, pool).await?;
    if !second_factor::is_available(pool, &user, factor) {
        return Err(ApiError::mfa_method_not_found("The selected MFA method is not available."));
    }
    let answer = complete::ask(cx, pool, client, &user, opened.state.progress, factor, Some(opened.seal)).await?;
    Ok(Step::Challenge(Box::new(answer)))
}

/// MFA_SETUP: an authenticator app that was proved meanwhile, or an e-mail address that a code will prove.
pub async fn set_up(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    opened: Opened<Session>,
    answers: &BTreeMap<String, String>,
) -> Result<Step> {
    let user = opened.state.progress.user(cx, pool).await?;
    let email = ["EMAIL", "email"].into_iter().find_map(|name| answers.get(name)).filter(|address| !address.is_empty());
    match (&opened.state.detail, email) {
        (Detail::SetUp, _) if second_factor::is_available(pool, &user, Factor::SoftwareToken) => {
            let progress = passed(opened.state.progress, progress::SOFTWARE_TOKEN, &user, challenge::MFA_SETUP, true);
            proceed(cx, pool, client, user, progress, Some(opened.seal)).await
        }
        (Detail::Factors(factors), Some(address)) if factors.contains(&Factor::Email) => {
            if !crate::kit::text::is_email(address) {
                return Err(ApiError::invalid_parameter("Invalid email address format."));
            }
            second_factor::refuse_unless_to_set_up(pool, &user)?;
            let address = address.clone();
            let code = otp::Code { challenge: EMAIL_OTP, attribute: "email", address, digits: otp::SECOND_FACTOR_DIGITS, sets_up: true };
            let answer = otp::send(cx, pool, client, Some(&user), opened.state.progress, code, Some(opened.seal)).await?;
            Ok(Step::Challenge(Box::new(answer)))
        }
        _ => Err(ApiError::invalid_parameter("No MFA method was set up: associate and verify a software token, or give an EMAIL.")),
    }
}
