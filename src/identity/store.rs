//! The tables `identity_pools`, `identities`, `identity_logins` and `identity_keys`.

use super::identities::{Identity, Linked};
use super::pool::{Document, IdentityPool};
use crate::store::{Json, Result, Tx, sql};

#[derive(sqlx::FromRow)]
struct PoolRow {
    id: String,
    name: String,
    document: Json<Document>,
    created_at: i64,
    modified_at: i64,
}

impl From<PoolRow> for IdentityPool {
    fn from(row: PoolRow) -> Self {
        Self { id: row.id, name: row.name, document: row.document.0, created_at: row.created_at, modified_at: row.modified_at }
    }
}

pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<IdentityPool>> {
    let row = sql!(fetch_optional PoolRow; tx, "SELECT id, name, document, created_at, modified_at FROM identity_pools WHERE id = $1", id)?;
    Ok(row.map(IdentityPool::from))
}

pub async fn insert(tx: &mut Tx, pool: &IdentityPool) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO identity_pools (id, name, document, created_at, modified_at) VALUES ($1, $2, $3, $4, $5)",
        &pool.id,
        &pool.name,
        Json(&pool.document),
        pool.created_at,
        pool.modified_at
    )?;
    Ok(())
}

/// Replaces a pool unless somebody else did so since it was read. Returns whether it was replaced.
pub async fn replace(tx: &mut Tx, pool: &IdentityPool, read_at: i64) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE identity_pools SET name = $1, document = $2, modified_at = $3 WHERE id = $4 AND modified_at = $5",
        &pool.name,
        Json(&pool.document),
        pool.modified_at,
        &pool.id,
        read_at
    )?;
    Ok(changed == 1)
}

pub async fn delete(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM identity_pools WHERE id = $1", id)? == 1)
}

/// Ids and names of pools in the order of their ids, after `after`.
pub async fn list(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<(String, String)>> {
    sql!(fetch_all (String, String); tx, "SELECT id, name FROM identity_pools WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
}

/// One login of an identity, or the identity alone where it has none.
#[derive(sqlx::FromRow)]
struct IdentityRow {
    pool_id: String,
    id: String,
    linked: bool,
    disabled: bool,
    merged_into: Option<String>,
    created_at: i64,
    modified_at: i64,
    provider: Option<String>,
    subject: Option<String>,
    developer: Option<bool>,
}

/// Rows that are ordered by identity.
fn gather(rows: Vec<IdentityRow>) -> Vec<Identity> {
    let mut out: Vec<Identity> = Vec::new();
    for row in rows {
        let linked = row.provider.zip(row.subject).zip(row.developer);
        let login = linked.map(|((provider, subject), developer)| Linked { provider, subject, developer });
        match out.last_mut().filter(|last| last.id == row.id) {
            Some(last) => last.logins.extend(login),
            None => out.push(Identity {
                pool_id: row.pool_id,
                id: row.id,
                linked: row.linked,
                disabled: row.disabled,
                merged_into: row.merged_into,
                created_at: row.created_at,
                modified_at: row.modified_at,
                logins: login.into_iter().collect(),
            }),
        }
    }
    out
}

/// The identity of this id, with its logins.
pub async fn identity(tx: &mut Tx, id: &str) -> Result<Option<Identity>> {
    let rows = sql!(
        fetch_all IdentityRow; tx,
        "SELECT i.pool_id, i.id, i.linked, i.disabled, i.merged_into, i.created_at, i.modified_at, l.provider, l.subject, l.developer
         FROM identities i LEFT JOIN identity_logins l ON l.pool_id = i.pool_id AND l.identity_id = i.id WHERE i.id = $1",
        id
    )?;
    Ok(gather(rows).pop())
}

/// The identity that a login belongs to, with all of its logins.
pub async fn owner(tx: &mut Tx, pool_id: &str, provider: &str, subject: &str) -> Result<Option<Identity>> {
    let rows = sql!(
        fetch_all IdentityRow; tx,
        "SELECT i.pool_id, i.id, i.linked, i.disabled, i.merged_into, i.created_at, i.modified_at, l.provider, l.subject, l.developer
         FROM identity_logins o JOIN identities i ON i.pool_id = o.pool_id AND i.id = o.identity_id
         JOIN identity_logins l ON l.pool_id = i.pool_id AND l.identity_id = i.id
         WHERE o.pool_id = $1 AND o.provider = $2 AND o.subject = $3",
        pool_id,
        provider,
        subject
    )?;
    Ok(gather(rows).pop())
}

/// Identities in the order of their ids, after `after`, with their logins.
pub async fn list_identities(tx: &mut Tx, pool_id: &str, after: &str, limit: i64, hide_disabled: bool) -> Result<Vec<Identity>> {
    let rows = sql!(
        fetch_all IdentityRow; tx,
        "SELECT i.pool_id, i.id, i.linked, i.disabled, i.merged_into, i.created_at, i.modified_at, l.provider, l.subject, l.developer
         FROM (SELECT pool_id, id, linked, disabled, merged_into, created_at, modified_at FROM identities
               WHERE pool_id = $1 AND id > $2 AND NOT (disabled AND $3) ORDER BY id LIMIT $4) i
         LEFT JOIN identity_logins l ON l.pool_id = i.pool_id AND l.identity_id = i.id ORDER BY i.id",
        pool_id,
        after,
        hide_disabled,
        limit
    )?;
    Ok(gather(rows))
}

pub async fn insert_identity(tx: &mut Tx, pool_id: &str, id: &str, linked: bool, now: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO identities (pool_id, id, linked, disabled, created_at, modified_at) VALUES ($1, $2, $3, $4, $5, $5)",
        pool_id,
        id,
        linked,
        false,
        now
    )?;
    Ok(())
}

/// Marks an identity as changed, which also holds its row until the transaction ends. Returns whether it is there.
pub async fn touch(tx: &mut Tx, pool_id: &str, id: &str, now: i64) -> Result<bool> {
    Ok(sql!(tx, "UPDATE identities SET modified_at = $1 WHERE pool_id = $2 AND id = $3", now, pool_id, id)? == 1)
}

/// Gives an identity a login. One that belongs to an identity already is a duplicate.
pub async fn link(tx: &mut Tx, pool_id: &str, identity_id: &str, login: &Linked, now: i64) -> Result<()> {
    sql!(tx, "UPDATE identities SET linked = $1 WHERE pool_id = $2 AND id = $3", true, pool_id, identity_id)?;
    sql!(
        tx,
        "INSERT INTO identity_logins (pool_id, provider, subject, developer, identity_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        pool_id,
        &login.provider,
        &login.subject,
        login.developer,
        identity_id,
        now
    )?;
    Ok(())
}

pub async fn unlink(tx: &mut Tx, pool_id: &str, identity_id: &str, login: &Linked) -> Result<bool> {
    let deleted = sql!(
        tx,
        "DELETE FROM identity_logins WHERE pool_id = $1 AND provider = $2 AND subject = $3 AND identity_id = $4",
        pool_id,
        &login.provider,
        &login.subject,
        identity_id
    )?;
    Ok(deleted == 1)
}

/// Moves the logins of one identity to another, which takes its place.
pub async fn merge(tx: &mut Tx, pool_id: &str, from: &str, into: &str, now: i64) -> Result<()> {
    sql!(tx, "UPDATE identity_logins SET identity_id = $1 WHERE pool_id = $2 AND identity_id = $3", into, pool_id, from)?;
    sql!(tx, "UPDATE identities SET merged_into = $1 WHERE pool_id = $2 AND merged_into = $3", into, pool_id, from)?;
    sql!(
        tx,
        "UPDATE identities SET disabled = $1, merged_into = $2, modified_at = $3 WHERE pool_id = $4 AND id = $5",
        true,
        into,
        now,
        pool_id,
        from
    )?;
    Ok(())
}

pub async fn delete_identity(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM identities WHERE id = $1", id)? == 1)
}

/// An identity's developer users in order, after `after`.
pub async fn developer_users(tx: &mut Tx, pool_id: &str, identity_id: &str, after: &str, limit: i64) -> Result<Vec<String>> {
    let rows = sql!(
        fetch_all (String,); tx,
        "SELECT subject FROM identity_logins WHERE pool_id = $1 AND identity_id = $2 AND developer AND subject > $3 ORDER BY subject LIMIT $4",
        pool_id,
        identity_id,
        after,
        limit
    )?;
    Ok(rows.into_iter().map(|(subject,)| subject).collect())
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeyRow {
    pub number: i64,
    pub private_key: Vec<u8>,
    pub signs_from: i64,
}

/// Keys that are published now, the newest first.
pub async fn keys(tx: &mut Tx, now: i64) -> Result<Vec<KeyRow>> {
    sql!(
        fetch_all KeyRow; tx,
        "SELECT number, private_key, signs_from FROM identity_keys WHERE retired_at IS NULL OR retired_at > $1 ORDER BY number DESC",
        now
    )
}

/// The number of the newest key there ever was.
pub async fn newest_key(tx: &mut Tx) -> Result<i64> {
    let row = sql!(fetch_one (Option<i64>,); tx, "SELECT MAX(number) FROM identity_keys")?;
    Ok(row.0.unwrap_or_default())
}

/// Returns whether the number was free: of two servers that make a key at once, one does.
pub async fn insert_key(tx: &mut Tx, key: &KeyRow) -> Result<bool> {
    let inserted = sql!(
        tx,
        "INSERT INTO identity_keys (number, private_key, signs_from) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING",
        key.number,
        &key.private_key,
        key.signs_from
    )?;
    Ok(inserted == 1)
}

/// Retires every key but this one.
pub async fn retire_keys(tx: &mut Tx, but: i64, at: i64) -> Result<()> {
    sql!(tx, "UPDATE identity_keys SET retired_at = $1 WHERE number <> $2 AND retired_at IS NULL", at, but)?;
    Ok(())
}

pub async fn delete_retired_keys(tx: &mut Tx, before: i64) -> Result<u64> {
    sql!(tx, "DELETE FROM identity_keys WHERE retired_at < $1", before)
}

/// Every sealed private key, for re-sealing under a new master key.
pub async fn sealed_keys(tx: &mut Tx) -> Result<Vec<KeyRow>> {
    sql!(fetch_all KeyRow; tx, "SELECT number, private_key, signs_from FROM identity_keys")
}

pub async fn reseal_key(tx: &mut Tx, number: i64, key: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE identity_keys SET private_key = $1 WHERE number = $2", key, number)?;
    Ok(())
}
