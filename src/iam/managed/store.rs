//! The tables `iam_policies` and `iam_policy_versions`.

use crate::iam::entity::{Details, ManagedPolicy};
use crate::kit::text::{after_prefix, fold};
use crate::store::{Json, Result, Tx, sql};

#[derive(sqlx::FromRow)]
struct PolicyRow {
    arn: String,
    name: String,
    id: String,
    path: String,
    details: Json<Details>,
    default_version: i64,
    newest_version: i64,
    created_at: i64,
    modified_at: i64,
}

impl From<PolicyRow> for ManagedPolicy {
    fn from(row: PolicyRow) -> Self {
        let PolicyRow { arn, name, id, path, details, default_version, newest_version, created_at, modified_at } = row;
        Self { arn, name, id, path, details: details.0, default_version, newest_version, created_at, modified_at }
    }
}

macro_rules! policies {
    ($rest:literal) => {
        concat!("SELECT arn, name, id, path, details, default_version, newest_version, created_at, modified_at FROM iam_policies ", $rest)
    };
}

pub async fn find(tx: &mut Tx, account: &str, arn: &str) -> Result<Option<ManagedPolicy>> {
    let row = sql!(fetch_optional PolicyRow; tx, policies!("WHERE account_id = $1 AND arn = $2"), account, arn)?;
    Ok(row.map(ManagedPolicy::from))
}

/// The same, held until the transaction ends.
pub async fn hold(tx: &mut Tx, account: &str, arn: &str) -> Result<Option<ManagedPolicy>> {
    sql!(tx, "UPDATE iam_policies SET name = name WHERE account_id = $1 AND arn = $2", account, arn)?;
    find(tx, account, arn).await
}

/// A new policy with its first version. `Duplicate` when the name is taken.
pub async fn insert(tx: &mut Tx, account: &str, policy: &ManagedPolicy, document: &str) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO iam_policies (account_id, arn, folded_name, name, id, path, details, default_version, newest_version, created_at, modified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        account,
        &policy.arn,
        fold(&policy.name),
        &policy.name,
        &policy.id,
        &policy.path,
        Json(&policy.details),
        policy.default_version,
        policy.newest_version,
        policy.created_at,
        policy.modified_at
    )?;
    insert_version(tx, account, &policy.arn, policy.newest_version, document, policy.created_at).await
}

/// Writes what can change of a policy that is held.
pub async fn update(tx: &mut Tx, account: &str, policy: &ManagedPolicy) -> Result<()> {
    sql!(
        tx,
        "UPDATE iam_policies SET details = $3, default_version = $4, newest_version = $5, modified_at = $6 WHERE account_id = $1 AND arn = $2",
        account,
        &policy.arn,
        Json(&policy.details),
        policy.default_version,
        policy.newest_version,
        policy.modified_at
    )?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, account: &str, arn: &str) -> Result<()> {
    sql!(tx, "DELETE FROM iam_policies WHERE account_id = $1 AND arn = $2", account, arn)?;
    Ok(())
}

/// Those below a path in the order of their names, after `after`.
pub async fn list(tx: &mut Tx, account: &str, path: &str, after: &str, limit: i64) -> Result<Vec<ManagedPolicy>> {
    let rows = sql!(
        fetch_all PolicyRow; tx,
        policies!("WHERE account_id = $1 AND path >= $2 AND path < $3 AND folded_name > $4 ORDER BY folded_name LIMIT $5"),
        account,
        path,
        after_prefix(path).unwrap_or_else(|| char::MAX.to_string()),
        after,
        limit
    )?;
    Ok(rows.into_iter().map(ManagedPolicy::from).collect())
}

pub async fn insert_version(tx: &mut Tx, account: &str, arn: &str, version: i64, document: &str, now: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO iam_policy_versions (account_id, arn, version, document, created_at) VALUES ($1, $2, $3, $4, $5)",
        account,
        arn,
        version,
        document,
        now
    )?;
    Ok(())
}

pub async fn delete_version(tx: &mut Tx, account: &str, arn: &str, version: i64) -> Result<bool> {
    let text = "DELETE FROM iam_policy_versions WHERE account_id = $1 AND arn = $2 AND version = $3";
    Ok(sql!(tx, text, account, arn, version)? == 1)
}

/// Version, document and time of each, the newest first.
pub async fn versions(tx: &mut Tx, account: &str, arn: &str) -> Result<Vec<(i64, String, i64)>> {
    sql!(
        fetch_all (i64, String, i64); tx,
        "SELECT version, document, created_at FROM iam_policy_versions WHERE account_id = $1 AND arn = $2 ORDER BY version DESC",
        account,
        arn
    )
}

/// The document that applies.
pub async fn document(tx: &mut Tx, account: &str, arn: &str) -> Result<Option<String>> {
    let row = sql!(
        fetch_optional (String,); tx,
        "SELECT v.document FROM iam_policies m
         JOIN iam_policy_versions v ON v.account_id = m.account_id AND v.arn = m.arn AND v.version = m.default_version
         WHERE m.account_id = $1 AND m.arn = $2",
        account,
        arn
    )?;
    Ok(row.map(|(document,)| document))
}
