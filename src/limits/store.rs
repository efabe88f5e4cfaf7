//! The table `provisioned_limits`.

use super::{Category, Limits};
use crate::store::{Result, Tx, sql};

pub async fn all(tx: &mut Tx) -> Result<Limits> {
    let rows = sql!(fetch_all (String, i64); tx, "SELECT category, value FROM provisioned_limits")?;
    Ok(rows.into_iter().filter_map(|(category, value)| Some((Category::parse(&category)?, value))).collect())
}

pub async fn put(tx: &mut Tx, category: Category, value: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO provisioned_limits (category, value) VALUES ($1, $2) ON CONFLICT (category) DO UPDATE SET value = excluded.value",
        category.name(),
        value
    )?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, category: Category) -> Result<()> {
    sql!(tx, "DELETE FROM provisioned_limits WHERE category = $1", category.name())?;
    Ok(())
}
