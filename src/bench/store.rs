//! What the benchmark asks of SQLite alone.

use crate::store::{Result, Tx, sql};

/// Lets the connection of a transaction keep half a gigabyte of pages: rows that come in the order of their age go all over the other indexes.
pub async fn widen_cache(tx: &mut Tx) -> Result<()> {
    sql!(tx, "PRAGMA cache_size = -524288")?;
    Ok(())
}
