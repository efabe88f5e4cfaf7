//! A user's password: hashed for the flows that send it, and as an SRP verifier for the flow that does not.

use super::{User, store};
use crate::api::{ApiError, Cx, Result};
use crate::auth::srp::{self, Verifier};
use crate::kit::password;
use crate::pools::Pool;

/// The purpose that verifiers are sealed for.
pub const VERIFIER: &str = "srp verifier";

/// Both stored forms of a password.
pub struct Stored {
    pub phc: String,
    pub verifier: Vec<u8>,
}

/// Both forms of a new password. Costs an argon2 hash and an exponentiation.
pub async fn make(cx: &Cx, pool: &Pool, sub: &str, username: &str, password: &str) -> Result<Stored> {
    let phc = cx.app.hasher.hash(cx.turn(&pool.id, sub), password::salt(cx.rng()), password).await?;
    let verifier = srp::verifier(pool.srp_name(), username, password, cx.rng().bytes());
    let plain = [verifier.salt.as_slice(), &verifier.v].concat();
    Ok(Stored { phc, verifier: cx.app.sealer.seal(cx.rng(), VERIFIER, &plain) })
}

impl User {
    /// Takes a new password.
    pub fn set_password(&mut self, stored: Stored, now: crate::kit::clock::Millis) {
        self.password = Some(stored.phc);
        self.verifier = Some(stored.verifier);
        self.password_set_at = Some(now);
    }

    /// The user's SRP verifier, opened.
    pub fn srp_verifier(&self, cx: &Cx) -> Option<Verifier> {
        let plain = cx.app.sealer.open(VERIFIER, self.verifier.as_ref()?)?;
        let (salt, v) = plain.split_at_checked(16)?;
        Some(Verifier { salt: salt.try_into().ok()?, v: v.to_vec() })
    }
}

/// Checks a password against an account or, where there is none, against a decoy at the same cost. Counts failures towards the lock.
pub async fn verify(cx: &mut Cx, pool: &Pool, user: Option<&User>, username: &str, given: &str) -> Result<bool> {
    let Some(user) = user else {
        let account = super::attempts::subject_of_unknown(pool, username);
        cx.app.hasher.verify(cx.turn(&pool.id, &account), given, password::decoy()).await?;
        return Ok(false);
    };
    refuse_locked(cx, user)?;
    let phc = user.password.as_deref().unwrap_or_else(|| password::decoy());
    let matched = cx.app.hasher.verify(cx.turn(&pool.id, &user.sub), given, phc).await? && user.password.is_some();
    record(cx, user, matched).await?;
    if matched && cx.app.hasher.is_outdated(phc) {
        upgrade(cx, pool, user, given).await?;
    }
    Ok(matched)
}

/// Attempts during a lock are refused and do not count.
pub fn refuse_locked(cx: &Cx, user: &User) -> Result<()> {
    if user.is_locked(cx.now()) { Err(ApiError::not_authorized("Password attempts exceeded")) } else { Ok(()) }
}

/// Counts a wrong password, or forgets the wrong ones after a right one.
pub async fn record(cx: &mut Cx, user: &User, matched: bool) -> Result<()> {
    if matched && user.failed_attempts == 0 {
        return Ok(());
    }
    let now = cx.now();
    let count = if matched { 0 } else { user.attempts_after_failure(now) };
    let mut tx = cx.begin().await?;
    store::set_attempts(&mut tx, user, count, now).await?;
    tx.commit().await
}

async fn upgrade(cx: &mut Cx, pool: &Pool, user: &User, password: &str) -> Result<()> {
    let phc = cx.app.hasher.hash(cx.turn(&pool.id, &user.sub), password::salt(cx.rng()), password).await?;
    let mut tx = cx.begin().await?;
    store::upgrade_password(&mut tx, user, &phc).await?;
    tx.commit().await
}
