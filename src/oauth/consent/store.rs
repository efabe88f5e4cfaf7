//! The table `consents`.

use crate::store::{Result, Tx, sql};

pub async fn scope(tx: &mut Tx, pool_id: &str, sub: &str, client_id: &str) -> Result<Option<String>> {
    let row = sql!(
        fetch_optional (String,); tx,
        "SELECT scope FROM consents WHERE pool_id = $1 AND sub = $2 AND client_id = $3",
        pool_id,
        sub,
        client_id
    )?;
    Ok(row.map(|(scope,)| scope))
}

pub async fn put(tx: &mut Tx, pool_id: &str, sub: &str, client_id: &str, scope: &str, now: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO consents (pool_id, sub, client_id, scope, granted_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (pool_id, sub, client_id) DO UPDATE SET scope = excluded.scope, granted_at = excluded.granted_at",
        pool_id,
        sub,
        client_id,
        scope,
        now
    )?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, pool_id: &str, sub: &str, client_id: &str) -> Result<()> {
    sql!(tx, "DELETE FROM consents WHERE pool_id = $1 AND sub = $2 AND client_id = $3", pool_id, sub, client_id)?;
    Ok(())
}
