//! The tables `user_groups` and `group_members`.

use super::group::{Group, PER_POOL, PER_USER};
use super::membership::{Member, Membership};
use crate::store::{Result, Tx, given, sql};

#[derive(sqlx::FromRow)]
struct GroupRow {
    pool_id: String,
    name: String,
    description: Option<String>,
    role_arn: Option<String>,
    precedence: Option<i64>,
    created_at: i64,
    modified_at: i64,
}

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        Self {
            pool_id: row.pool_id,
            name: row.name,
            description: row.description,
            role_arn: row.role_arn,
            precedence: row.precedence,
            created_at: row.created_at,
            modified_at: row.modified_at,
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT g.pool_id, g.name, g.description, g.role_arn, g.precedence, g.created_at, g.modified_at FROM user_groups g ", $rest)
    };
}

pub async fn find(tx: &mut Tx, pool_id: &str, name: &str) -> Result<Option<Group>> {
    let row = sql!(fetch_optional GroupRow; tx, select!("WHERE g.pool_id = $1 AND g.name = $2"), pool_id, name)?;
    Ok(row.map(Group::from))
}

/// A new group. `Duplicate` when the name is taken; `false` when the pool is full.
pub async fn insert(tx: &mut Tx, group: &Group) -> Result<bool> {
    let inserted = sql!(
        tx,
        "INSERT INTO user_groups (pool_id, name, description, role_arn, precedence, created_at, modified_at)
         SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT COUNT(*) FROM user_groups WHERE pool_id = $1) < $8",
        &group.pool_id,
        &group.name,
        &group.description,
        &group.role_arn,
        group.precedence,
        group.created_at,
        group.modified_at,
        PER_POOL
    )?;
    Ok(inserted == 1)
}

/// Holds a group until the transaction ends, and whether there is one.
pub async fn lock(tx: &mut Tx, pool_id: &str, name: &str) -> Result<bool> {
    Ok(sql!(tx, "UPDATE user_groups SET name = name WHERE pool_id = $1 AND name = $2", pool_id, name)? == 1)
}

/// Changes what is given and keeps the rest.
pub async fn update(
    tx: &mut Tx,
    (pool_id, name): (&str, &str),
    description: Option<&str>,
    role_arn: Option<&str>,
    precedence: Option<i64>,
    now: i64,
) -> Result<Option<Group>> {
    let row = sql!(
        fetch_optional GroupRow; tx,
        "UPDATE user_groups SET description = COALESCE($3, description), role_arn = COALESCE($4, role_arn),
            precedence = COALESCE($5, precedence), modified_at = $6
         WHERE pool_id = $1 AND name = $2 RETURNING pool_id, name, description, role_arn, precedence, created_at, modified_at",
        pool_id,
        name,
        description,
        role_arn,
        precedence,
        now
    )?;
    Ok(row.map(Group::from))
}

pub async fn delete(tx: &mut Tx, pool_id: &str, name: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM user_groups WHERE pool_id = $1 AND name = $2", pool_id, name)? == 1)
}

/// Groups in the order of their names, after `after`.
pub async fn list(tx: &mut Tx, pool_id: &str, after: &str, limit: i64) -> Result<Vec<Group>> {
    let rows =
        sql!(fetch_all GroupRow; tx, select!("WHERE g.pool_id = $1 AND g.name > $2 ORDER BY g.name LIMIT $3"), pool_id, after, limit)?;
    Ok(rows.into_iter().map(Group::from).collect())
}

/// A user's groups in the order of their names, after `after`.
pub async fn list_of(tx: &mut Tx, pool_id: &str, sub: &str, after: &str, limit: i64) -> Result<Vec<Group>> {
    let rows = sql!(
        fetch_all GroupRow; tx,
        select!(
            "JOIN group_members m ON m.pool_id = g.pool_id AND m.group_name = g.name
             WHERE m.pool_id = $1 AND m.sub = $2 AND m.group_name > $3 ORDER BY m.group_name LIMIT $4"
        ),
        pool_id,
        sub,
        after,
        limit
    )?;
    Ok(rows.into_iter().map(Group::from).collect())
}

/// Makes a user a member. `false` when the user is in as many groups as may be; a member stays one. The limit bounds the size of tokens:
/// on PostgreSQL, requests at the same moment may pass it by as many as they are.
pub async fn add(tx: &mut Tx, pool_id: &str, sub: &str, name: &str) -> Result<bool> {
    let added = sql!(
        tx,
        "INSERT INTO group_members (pool_id, sub, group_name)
         SELECT $1, $2, $3 WHERE (SELECT COUNT(*) FROM group_members WHERE pool_id = $1 AND sub = $2) < $4
         ON CONFLICT (pool_id, sub, group_name) DO NOTHING",
        pool_id,
        sub,
        name,
        PER_USER
    )?;
    Ok(added == 1 || is_member(tx, pool_id, sub, name).await?)
}

async fn is_member(tx: &mut Tx, pool_id: &str, sub: &str, name: &str) -> Result<bool> {
    let row = sql!(
        fetch_optional (String,); tx,
        "SELECT sub FROM group_members WHERE pool_id = $1 AND sub = $2 AND group_name = $3",
        pool_id,
        sub,
        name
    )?;
    Ok(row.is_some())
}

pub async fn remove(tx: &mut Tx, pool_id: &str, sub: &str, name: &str) -> Result<()> {
    sql!(tx, "DELETE FROM group_members WHERE pool_id = $1 AND sub = $2 AND group_name = $3", pool_id, sub, name)?;
    Ok(())
}

/// Who is in a group, by `sub` in their order, after `after`.
pub async fn members(tx: &mut Tx, pool_id: &str, name: &str, after: &str, limit: i64) -> Result<Vec<String>> {
    let rows = sql!(
        fetch_all (String,); tx,
        "SELECT sub FROM group_members WHERE pool_id = $1 AND group_name = $2 AND sub > $3 ORDER BY sub LIMIT $4",
        pool_id,
        name,
        after,
        limit
    )?;
    Ok(rows.into_iter().map(|(sub,)| sub).collect())
}

/// What the tokens of a user say of groups: one statement, by key.
pub async fn membership(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<Membership> {
    let rows = sql!(
        fetch_all (String, Option<String>, Option<i64>); tx,
        "SELECT g.name, g.role_arn, g.precedence
         FROM group_members m JOIN user_groups g ON g.pool_id = m.pool_id AND g.name = m.group_name WHERE m.pool_id = $1 AND m.sub = $2",
        pool_id,
        sub
    )?;
    let member = |(name, role_arn, precedence)| Member { name, role_arn, precedence };
    Ok(Membership::new(rows.into_iter().map(member).collect()))
}

/// Which groups each of these users is in: `(sub, name)`, in the order of the names.
pub async fn names_of(tx: &mut Tx, pool_id: &str, subs: &[String]) -> Result<Vec<(String, String)>> {
    sql!(
        fetch_all (String, String); tx,
        given!(
            "SELECT m.sub, m.group_name FROM given JOIN group_members m ON m.sub = given.sub WHERE m.pool_id = $1 ORDER BY m.group_name"
        ),
        pool_id,
        subs.concat(),
        subs.len() as i64
    )
}

/// Makes a new user a member of a group, if there is one of this name.
pub async fn join(tx: &mut Tx, pool_id: &str, sub: &str, name: &str) -> Result<bool> {
    let joined = sql!(
        tx,
        "INSERT INTO group_members (pool_id, sub, group_name) SELECT pool_id, $2, name FROM user_groups WHERE pool_id = $1 AND name = $3",
        pool_id,
        sub,
        name
    )?;
    Ok(joined == 1)
}
