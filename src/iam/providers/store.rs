//! The table `iam_providers`.

use crate::iam::entity::Provider;
use crate::store::{Json, Result, Tx, sql};

pub async fn find(tx: &mut Tx, account: &str, arn: &str) -> Result<Option<(Provider, i64)>> {
    let text = "SELECT details, created_at FROM iam_providers WHERE account_id = $1 AND arn = $2";
    let row = sql!(fetch_optional (Json<Provider>, i64); tx, text, account, arn)?;
    Ok(row.map(|(details, created_at)| (details.0, created_at)))
}

/// The same, held until the transaction ends.
pub async fn hold(tx: &mut Tx, account: &str, arn: &str) -> Result<Option<(Provider, i64)>> {
    sql!(tx, "UPDATE iam_providers SET arn = arn WHERE account_id = $1 AND arn = $2", account, arn)?;
    find(tx, account, arn).await
}

/// A new provider. `Duplicate` when there is one of this ARN.
pub async fn insert(tx: &mut Tx, account: &str, arn: &str, provider: &Provider, now: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO iam_providers (account_id, arn, details, created_at) VALUES ($1, $2, $3, $4)",
        account,
        arn,
        Json(provider),
        now
    )?;
    Ok(())
}

pub async fn update(tx: &mut Tx, account: &str, arn: &str, provider: &Provider) -> Result<()> {
    sql!(tx, "UPDATE iam_providers SET details = $3 WHERE account_id = $1 AND arn = $2", account, arn, Json(provider))?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, account: &str, arn: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM iam_providers WHERE account_id = $1 AND arn = $2", account, arn)? == 1)
}

/// ARNs and times of those whose ARN begins with `prefix`.
pub async fn list(tx: &mut Tx, account: &str, prefix: &str) -> Result<Vec<(String, i64)>> {
    sql!(
        fetch_all (String, i64); tx,
        "SELECT arn, created_at FROM iam_providers WHERE account_id = $1 AND arn >= $2 AND arn < $3 ORDER BY arn",
        account,
        prefix,
        crate::kit::text::after_prefix(prefix).unwrap_or_else(|| char::MAX.to_string())
    )
}
