//! Wrong guesses that lock: counted under a subject and an action, with the same growing locks as an account's wrong passwords.

use super::attempts::store;
use super::user::Failures;
use crate::api::{ApiError, Cx, Result};

/// What is guessed at.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub pool_id: &'a str,
    pub subject: &'a str,
    pub action: &'a str,
}

/// Attempts during a lock are refused and do not count.
pub async fn refuse_locked(cx: &mut Cx, target: Target<'_>) -> Result<Failures> {
    let row = store::attempt(&mut *cx.read().await?, target.pool_id, target.subject, target.action).await?;
    let failures = row.map(|(count, ends_at)| Failures::forgotten(count, ends_at)).unwrap_or_default();
    if failures.is_locked(cx.now()) { Err(locked()) } else { Ok(failures) }
}

/// The refusal of an attempt during a lock.
pub fn locked() -> ApiError {
    ApiError::not_authorized("Password attempts exceeded")
}

/// Counts a wrong guess, or forgets the wrong ones after a right one. Counting adds to what is stored by then, not to what was read before.
pub async fn record(cx: &mut Cx, target: Target<'_>, before: Failures, matched: bool) -> Result<()> {
    if matched && before.count == 0 {
        return Ok(());
    }
    let now = cx.now();
    let rested = before.after_another(now).count == 1;
    let forgotten_at = Failures { count: 0, last_at: now }.forgotten_at();
    let mut tx = cx.begin().await?;
    if matched {
        store::forget_attempts(&mut tx, target.pool_id, target.subject, target.action).await?;
    } else {
        let restart = rested.then_some(before.count);
        store::add_attempt(&mut tx, target.pool_id, target.subject, target.action, restart, forgotten_at).await?;
    }
    tx.commit().await
}
