//! The table `client_session_configurations`.

use crate::store::{Result, Tx, sql};

/// For how many minutes a client takes a browser's session, if it was told.
pub async fn minutes(tx: &mut Tx, pool_id: &str, client_id: &str) -> Result<Option<i64>> {
    let row = sql!(
        fetch_optional (i64,); tx,
        "SELECT max_validity_minutes FROM client_session_configurations WHERE pool_id = $1 AND client_id = $2",
        pool_id,
        client_id
    )?;
    Ok(row.map(|(minutes,)| minutes))
}

/// The most that any client of a pool was told.
pub async fn longest_minutes(tx: &mut Tx, pool_id: &str) -> Result<Option<i64>> {
    let row = sql!(
        fetch_one (Option<i64>,); tx,
        "SELECT MAX(max_validity_minutes) FROM client_session_configurations WHERE pool_id = $1",
        pool_id
    )?;
    Ok(row.0)
}

pub async fn put_minutes(tx: &mut Tx, pool_id: &str, client_id: &str, minutes: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO client_session_configurations (pool_id, client_id, max_validity_minutes) VALUES ($1, $2, $3)
         ON CONFLICT (pool_id, client_id) DO UPDATE SET max_validity_minutes = excluded.max_validity_minutes",
        pool_id,
        client_id,
        minutes
    )?;
    Ok(())
}

/// For how many minutes each client of a pool that was told takes a browser's session.
pub async fn minutes_of_pool(tx: &mut Tx, pool_id: &str) -> Result<Vec<(String, i64)>> {
    sql!(
        fetch_all (String, i64); tx,
        "SELECT client_id, max_validity_minutes FROM client_session_configurations WHERE pool_id = $1 ORDER BY client_id",
        pool_id
    )
}
