//! The table `attempts`.

use crate::store::{Result, Tx, sql};

/// Wrong passwords for a name that has no account: how many, and when the window ends.
pub async fn attempt(tx: &mut Tx, pool_id: &str, subject: &str, action: &str) -> Result<Option<(i64, i64)>> {
    sql!(
        fetch_optional (i64, i64); tx,
        "SELECT count, window_ends_at FROM attempts WHERE pool_id = $1 AND subject = $2 AND action = $3",
        pool_id,
        subject,
        action
    )
}

/// Counts an attempt until `window_ends_at`; a count that is still `restart` starts anew.
pub async fn add_attempt(tx: &mut Tx, pool_id: &str, subject: &str, action: &str, restart: Option<i64>, window_ends_at: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO attempts (pool_id, subject, action, window_ends_at, count) VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (pool_id, subject, action) DO UPDATE SET
            count = CASE WHEN attempts.count = $5 THEN 1 ELSE attempts.count + 1 END, window_ends_at = excluded.window_ends_at",
        pool_id,
        subject,
        action,
        window_ends_at,
        restart.unwrap_or(-1)
    )?;
    Ok(())
}

pub async fn forget_attempts(tx: &mut Tx, pool_id: &str, subject: &str, action: &str) -> Result<()> {
    sql!(tx, "DELETE FROM attempts WHERE pool_id = $1 AND subject = $2 AND action = $3", pool_id, subject, action)?;
    Ok(())
}

/// Counts an attempt in the current window, beginning a new one where the last has ended. Returns the count so far, this one included.
pub async fn count_attempt(tx: &mut Tx, pool_id: &str, subject: &str, action: &str, now: i64, window: i64) -> Result<i64> {
    let row = sql!(
        fetch_one (i64,); tx,
        "INSERT INTO attempts (pool_id, subject, action, window_ends_at, count) VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (pool_id, subject, action) DO UPDATE SET
            count = CASE WHEN attempts.window_ends_at <= $5 THEN 1 ELSE attempts.count + 1 END,
            window_ends_at = CASE WHEN attempts.window_ends_at <= $5 THEN excluded.window_ends_at ELSE attempts.window_ends_at END
         RETURNING count",
        pool_id,
        subject,
        action,
        now + window,
        now
    )?;
    Ok(row.0)
}

/// Counts that have had their time.
pub async fn sweep(tx: &mut Tx, now: i64) -> Result<()> {
    sql!(tx, "DELETE FROM attempts WHERE window_ends_at <= $1", now)?;
    Ok(())
}
