//! The jobs that empty the outbox, one for each channel: a slow provider of one does not hold up the other.

use super::message::{Channel, Content, PURPOSE};
use super::provider::{Failure, Parcel};
use super::store::{self, Row};
use crate::api::{Cx, Result};
use crate::kit::clock::{DAY, HOUR, MINUTE, Millis, SECOND};
use std::time::Duration;

/// A claim outlives the slowest attempt.
const CLAIM: Millis = MINUTE;
/// An attempt ends before its claim does, or another server could make it too.
const ATTEMPT: Duration = Duration::from_secs(45);
const BATCH: i64 = 16;
/// Messages that nobody will send and that each pool keeps for operators to see.
const KEPT: i64 = 1_000;

/// Delivers what is due on a channel. Returns when nothing is.
pub async fn deliver(cx: &mut Cx, channel: Channel) -> Result<()> {
    if !cx.app.providers.has(channel) {
        return Ok(());
    }
    loop {
        let now = cx.now();
        let mut tx = cx.begin().await?;
        let rows = store::claim(&mut tx, channel.as_str(), now, now + CLAIM, BATCH).await?;
        tx.commit().await?;
        if rows.is_empty() {
            return Ok(());
        }
        let sent = futures::future::join_all(rows.iter().map(|row| send(cx, channel, row))).await;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        for (row, outcome) in rows.iter().zip(sent) {
            settle(&mut tx, row, outcome, now).await?;
        }
        tx.commit().await?;
    }
}

async fn send(cx: &Cx, channel: Channel, row: &Row) -> Result<(), Failure> {
    let content = open(cx, row).ok_or_else(|| Failure::permanent("the message does not open with the master key"))?;
    let parcel = Parcel { id: &row.id, pool_id: &row.pool_id, channel, content: &content, now: cx.now() };
    let outcome = tokio::time::timeout(ATTEMPT, cx.app.providers.send(&parcel)).await;
    outcome.unwrap_or_else(|_| Err(Failure::passing("the provider took too long")))
}

/// What a stored message says.
pub fn open(cx: &Cx, row: &Row) -> Option<Content> {
    let plain = cx.app.sealer.open(PURPOSE, &row.message)?;
    serde_json::from_slice(&plain).ok()
}

async fn settle(tx: &mut crate::store::Tx, row: &Row, outcome: Result<(), Failure>, now: Millis) -> Result<()> {
    match outcome {
        Ok(()) => {
            metrics::counter!("poolhouse_messages_total", "outcome" => "delivered").increment(1);
            store::delivered(tx, &row.id).await?;
        }
        Err(failure) => {
            let due_at = next_attempt(row, failure.permanent, now);
            let gave_up = due_at.is_none();
            tracing::warn!(
                id = row.id,
                channel = row.channel,
                attempts = row.attempts,
                reason = failure.reason,
                gave_up,
                "a message was not taken"
            );
            metrics::counter!("poolhouse_messages_total", "outcome" => if gave_up { "given_up" } else { "deferred" }).increment(1);
            store::failed(tx, &row.id, row.attempts, due_at, &failure.reason).await?;
        }
    }
    Ok(())
}

/// Five seconds after the first failure, then twice as long each time, an hour at most; until the message is given up.
fn next_attempt(row: &Row, permanent: bool, now: Millis) -> Option<Millis> {
    let wait = ((5 * SECOND) << (row.attempts - 1).clamp(0, 12)).min(HOUR);
    (!permanent && now + wait < row.give_up_at).then_some(now + wait)
}

/// Forgets messages that were shown or given up more than a week ago, and what is too many.
pub async fn sweep(cx: &mut Cx) -> Result<()> {
    let before = cx.now() - 7 * DAY;
    let mut tx = cx.begin().await?;
    store::sweep(&mut tx, before).await?;
    store::trim(&mut tx, KEPT).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end_after_a_day() {
        let row = |attempts| Row {
            id: String::new(),
            pool_id: String::new(),
            channel: String::new(),
            kind: String::new(),
            message: Vec::new(),
            created_at: 0,
            give_up_at: DAY,
            attempts,
            last_error: None,
        };
        assert_eq!(next_attempt(&row(1), false, 0), Some(5 * SECOND));
        assert_eq!(next_attempt(&row(3), false, 0), Some(20 * SECOND));
        assert_eq!(next_attempt(&row(40), false, 0), Some(HOUR));
        assert_eq!(next_attempt(&row(2), false, DAY), None);
        assert_eq!(next_attempt(&row(1), true, 0), None);
    }
}
