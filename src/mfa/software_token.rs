//! Authenticator apps: time-based one-time passwords (RFC 6238), SHA-1, six digits, thirty seconds.

use super::store::{self, SoftwareToken};
use crate::api::{ApiError, Cx, Result};
use crate::auth::challenge::Seal;
use crate::kit::clock::SECOND;
use crate::store::Tx;
use crate::users::User;
use crate::users::guesses::{self, Target};
use totp_rs::Secret;

/// The purpose that seeds are sealed for.
pub const SEED: &str = "totp seed";
/// 160 bits, as RFC 4226 recommends.
const SEED_BYTES: usize = 20;
/// What wrong codes of sign-ins are counted under, and those of set-ups: who may set an app up must not reset the lock of the other.
pub const ACTION: &str = "SecondFactor";
const ENROLMENT: &str = "SoftwareTokenSetUp";

/// A new seed for a user, stored as unproved, in the form that a person types into an app.
/// `session` is of the sign-in in which that happens: used up with it.
pub async fn associate(cx: &mut Cx, user: &User, session: Option<&Seal>) -> Result<String> {
    let seed = cx.rng().bytes::<SEED_BYTES>();
    let (sealed, now) = (cx.app.sealer.seal(cx.rng(), SEED, &seed), cx.now());
    let mut tx = cx.begin().await?;
    if let Some(session) = session {
        session.spend(&mut tx, &user.pool_id, now).await?;
    }
    store::put_pending(&mut tx, &user.pool_id, &user.sub, &sealed, now).await?;
    tx.commit().await?;
    Ok(Secret::from(seed).to_base32())
}

/// The time step that a code belongs to, one before and one after the present allowed (RFC 6238, 5.2).
fn step(cx: &Cx, token: &SoftwareToken, code: &str) -> Result<Option<i64>> {
    let seed = cx.app.sealer.open(SEED, &token.secret);
    let seed = seed.ok_or_else(|| anyhow::anyhow!("the seed of an authenticator app does not open with the master key"))?;
    let totp =
        totp_rs::Builder::new().with_secret(seed.as_slice()).build().map_err(|e| anyhow::anyhow!("the seed makes no code: {e:?}"))?;
    let seconds = u64::try_from(cx.now() / SECOND).unwrap_or_default();
    Ok(totp.check(code.trim(), seconds).and_then(|step| i64::try_from(step).ok()))
}

/// Proves a waiting app by its code, in place of the one that was there before.
pub async fn prove(cx: &mut Cx, user: &User, code: &str, name: Option<&str>) -> Result<Proved> {
    let waiting = store::find(&mut *cx.read().await?, &user.pool_id, &user.sub, false).await?;
    let waiting = waiting.ok_or_else(|| ApiError::software_token_mfa_not_found("Software token MFA has not been set up for the user."))?;
    let _guard = cx.app.in_flight.enter(format!("{}/app of {}", user.pool_id, user.sub))?;
    let target = Target { pool_id: &user.pool_id, subject: &user.sub, action: ENROLMENT };
    let failures = guesses::refuse_locked(cx, target).await?;
    let step = step(cx, &waiting, code)?;
    guesses::record(cx, target, failures, step.is_some()).await?;
    let mismatch = || ApiError::enable_software_token_mfa("Code mismatch and fail enable Software Token MFA");
    Ok(Proved { step: step.ok_or_else(mismatch)?, secret: waiting.secret, name: name.map(str::to_owned) })
}

/// An app whose code was right, to be kept in a transaction.
pub struct Proved {
    step: i64,
    secret: Vec<u8>,
    name: Option<String>,
}

impl Proved {
    /// Keeps the app. Of two that were proved at the same time, one wins; an app that was replaced meanwhile is refused.
    pub async fn keep(&self, tx: &mut Tx, user: &User) -> Result<()> {
        let kept = store::promote(tx, &user.pool_id, &user.sub, &self.secret, self.step, self.name.as_deref()).await?;
        if kept { Ok(()) } else { Err(ApiError::concurrent_modification("Another authenticator app was associated at the same time.")) }
    }
}

/// The step of a right code at sign-in, which may have been taken already; `None` for a wrong one. The caller counts and takes.
pub async fn check(cx: &mut Cx, user: &User, code: &str) -> Result<Option<i64>> {
    let token = store::find(&mut *cx.read().await?, &user.pool_id, &user.sub, true).await?;
    let token = token.ok_or_else(|| ApiError::software_token_mfa_not_found("Software token MFA has not been set up for the user."))?;
    step(cx, &token, code)
}

/// The name that the user gave the app.
pub async fn name(cx: &mut Cx, user: &User) -> Result<Option<String>> {
    Ok(store::find(&mut *cx.read().await?, &user.pool_id, &user.sub, true).await?.and_then(|t| t.name))
}
