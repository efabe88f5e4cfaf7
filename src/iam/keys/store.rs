//! The table `iam_access_keys`.

use crate::kit::text::fold;
use crate::store::{Result, Tx, sql};

/// A user's access key; the secret is sealed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AccessKey {
    pub access_key_id: String,
    pub account_id: String,
    pub owner: String,
    pub secret: Vec<u8>,
    pub is_active: bool,
    pub created_at: i64,
}

pub async fn find(tx: &mut Tx, access_key_id: &str) -> Result<Option<AccessKey>> {
    sql!(
        fetch_optional AccessKey; tx,
        "SELECT access_key_id, account_id, owner, secret, is_active, created_at FROM iam_access_keys WHERE access_key_id = $1",
        access_key_id
    )
}

/// A user's keys, the oldest first.
pub async fn list(tx: &mut Tx, account: &str, user: &str) -> Result<Vec<AccessKey>> {
    sql!(
        fetch_all AccessKey; tx,
        "SELECT access_key_id, account_id, owner, secret, is_active, created_at FROM iam_access_keys
         WHERE account_id = $1 AND kind = 'user' AND owner = $2 ORDER BY created_at, access_key_id",
        account,
        fold(user)
    )
}

pub async fn insert(tx: &mut Tx, key: &AccessKey) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO iam_access_keys (access_key_id, account_id, kind, owner, secret, is_active, created_at) VALUES ($1, $2, 'user', $3, $4, $5, $6)",
        &key.access_key_id,
        &key.account_id,
        fold(&key.owner),
        &key.secret,
        key.is_active,
        key.created_at
    )?;
    Ok(())
}

pub async fn set_active(tx: &mut Tx, account: &str, user: &str, access_key_id: &str, is_active: bool) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE iam_access_keys SET is_active = $4 WHERE account_id = $1 AND kind = 'user' AND owner = $2 AND access_key_id = $3",
        account,
        fold(user),
        access_key_id,
        is_active
    )?;
    Ok(changed == 1)
}

pub async fn delete(tx: &mut Tx, account: &str, user: &str, access_key_id: &str) -> Result<bool> {
    let deleted = sql!(
        tx,
        "DELETE FROM iam_access_keys WHERE account_id = $1 AND kind = 'user' AND owner = $2 AND access_key_id = $3",
        account,
        fold(user),
        access_key_id
    )?;
    Ok(deleted == 1)
}

/// Every sealed secret, to seal it again.
pub async fn sealed(tx: &mut Tx) -> Result<Vec<(String, Vec<u8>)>> {
    sql!(fetch_all (String, Vec<u8>); tx, "SELECT access_key_id, secret FROM iam_access_keys")
}

pub async fn reseal(tx: &mut Tx, access_key_id: &str, secret: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE iam_access_keys SET secret = $2 WHERE access_key_id = $1", access_key_id, secret)?;
    Ok(())
}
