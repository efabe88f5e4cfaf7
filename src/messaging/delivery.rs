//! The job that empties the outbox.

use super::message::{Content, PURPOSE};
use super::smtp::{Failure, Smtp};
use super::store::{self, Row};
use crate::api::{Cx, Result};
use crate::kit::clock::{DAY, HOUR, MINUTE, Millis, SECOND};
use std::time::Duration;

/// A claim outlives the slowest attempt.
const CLAIM: Millis = 2 * MINUTE;
/// An attempt ends before its claim does, or another server could make it too.
const ATTEMPT: Duration = Duration::from_secs(90);
const BATCH: i64 = 16;

/// Delivers what is due. Returns when nothing is.
pub async fn deliver(cx: &mut Cx) -> Result<()> {
    let app = cx.app.clone();
    let Some(smtp) = &app.smtp else { return Ok(()) };
    loop {
        let now = cx.now();
        let mut tx = cx.begin().await?;
        let rows = store::claim(&mut tx, now, now + CLAIM, BATCH).await?;
        tx.commit().await?;
        if rows.is_empty() {
            return Ok(());
        }
        let sent = futures::future::join_all(rows.iter().map(|row| send(cx, smtp, row))).await;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        for (row, outcome) in rows.iter().zip(sent) {
            settle(&mut tx, row, outcome, now).await?;
        }
        tx.commit().await?;
    }
}

async fn send(cx: &Cx, smtp: &Smtp, row: &Row) -> Result<(), Failure> {
    let content = cx.app.sealer.open(PURPOSE, &row.message).and_then(|plain| serde_json::from_slice::<Content>(&plain).ok());
    match content {
        Some(content) => tokio::time::timeout(ATTEMPT, smtp.send(&row.id, &content))
            .await
            .unwrap_or_else(|_| Err(Failure { permanent: false, reason: "the mail server took too long".into() })),
        None => Err(Failure { permanent: true, reason: "the message does not open with the master key".into() }),
    }
}

async fn settle(tx: &mut crate::store::Tx, row: &Row, outcome: Result<(), Failure>, now: Millis) -> Result<()> {
    match outcome {
        Ok(()) => {
            metrics::counter!("poolhouse_messages_total", "outcome" => "delivered").increment(1);
            store::delivered(tx, &row.id).await?;
        }
        Err(failure) => {
            let due_at = next_attempt(row, failure.permanent, now);
            tracing::warn!(id = row.id, attempts = row.attempts, reason = failure.reason, gave_up = due_at.is_none(), "mail was not taken");
            metrics::counter!("poolhouse_messages_total", "outcome" => if due_at.is_none() { "given_up" } else { "deferred" }).increment(1);
            store::failed(tx, &row.id, due_at, &failure.reason).await?;
        }
    }
    Ok(())
}

/// Five seconds after the first failure, then twice as long each time, an hour at most; for a day, while a code can still be of use.
fn next_attempt(row: &Row, permanent: bool, now: Millis) -> Option<Millis> {
    let wait = ((5 * SECOND) << (row.attempts - 1).clamp(0, 12)).min(HOUR);
    (!permanent && now + wait < row.created_at + DAY).then_some(now + wait)
}

/// Forgets messages that were shown or given up more than a week ago.
pub async fn sweep(cx: &mut Cx) -> Result<()> {
    let before = cx.now() - 7 * DAY;
    let mut tx = cx.begin().await?;
    store::sweep(&mut tx, before).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end_after_a_day() {
        let row = |attempts| Row { id: String::new(), channel: String::new(), message: Vec::new(), created_at: 0, attempts };
        assert_eq!(next_attempt(&row(1), false, 0), Some(5 * SECOND));
        assert_eq!(next_attempt(&row(3), false, 0), Some(20 * SECOND));
        assert_eq!(next_attempt(&row(40), false, 0), Some(HOUR));
        assert_eq!(next_attempt(&row(2), false, DAY), None);
        assert_eq!(next_attempt(&row(1), true, 0), None);
    }
}
