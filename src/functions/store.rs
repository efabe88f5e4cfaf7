//! The tables `functions`, `function_versions`, `function_aliases` and `function_invocations`.

use super::function::{Secrets, Settings, Version};
use crate::store::{Json, Result, Tx, sql};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What holds for all versions of a function.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Function {
    pub name: String,
    pub next_version: i64,
    pub tags: Json<BTreeMap<String, String>>,
    /// The statements of its policy by their ids.
    pub policy: Json<Map<String, Value>>,
    pub revision_id: String,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Alias {
    pub name: String,
    pub alias: String,
    pub version: String,
    pub description: String,
    pub revision_id: String,
}

/// A version whose secrets are sealed still.
#[derive(sqlx::FromRow)]
pub struct Row {
    name: String,
    version: String,
    settings: Json<Settings>,
    pub sealed: Vec<u8>,
    code_sha256: String,
    code_size: i64,
    revision_id: String,
    modified_at: i64,
}

impl Row {
    pub fn with(self, secrets: Secrets) -> Version {
        let Json(settings) = self.settings;
        Version {
            name: self.name,
            version: self.version,
            settings,
            secrets,
            code_sha256: self.code_sha256,
            code_size: self.code_size,
            revision_id: self.revision_id,
            modified_at: self.modified_at,
        }
    }
}

macro_rules! version {
    ($rest:literal) => {
        concat!("SELECT name, version, settings, sealed, code_sha256, code_size, revision_id, modified_at FROM function_versions ", $rest)
    };
}

pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Function>> {
    sql!(fetch_optional Function; tx, "SELECT name, next_version, tags, policy, revision_id FROM functions WHERE name = $1", name)
}

/// A name that is taken is a duplicate.
pub async fn insert(tx: &mut Tx, name: &str, tags: &BTreeMap<String, String>, revision_id: &str) -> Result<()> {
    let (tags, policy) = (Json(tags.clone()), Json(Map::<String, Value>::new()));
    sql!(
        tx,
        "INSERT INTO functions (name, next_version, tags, policy, revision_id) VALUES ($1, 1, $2, $3, $4)",
        name,
        tags,
        policy,
        revision_id
    )?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, name: &str) -> Result<bool> {
    sql!(tx, "DELETE FROM function_invocations WHERE name = $1", name)?;
    Ok(sql!(tx, "DELETE FROM functions WHERE name = $1", name)? == 1)
}

/// Replaces tags and policy of a function that has not changed since it was read.
pub async fn update(tx: &mut Tx, function: &Function, revision_id: &str) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE functions SET tags = $1, policy = $2, revision_id = $3 WHERE name = $4 AND revision_id = $5",
        &function.tags,
        &function.policy,
        revision_id,
        &function.name,
        &function.revision_id
    )?;
    Ok(changed == 1)
}

/// Takes the next number of a version.
pub async fn take_number(tx: &mut Tx, function: &Function) -> Result<bool> {
    let taken = sql!(
        tx,
        "UPDATE functions SET next_version = $1 WHERE name = $2 AND next_version = $3",
        function.next_version + 1,
        &function.name,
        function.next_version
    )?;
    Ok(taken == 1)
}

pub async fn version(tx: &mut Tx, name: &str, version: &str) -> Result<Option<Row>> {
    sql!(fetch_optional Row; tx, version!("WHERE name = $1 AND version = $2"), name, version)
}

/// Versions of one function, `$LATEST` first, from a number on.
pub async fn versions(tx: &mut Tx, name: &str, from: i64, limit: i64) -> Result<Vec<Row>> {
    sql!(fetch_all Row; tx, version!("WHERE name = $1 AND number >= $2 ORDER BY number LIMIT $3"), name, from, limit)
}

/// The latest version of each function after a name.
pub async fn latest(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<Row>> {
    sql!(fetch_all Row; tx, version!("WHERE version = '$LATEST' AND name > $1 ORDER BY name LIMIT $2"), after, limit)
}

/// Every version of every function after one of them.
pub async fn all(tx: &mut Tx, name: &str, number: i64, limit: i64) -> Result<Vec<Row>> {
    sql!(fetch_all Row; tx, version!("WHERE name > $1 OR (name = $1 AND number > $2) ORDER BY name, number LIMIT $3"), name, number, limit)
}

pub async fn code(tx: &mut Tx, name: &str, version: &str) -> Result<Option<Vec<u8>>> {
    let row = sql!(fetch_optional (Vec<u8>,); tx, "SELECT code FROM function_versions WHERE name = $1 AND version = $2", name, version)?;
    Ok(row.map(|(code,)| code))
}

pub async fn insert_version(tx: &mut Tx, version: &Version, number: i64, sealed: &[u8], code: &[u8]) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO function_versions (name, version, number, settings, sealed, code_sha256, code_size, code, revision_id, modified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &version.name,
        &version.version,
        number,
        Json(&version.settings),
        sealed,
        &version.code_sha256,
        version.code_size,
        code,
        &version.revision_id,
        version.modified_at
    )?;
    Ok(())
}

/// Replaces `$LATEST` where it is still the revision `before`; its code only where there is other code.
pub async fn update_latest(tx: &mut Tx, version: &Version, before: &str, sealed: &[u8], code: Option<&[u8]>) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE function_versions SET settings = $1, sealed = $2, code_sha256 = $3, code_size = $4, code = COALESCE($5, code),
            revision_id = $6, modified_at = $7
         WHERE name = $8 AND version = '$LATEST' AND revision_id = $9",
        Json(&version.settings),
        sealed,
        &version.code_sha256,
        version.code_size,
        code,
        &version.revision_id,
        version.modified_at,
        &version.name,
        before
    )?;
    Ok(changed == 1)
}

pub async fn delete_version(tx: &mut Tx, name: &str, version: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM function_versions WHERE name = $1 AND version = $2", name, version)? == 1)
}

pub async fn alias(tx: &mut Tx, name: &str, alias: &str) -> Result<Option<Alias>> {
    sql!(
        fetch_optional Alias; tx,
        "SELECT name, alias, version, description, revision_id FROM function_aliases WHERE name = $1 AND alias = $2",
        name,
        alias
    )
}

pub async fn aliases(tx: &mut Tx, name: &str, after: &str, limit: i64) -> Result<Vec<Alias>> {
    sql!(
        fetch_all Alias; tx,
        "SELECT name, alias, version, description, revision_id FROM function_aliases WHERE name = $1 AND alias > $2 ORDER BY alias LIMIT $3",
        name,
        after,
        limit
    )
}

pub async fn insert_alias(tx: &mut Tx, alias: &Alias) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO function_aliases (name, alias, version, description, revision_id) VALUES ($1, $2, $3, $4, $5)",
        &alias.name,
        &alias.alias,
        &alias.version,
        &alias.description,
        &alias.revision_id
    )?;
    Ok(())
}

pub async fn update_alias(tx: &mut Tx, alias: &Alias, before: &str) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE function_aliases SET version = $1, description = $2, revision_id = $3 WHERE name = $4 AND alias = $5 AND revision_id = $6",
        &alias.version,
        &alias.description,
        &alias.revision_id,
        &alias.name,
        &alias.alias,
        before
    )?;
    Ok(changed == 1)
}

pub async fn delete_alias(tx: &mut Tx, name: &str, alias: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM function_aliases WHERE name = $1 AND alias = $2", name, alias)? == 1)
}

/// A call that is kept, sealed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Kept {
    pub name: String,
    pub id: String,
    /// In microseconds, so that calls of one moment keep their order.
    pub at: i64,
    pub sealed: Vec<u8>,
}

pub async fn keep(tx: &mut Tx, kept: &Kept) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO function_invocations (name, id, at, sealed) VALUES ($1, $2, $3, $4) ON CONFLICT (name, id) DO NOTHING",
        &kept.name,
        &kept.id,
        kept.at,
        &kept.sealed
    )?;
    Ok(())
}

/// Forgets all but the newest calls of a function.
pub async fn trim(tx: &mut Tx, name: &str, keep: i64) -> Result<()> {
    sql!(
        tx,
        "DELETE FROM function_invocations WHERE name = $1 AND id NOT IN
            (SELECT id FROM function_invocations WHERE name = $1 ORDER BY at DESC LIMIT $2)",
        name,
        keep
    )?;
    Ok(())
}

pub async fn kept(tx: &mut Tx, name: &str, before: i64, limit: i64) -> Result<Vec<Kept>> {
    sql!(
        fetch_all Kept; tx,
        "SELECT name, id, at, sealed FROM function_invocations WHERE name = $1 AND at < $2 ORDER BY at DESC LIMIT $3",
        name,
        before,
        limit
    )
}

pub async fn kept_one(tx: &mut Tx, name: &str, id: &str) -> Result<Option<Kept>> {
    sql!(fetch_optional Kept; tx, "SELECT name, id, at, sealed FROM function_invocations WHERE name = $1 AND id = $2", name, id)
}

pub async fn sweep(tx: &mut Tx, before: i64) -> Result<()> {
    sql!(tx, "DELETE FROM function_invocations WHERE at < $1", before)?;
    Ok(())
}

/// Every sealed value of functions, for re-sealing under a new master key.
pub async fn sealed(tx: &mut Tx) -> Result<Vec<(String, String, Vec<u8>)>> {
    sql!(fetch_all (String, String, Vec<u8>); tx, "SELECT name, version, sealed FROM function_versions")
}

pub async fn reseal(tx: &mut Tx, name: &str, version: &str, value: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE function_versions SET sealed = $1 WHERE name = $2 AND version = $3", value, name, version)?;
    Ok(())
}

pub async fn sealed_invocations(tx: &mut Tx) -> Result<Vec<(String, String, Vec<u8>)>> {
    sql!(fetch_all (String, String, Vec<u8>); tx, "SELECT name, id, sealed FROM function_invocations")
}

pub async fn reseal_invocation(tx: &mut Tx, name: &str, id: &str, value: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE function_invocations SET sealed = $1 WHERE name = $2 AND id = $3", value, name, id)?;
    Ok(())
}
