//! A user's password: hashed for the flows that send it, and as an SRP verifier for the flow that does not.

use super::attempts::subject_of_unknown;
use super::user::Failures;
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

/// Whose password is tried: an account, or a name that has none. Both lock, and cost, the same.
pub enum Account<'a> {
    Known(&'a User),
    Unknown(&'a str),
}

impl<'a> Account<'a> {
    pub fn of(user: Option<&'a User>, username: &'a str) -> Self {
        user.map_or(Self::Unknown(username), Self::Known)
    }
}

const SIGN_IN: &str = "SignIn";

/// Checks a password against an account or, where there is none, against a decoy. Counts failures towards the lock.
pub async fn verify(cx: &mut Cx, pool: &Pool, account: &Account<'_>, given: &str) -> Result<bool> {
    let failures = refuse_locked(cx, pool, account).await?;
    let (key, phc) = match account {
        Account::Known(user) => (user.sub.clone(), user.password.as_deref()),
        Account::Unknown(username) => (subject_of_unknown(pool, username), None),
    };
    let matches = cx.app.hasher.verify(cx.turn(&pool.id, &key), given, phc.unwrap_or_else(|| password::decoy())).await?;
    let matched = matches && phc.is_some();
    record(cx, pool, account, failures, matched).await?;
    match (account, phc) {
        (Account::Known(user), Some(phc)) if matched && cx.app.hasher.is_outdated(phc) => upgrade(cx, pool, user, given).await?,
        _ => {}
    }
    Ok(matched)
}

/// Attempts during a lock are refused and do not count.
pub async fn refuse_locked(cx: &mut Cx, pool: &Pool, account: &Account<'_>) -> Result<Failures> {
    let failures = match account {
        Account::Known(user) => user.failures(),
        Account::Unknown(username) => {
            let subject = subject_of_unknown(pool, username);
            let row = store::attempt(&mut *cx.read().await?, &pool.id, &subject, SIGN_IN).await?;
            row.map(|(count, ends_at)| Failures::forgotten(count, ends_at)).unwrap_or_default()
        }
    };
    if failures.is_locked(cx.now()) { Err(ApiError::not_authorized("Password attempts exceeded")) } else { Ok(failures) }
}

/// Counts a wrong password, or forgets the wrong ones after a right one.
pub async fn record(cx: &mut Cx, pool: &Pool, account: &Account<'_>, before: Failures, matched: bool) -> Result<()> {
    if matched && before.count == 0 {
        return Ok(());
    }
    let after = if matched { Failures::default() } else { before.after_another(cx.now()) };
    let mut tx = cx.begin().await?;
    match account {
        Account::Known(user) => store::set_attempts(&mut tx, user, after.count, after.last_at).await?,
        Account::Unknown(username) => {
            let subject = subject_of_unknown(pool, username);
            store::put_attempt(&mut tx, &pool.id, &subject, SIGN_IN, after.count, after.forgotten_at()).await?;
        }
    }
    tx.commit().await
}

async fn upgrade(cx: &mut Cx, pool: &Pool, user: &User, password: &str) -> Result<()> {
    let phc = cx.app.hasher.hash(cx.turn(&pool.id, &user.sub), password::salt(cx.rng()), password).await?;
    let mut tx = cx.begin().await?;
    store::upgrade_password(&mut tx, user, &phc).await?;
    tx.commit().await
}
