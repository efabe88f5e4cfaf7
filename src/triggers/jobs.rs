//! The job that calls functions which send messages.
//!
//! A call needs no answer. It is made as any other; a way to call that does not wait for the function to end would do.

use super::functions;
use super::sender::{PURPOSE, Pending};
use super::store::{self, EventRow};
use crate::api::{Cx, Exception, Result};
use crate::kit::clock::{MINUTE, Millis, SECOND};

/// A claim outlives the slowest call.
const CLAIM: Millis = MINUTE;
const BATCH: i64 = 16;
/// A call that fails is made twice more, as an asynchronous invocation of Lambda is.
const ATTEMPTS: i64 = 3;

/// Calls what is due. Returns when nothing is.
pub async fn send(cx: &mut Cx) -> Result<()> {
    loop {
        let now = cx.now();
        let mut tx = cx.begin().await?;
        let rows = store::claim_events(&mut tx, now, now + CLAIM, BATCH).await?;
        tx.commit().await?;
        if rows.is_empty() {
            return Ok(());
        }
        let app = cx.app.clone();
        let calls = rows.iter().map(|row| {
            let mut cx = Cx::internal(app.clone());
            async move { call(&mut cx, row).await }
        });
        let outcomes = futures::future::join_all(calls).await;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        for (row, outcome) in rows.iter().zip(outcomes) {
            match outcome {
                Err(error) if row.attempts < ATTEMPTS => {
                    tracing::warn!(pool = row.pool_id, attempts = row.attempts, %error, "a sender failed; it will be called again");
                    store::retry_event(&mut tx, &row.pool_id, &row.id, now + 5 * SECOND * row.attempts).await?;
                }
                outcome => {
                    if let Err(error) = outcome {
                        tracing::error!(pool = row.pool_id, attempts = row.attempts, %error, "a sender failed; its message is lost");
                    }
                    store::delete_event(&mut tx, &row.pool_id, &row.id).await?;
                }
            }
        }
        tx.commit().await?;
    }
}

/// One call. What the function answers does not count, only whether it failed.
async fn call(cx: &mut Cx, row: &EventRow) -> Result<()> {
    let plain = cx.app.sealer.open(PURPOSE, &row.event);
    let pending = plain.and_then(|plain| serde_json::from_slice::<Pending>(&plain).ok());
    let Some(Pending { trigger, event }) = pending else {
        return Err(anyhow::anyhow!("the event does not open with the master key").into());
    };
    let pool = crate::pools::load(cx, &row.pool_id).await?;
    // Taken out of the pool's settings meanwhile: there is nobody to call.
    let Some(arn) = pool.function(&trigger) else { return Ok(()) };
    match functions::call(cx, &trigger, arn, event).await {
        Err(error) if error.is(Exception::InvalidLambdaResponseException) => Ok(()),
        other => other.map(|_| ()),
    }
}
