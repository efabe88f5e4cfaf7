//! The tables of identity and access management.

use super::entity::{Details, Entity, Owner};
use crate::kit::text::{after_prefix, fold};
use crate::store::{Json, Result, Tx, sql};

#[derive(sqlx::FromRow)]
struct EntityRow {
    name: String,
    id: String,
    path: String,
    boundary: Option<String>,
    details: Json<Details>,
    created_at: i64,
}

impl EntityRow {
    fn entity(self, owner: Owner) -> Entity {
        let Self { name, id, path, boundary, details, created_at } = self;
        Entity { owner, name, id, path, boundary, details: details.0, created_at }
    }
}

macro_rules! principals {
    ($rest:literal) => {
        concat!("SELECT p.name, p.id, p.path, p.boundary, p.details, p.created_at FROM iam_principals p ", $rest)
    };
}

pub async fn find(tx: &mut Tx, account: &str, owner: Owner, name: &str) -> Result<Option<Entity>> {
    let row = sql!(
        fetch_optional EntityRow; tx,
        principals!("WHERE p.account_id = $1 AND p.kind = $2 AND p.folded_name = $3"),
        account,
        owner.word(),
        fold(name)
    )?;
    Ok(row.map(|row| row.entity(owner)))
}

/// The same, held until the transaction ends.
pub async fn hold(tx: &mut Tx, account: &str, owner: Owner, name: &str) -> Result<Option<Entity>> {
    sql!(
        tx,
        "UPDATE iam_principals SET name = name WHERE account_id = $1 AND kind = $2 AND folded_name = $3",
        account,
        owner.word(),
        fold(name)
    )?;
    find(tx, account, owner, name).await
}

/// A new one. `Duplicate` when the name is taken.
pub async fn insert(tx: &mut Tx, account: &str, entity: &Entity) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO iam_principals (account_id, kind, folded_name, name, id, path, boundary, details, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        account,
        entity.owner.word(),
        fold(&entity.name),
        &entity.name,
        &entity.id,
        &entity.path,
        &entity.boundary,
        Json(&entity.details),
        entity.created_at
    )?;
    Ok(())
}

/// Writes what can change of one that is held.
pub async fn update(tx: &mut Tx, account: &str, entity: &Entity) -> Result<()> {
    sql!(
        tx,
        "UPDATE iam_principals SET path = $4, boundary = $5, details = $6 WHERE account_id = $1 AND kind = $2 AND folded_name = $3",
        account,
        entity.owner.word(),
        fold(&entity.name),
        &entity.path,
        &entity.boundary,
        Json(&entity.details)
    )?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, account: &str, owner: Owner, name: &str) -> Result<()> {
    sql!(tx, "DELETE FROM iam_principals WHERE account_id = $1 AND kind = $2 AND folded_name = $3", account, owner.word(), fold(name))?;
    Ok(())
}

/// Those below a path in the order of their names, after `after`.
pub async fn list(tx: &mut Tx, account: &str, owner: Owner, path: &str, after: &str, limit: i64) -> Result<Vec<Entity>> {
    let rows = sql!(
        fetch_all EntityRow; tx,
        principals!(
            "WHERE p.account_id = $1 AND p.kind = $2 AND p.path >= $3 AND p.path < $4 AND p.folded_name > $5
             ORDER BY p.folded_name LIMIT $6"
        ),
        account,
        owner.word(),
        path,
        after_prefix(path).unwrap_or_else(|| char::MAX.to_string()),
        after,
        limit
    )?;
    Ok(rows.into_iter().map(|row| row.entity(owner)).collect())
}

pub async fn put_inline(tx: &mut Tx, account: &str, owner: Owner, of: &str, name: &str, document: &str) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO iam_inline_policies (account_id, kind, owner, name, document) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id, kind, owner, name) DO UPDATE SET document = excluded.document",
        account,
        owner.word(),
        fold(of),
        name,
        document
    )?;
    Ok(())
}

pub async fn delete_inline(tx: &mut Tx, account: &str, owner: Owner, of: &str, name: &str) -> Result<bool> {
    let deleted = sql!(
        tx,
        "DELETE FROM iam_inline_policies WHERE account_id = $1 AND kind = $2 AND owner = $3 AND name = $4",
        account,
        owner.word(),
        fold(of),
        name
    )?;
    Ok(deleted == 1)
}

/// Names and documents, in the order of the names.
pub async fn inline(tx: &mut Tx, account: &str, owner: Owner, of: &str) -> Result<Vec<(String, String)>> {
    sql!(
        fetch_all (String, String); tx,
        "SELECT name, document FROM iam_inline_policies WHERE account_id = $1 AND kind = $2 AND owner = $3 ORDER BY name",
        account,
        owner.word(),
        fold(of)
    )
}

pub async fn attach(tx: &mut Tx, account: &str, owner: Owner, of: &str, arn: &str) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO iam_attachments (account_id, kind, owner, policy_arn) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, kind, owner, policy_arn) DO NOTHING",
        account,
        owner.word(),
        fold(of),
        arn
    )?;
    Ok(())
}

pub async fn detach(tx: &mut Tx, account: &str, owner: Owner, of: &str, arn: &str) -> Result<bool> {
    let detached = sql!(
        tx,
        "DELETE FROM iam_attachments WHERE account_id = $1 AND kind = $2 AND owner = $3 AND policy_arn = $4",
        account,
        owner.word(),
        fold(of),
        arn
    )?;
    Ok(detached == 1)
}

/// The ARNs of the managed policies that are attached.
pub async fn attached(tx: &mut Tx, account: &str, owner: Owner, of: &str) -> Result<Vec<String>> {
    let rows = sql!(
        fetch_all (String,); tx,
        "SELECT policy_arn FROM iam_attachments WHERE account_id = $1 AND kind = $2 AND owner = $3 ORDER BY policy_arn",
        account,
        owner.word(),
        fold(of)
    )?;
    Ok(rows.into_iter().map(|(arn,)| arn).collect())
}

/// What a managed policy is attached to: kind, name and id.
pub async fn attached_to(tx: &mut Tx, account: &str, arn: &str) -> Result<Vec<(String, String, String)>> {
    sql!(
        fetch_all (String, String, String); tx,
        "SELECT p.kind, p.name, p.id FROM iam_attachments a
         JOIN iam_principals p ON p.account_id = a.account_id AND p.kind = a.kind AND p.folded_name = a.owner
         WHERE a.account_id = $1 AND a.policy_arn = $2 ORDER BY p.kind, p.name",
        account,
        arn
    )
}

/// What a managed policy is the boundary of: kind, name and id.
pub async fn bounded_by(tx: &mut Tx, account: &str, arn: &str) -> Result<Vec<(String, String, String)>> {
    sql!(
        fetch_all (String, String, String); tx,
        "SELECT p.kind, p.name, p.id FROM iam_principals p WHERE p.account_id = $1 AND p.boundary = $2 ORDER BY p.kind, p.name",
        account,
        arn
    )
}

pub async fn join_group(tx: &mut Tx, account: &str, group: &str, user: &str) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO iam_group_members (account_id, group_name, user_name) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, user_name, group_name) DO NOTHING",
        account,
        fold(group),
        fold(user)
    )?;
    Ok(())
}

pub async fn leave_group(tx: &mut Tx, account: &str, group: &str, user: &str) -> Result<()> {
    sql!(
        tx,
        "DELETE FROM iam_group_members WHERE account_id = $1 AND group_name = $2 AND user_name = $3",
        account,
        fold(group),
        fold(user)
    )?;
    Ok(())
}

/// The groups that a user is in.
pub async fn groups_of(tx: &mut Tx, account: &str, user: &str) -> Result<Vec<Entity>> {
    let rows = sql!(
        fetch_all EntityRow; tx,
        principals!(
            "JOIN iam_group_members g ON g.account_id = p.account_id AND g.group_name = p.folded_name
             WHERE p.account_id = $1 AND p.kind = 'group' AND g.user_name = $2 ORDER BY p.folded_name"
        ),
        account,
        fold(user)
    )?;
    Ok(rows.into_iter().map(|row| row.entity(Owner::Group)).collect())
}

/// Who is in a group.
pub async fn members_of(tx: &mut Tx, account: &str, group: &str) -> Result<Vec<Entity>> {
    let rows = sql!(
        fetch_all EntityRow; tx,
        principals!(
            "JOIN iam_group_members g ON g.account_id = p.account_id AND g.user_name = p.folded_name
             WHERE p.account_id = $1 AND p.kind = 'user' AND g.group_name = $2 ORDER BY p.folded_name"
        ),
        account,
        fold(group)
    )?;
    Ok(rows.into_iter().map(|row| row.entity(Owner::User)).collect())
}

/// To how many each managed policy is attached.
pub async fn attachments(tx: &mut Tx, account: &str) -> Result<std::collections::HashMap<String, usize>> {
    let rows = sql!(
        fetch_all (String, i64); tx,
        "SELECT policy_arn, COUNT(*) FROM iam_attachments WHERE account_id = $1 GROUP BY policy_arn",
        account
    )?;
    Ok(rows.into_iter().map(|(arn, count)| (arn, usize::try_from(count).unwrap_or_default())).collect())
}
