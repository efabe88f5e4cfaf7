//! A user's password: hashed for the flows that send it, and as an SRP verifier for the flow that does not.

use super::attempts::subject_of_unknown;
use super::guesses::{self, Target};
use super::user::Failures;
use super::{User, store};
use crate::api::{ApiError, Cx, Result};
use crate::auth::srp::{self, Verifier};
use crate::kit::password;
use crate::pools::Pool;
use crate::store::Tx;

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

/// Both forms of a password that takes the place of another: refused where the pool remembers that the user had it before.
pub async fn renew(cx: &mut Cx, pool: &Pool, user: &User, password: &str) -> Result<Stored> {
    let most = pool.password_policy().password_history_size;
    if most > 0 {
        let earlier = store::earlier_passwords(&mut *cx.read().await?, user, most).await?;
        for phc in user.password.iter().chain(&earlier) {
            if cx.app.hasher.verify(cx.turn(&pool.id, &user.sub), password, phc).await? {
                return Err(ApiError::password_history("Password has previously been used"));
            }
        }
    }
    make(cx, pool, &user.sub, &user.username, password).await
}

/// Remembers the password that is about to be replaced, where the pool wants it remembered.
pub async fn keep(tx: &mut Tx, pool: &Pool, user: &User) -> Result<()> {
    match pool.password_policy().password_history_size {
        0 => Ok(()),
        most => Ok(store::keep_password(tx, user, most).await?),
    }
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

    /// What the account is counted and queued under.
    pub fn key(&self, pool: &Pool) -> String {
        match self {
            Self::Known(user) => user.sub.clone(),
            Self::Unknown(username) => subject_of_unknown(pool, username),
        }
    }
}

const SIGN_IN: &str = "SignIn";

/// Checks a password against an account or, where there is none, against a decoy. Counts failures towards the lock.
pub async fn verify(cx: &mut Cx, pool: &Pool, account: &Account<'_>, given: &str) -> Result<bool> {
    let key = account.key(pool);
    let _guard = cx.app.in_flight.enter(format!("{}/{key}", pool.id))?;
    let failures = refuse_locked(cx, pool, account).await?;
    let phc = match account {
        Account::Known(user) => user.password.as_deref(),
        Account::Unknown(_) => None,
    };
    let matches = cx.app.hasher.verify(cx.turn(&pool.id, &key), given, phc.unwrap_or_else(|| password::decoy())).await?;
    let matched = matches && phc.is_some();
    record(cx, pool, account, failures, matched).await?;
    if let (Account::Known(user), Some(phc), true) = (account, phc, matched)
        && (cx.app.hasher.is_outdated(phc) || user.verifier.is_none())
    {
        upgrade(cx, pool, user, given).await?;
    }
    Ok(matched)
}

/// Attempts during a lock are refused and do not count.
pub async fn refuse_locked(cx: &mut Cx, pool: &Pool, account: &Account<'_>) -> Result<Failures> {
    match account {
        Account::Known(user) if user.failures().is_locked(cx.now()) => Err(guesses::locked()),
        Account::Known(user) => Ok(user.failures()),
        Account::Unknown(_) => {
            let subject = account.key(pool);
            guesses::refuse_locked(cx, Target { pool_id: &pool.id, subject: &subject, action: SIGN_IN }).await
        }
    }
}

/// Counts a wrong password, or forgets the wrong ones after a right one. Counting adds to what is stored by then, not to what was read before.
pub async fn record(cx: &mut Cx, pool: &Pool, account: &Account<'_>, before: Failures, matched: bool) -> Result<()> {
    let Account::Known(user) = account else {
        let subject = account.key(pool);
        return guesses::record(cx, Target { pool_id: &pool.id, subject: &subject, action: SIGN_IN }, before, matched).await;
    };
    if matched && before.count == 0 {
        return Ok(());
    }
    let now = cx.now();
    let rested = before.after_another(now).count == 1;
    let mut tx = cx.begin().await?;
    if matched {
        store::clear_failures(&mut tx, user).await?;
    } else {
        store::add_failure(&mut tx, user, rested, before.count, now).await?;
    }
    tx.commit().await
}

/// Replaces a hash that was made elsewhere or at another cost, and makes the SRP verifier of a user who came without one.
async fn upgrade(cx: &mut Cx, pool: &Pool, user: &User, password: &str) -> Result<()> {
    let stored = match make(cx, pool, &user.sub, &user.username, password).await {
        // The password was right; there will be another opportunity.
        Err(ApiError::Busy { .. }) => return Ok(()),
        other => other?,
    };
    let mut tx = cx.begin().await?;
    store::upgrade_password(&mut tx, user, &stored.phc, &stored.verifier).await?;
    tx.commit().await
}
