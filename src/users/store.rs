//! The tables `users`, `user_aliases`, `user_search`, `codes` and `password_history`.

use super::mfa::Mfa;
use super::user::{Attributes, Status, User};
use crate::pools::Pool;
use crate::store::{Json, Result, StoreError, Tx, sql};

#[derive(sqlx::FromRow)]
struct UserRow {
    pool_id: String,
    sub: String,
    username: String,
    status: String,
    enabled: bool,
    attributes: Json<Attributes>,
    password: Option<String>,
    password_set_at: Option<i64>,
    verifier: Option<Vec<u8>>,
    failed_attempts: i64,
    last_failed_at: i64,
    created_at: i64,
    modified_at: i64,
    mfa: Json<Mfa>,
    version: i64,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            pool_id: row.pool_id,
            sub: row.sub,
            username: row.username,
            status: Status::parse(&row.status).unwrap_or(Status::ResetRequired),
            enabled: row.enabled,
            attributes: row.attributes.0,
            password: row.password,
            password_set_at: row.password_set_at,
            verifier: row.verifier,
            failed_attempts: row.failed_attempts,
            last_failed_at: row.last_failed_at,
            created_at: row.created_at,
            modified_at: row.modified_at,
            mfa: row.mfa.0,
            version: row.version,
        }
    }
}

/// What ListUsers can search for besides names of its own.
const SEARCHABLE: [&str; 6] = ["email", "phone_number", "name", "given_name", "family_name", "preferred_username"];

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT u.pool_id, u.sub, u.username, u.status, u.enabled, u.attributes, u.password, u.password_set_at, u.verifier, ",
            "u.failed_attempts, u.last_failed_at, u.created_at, u.modified_at, u.mfa, u.version FROM users u ",
            $rest
        )
    };
}

pub async fn find_by_sub(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<Option<User>> {
    let row = sql!(fetch_optional UserRow; tx, select!("WHERE u.pool_id = $1 AND u.sub = $2"), pool_id, sub)?;
    Ok(row.map(User::from))
}

/// The users of these `sub`s, in their order, by one statement: the list is sent as one text of 36 characters each.
pub async fn find_all(tx: &mut Tx, pool_id: &str, subs: &[String]) -> Result<Vec<User>> {
    let rows = sql!(
        fetch_all UserRow; tx,
        select!(
            "WHERE u.pool_id = $1 AND u.sub IN (
                WITH RECURSIVE given (n, sub) AS (
                    SELECT 1, substr($2, 1, 36) UNION ALL SELECT n + 1, substr($2, 36 * n + 1, 36) FROM given WHERE n < $3)
                SELECT sub FROM given) ORDER BY u.sub"
        ),
        pool_id, subs.concat(), subs.len() as i64
    )?;
    Ok(rows.into_iter().map(User::from).collect())
}

/// The user of this name: a user name first, then an alias, then a `sub`.
pub async fn find(tx: &mut Tx, pool: &Pool, name: &str) -> Result<Option<User>> {
    let row = sql!(
        fetch_optional UserRow; tx,
        select!(
            "WHERE u.pool_id = $1 AND u.sub = COALESCE(
                (SELECT n.sub FROM users n WHERE n.pool_id = $1 AND n.username_key = $2),
                (SELECT a.sub FROM user_aliases a WHERE a.pool_id = $1 AND a.value_key = $2),
                $3)"
        ),
        &pool.id,
        pool.key(name),
        name
    )?;
    Ok(row.map(User::from))
}

/// Whether a user is enabled, and when their tokens became void; `None` when there is no such user.
pub async fn standing(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<Option<(bool, i64)>> {
    sql!(fetch_optional (bool, i64); tx, "SELECT enabled, signed_out_at FROM users WHERE pool_id = $1 AND sub = $2", pool_id, sub)
}

/// Who a name leads to already: the `sub` of whoever has it as a user name, as an alias or as `sub`.
pub async fn name_owner(tx: &mut Tx, pool: &Pool, name: &str) -> Result<Option<String>> {
    let row = sql!(
        fetch_optional (String,); tx,
        "SELECT sub FROM users WHERE pool_id = $1 AND username_key = $2
         UNION ALL SELECT sub FROM user_aliases WHERE pool_id = $1 AND value_key = $2
         UNION ALL SELECT sub FROM users WHERE pool_id = $1 AND sub = $3 LIMIT 1",
        &pool.id,
        pool.key(name),
        name
    )?;
    Ok(row.map(|(sub,)| sub))
}

/// A new user with its aliases. `Duplicate` when the name or an alias has an owner.
pub async fn insert(tx: &mut Tx, pool: &Pool, user: &User) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO users (pool_id, sub, username, username_key, status, enabled, attributes, password, password_set_at, verifier, created_at, modified_at, mfa)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &user.pool_id,
        &user.sub,
        &user.username,
        pool.key(&user.username),
        user.status.as_str(),
        user.enabled,
        Json(&user.attributes),
        &user.password,
        user.password_set_at,
        &user.verifier,
        user.created_at,
        user.modified_at,
        Json(&user.mfa)
    )?;
    index(tx, user).await?;
    claim_aliases(tx, pool, user).await
}

/// Replaces a user's status, attributes, enabled flag and password, and brings aliases and search up to date.
/// `Duplicate` when an alias has another owner; `Changed` when the user was changed or deleted since this copy was read.
pub async fn update(tx: &mut Tx, pool: &Pool, user: &User) -> Result<()> {
    let changed = sql!(
        tx,
        "UPDATE users SET status = $1, enabled = $2, attributes = $3, password = $4, password_set_at = $5, verifier = $6, modified_at = $7,
            mfa = $8, version = version + 1 WHERE pool_id = $9 AND sub = $10 AND version = $11",
        user.status.as_str(),
        user.enabled,
        Json(&user.attributes),
        &user.password,
        user.password_set_at,
        &user.verifier,
        user.modified_at,
        Json(&user.mfa),
        &user.pool_id,
        &user.sub,
        user.version
    )?;
    if changed == 0 {
        return Err(StoreError::Changed);
    }
    // A reset code must not outlive the address that it was sent to.
    sql!(
        tx,
        "DELETE FROM codes WHERE pool_id = $1 AND sub = $2 AND purpose = 'reset_password' AND destination <> $3 AND destination <> $4",
        &user.pool_id,
        &user.sub,
        user.attribute("email").unwrap_or_default(),
        user.attribute("phone_number").unwrap_or_default()
    )?;
    sql!(tx, "DELETE FROM user_search WHERE pool_id = $1 AND sub = $2", &user.pool_id, &user.sub)?;
    index(tx, user).await?;
    sql!(tx, "DELETE FROM user_aliases WHERE pool_id = $1 AND sub = $2", &user.pool_id, &user.sub)?;
    claim_aliases(tx, pool, user).await
}

async fn index(tx: &mut Tx, user: &User) -> Result<()> {
    let attributes = SEARCHABLE.into_iter().filter_map(|name| Some((name, crate::kit::text::fold(user.attribute(name)?))));
    let status = [("cognito:user_status", crate::kit::text::fold(user.status.as_str()))];
    for (name, value) in attributes.chain(status) {
        sql!(tx, "INSERT INTO user_search (pool_id, name, value_key, sub) VALUES ($1, $2, $3, $4)", &user.pool_id, name, value, &user.sub)?;
    }
    Ok(())
}

/// Gives a user who has no aliases yet those that the pool counts.
pub async fn claim_aliases(tx: &mut Tx, pool: &Pool, user: &User) -> Result<()> {
    for (kind, value) in super::lookup::aliases(pool, user) {
        sql!(
            tx,
            "INSERT INTO user_aliases (pool_id, value_key, kind, sub) VALUES ($1, $2, $3, $4)",
            &user.pool_id,
            pool.key(value),
            kind,
            &user.sub
        )?;
    }
    Ok(())
}

pub async fn drop_aliases(tx: &mut Tx, pool_id: &str) -> Result<()> {
    sql!(tx, "DELETE FROM user_aliases WHERE pool_id = $1", pool_id)?;
    Ok(())
}

/// `Duplicate` when somebody else is found by this key.
pub async fn set_username_key(tx: &mut Tx, user: &User, key: &str) -> Result<()> {
    sql!(tx, "UPDATE users SET username_key = $1 WHERE pool_id = $2 AND sub = $3", key, &user.pool_id, &user.sub)?;
    Ok(())
}

/// Keeps the hash that is about to be replaced, and of the earlier ones as many as count.
pub async fn keep_password(tx: &mut Tx, user: &User, most: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO password_history (pool_id, sub, version, password)
         SELECT pool_id, sub, version, password FROM users WHERE pool_id = $1 AND sub = $2 AND password IS NOT NULL ON CONFLICT DO NOTHING",
        &user.pool_id,
        &user.sub
    )?;
    sql!(
        tx,
        "DELETE FROM password_history WHERE pool_id = $1 AND sub = $2 AND version NOT IN
            (SELECT version FROM password_history WHERE pool_id = $1 AND sub = $2 ORDER BY version DESC LIMIT $3)",
        &user.pool_id,
        &user.sub,
        most
    )?;
    Ok(())
}

/// The hashes of a user's earlier passwords, the newest first.
pub async fn earlier_passwords(tx: &mut Tx, user: &User, most: i64) -> Result<Vec<String>> {
    let rows = sql!(
        fetch_all (String,); tx,
        "SELECT password FROM password_history WHERE pool_id = $1 AND sub = $2 ORDER BY version DESC LIMIT $3",
        &user.pool_id,
        &user.sub,
        most
    )?;
    Ok(rows.into_iter().map(|(password,)| password).collect())
}

pub async fn delete(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM users WHERE pool_id = $1 AND sub = $2", pool_id, sub)? == 1)
}

pub async fn set_signed_out(tx: &mut Tx, pool_id: &str, sub: &str, now: i64) -> Result<()> {
    sql!(tx, "UPDATE users SET signed_out_at = $1 WHERE pool_id = $2 AND sub = $3", now, pool_id, sub)?;
    Ok(())
}

/// Counts a wrong password; a count that has rested, and is still the one that was read, starts anew.
pub async fn add_failure(tx: &mut Tx, user: &User, rested: bool, read: i64, now: i64) -> Result<()> {
    sql!(
        tx,
        "UPDATE users SET failed_attempts = CASE WHEN $1 AND failed_attempts = $2 THEN 1 ELSE failed_attempts + 1 END, last_failed_at = $3
         WHERE pool_id = $4 AND sub = $5",
        rested,
        read,
        now,
        &user.pool_id,
        &user.sub
    )?;
    Ok(())
}

pub async fn clear_failures(tx: &mut Tx, user: &User) -> Result<()> {
    sql!(tx, "UPDATE users SET failed_attempts = 0, last_failed_at = 0 WHERE pool_id = $1 AND sub = $2", &user.pool_id, &user.sub)?;
    Ok(())
}

/// Replaces a hash by one at today's cost and adds a missing verifier, unless the password was changed meanwhile.
pub async fn upgrade_password(tx: &mut Tx, user: &User, phc: &str, verifier: &[u8]) -> Result<()> {
    sql!(
        tx,
        "UPDATE users SET password = $1, verifier = COALESCE(verifier, $2) WHERE pool_id = $3 AND sub = $4 AND password = $5",
        phc,
        verifier,
        &user.pool_id,
        &user.sub,
        &user.password
    )?;
    Ok(())
}

pub async fn count(tx: &mut Tx, pool_id: &str) -> Result<i64> {
    Ok(sql!(fetch_one (i64,); tx, "SELECT COUNT(*) FROM users WHERE pool_id = $1", pool_id)?.0)
}

/// A position in the order of age.
pub type Position = (i64, String);

/// Users in the order of their age: all, or those whose enabled flag is `enabled`.
pub async fn list(tx: &mut Tx, pool_id: &str, enabled: Option<bool>, after: &Position, limit: i64) -> Result<Vec<User>> {
    let rows = sql!(
        fetch_all UserRow; tx,
        select!(
            "WHERE u.pool_id = $1 AND ($5 IS NULL OR u.enabled = $5) AND (u.created_at > $2 OR (u.created_at = $2 AND u.sub > $3))
             ORDER BY u.created_at, u.sub LIMIT $4"
        ),
        pool_id, after.0, &after.1, limit, enabled
    )?;
    Ok(rows.into_iter().map(User::from).collect())
}

/// Users whose user name lies in `[from, to)`, in the order of their names; `after` is a folded name.
pub async fn list_by_username(tx: &mut Tx, pool_id: &str, from: &str, to: &str, after: &str, limit: i64) -> Result<Vec<User>> {
    let rows = sql!(
        fetch_all UserRow; tx,
        select!("WHERE u.pool_id = $1 AND u.username_key >= $2 AND u.username_key < $3 AND u.username_key > $4 ORDER BY u.username_key LIMIT $5"),
        pool_id,
        from,
        to,
        after,
        limit
    )?;
    Ok(rows.into_iter().map(User::from).collect())
}

/// Users one of whose searchable attributes lies in `[from, to)`, in the order of their `sub`.
pub async fn list_by_attribute(tx: &mut Tx, pool_id: &str, name: &str, from: &str, to: &str, after: &str, limit: i64) -> Result<Vec<User>> {
    let rows = sql!(
        fetch_all UserRow; tx,
        select!("JOIN user_search s ON s.pool_id = u.pool_id AND s.sub = u.sub WHERE s.pool_id = $1 AND s.name = $2 AND s.value_key >= $3 AND s.value_key < $4 AND s.sub > $5 ORDER BY s.sub LIMIT $6"),
        pool_id,
        name,
        from,
        to,
        after,
        limit
    )?;
    Ok(rows.into_iter().map(User::from).collect())
}

/// A code as it is stored.
#[derive(Debug, sqlx::FromRow)]
pub struct CodeRow {
    pub hash: String,
    pub destination: String,
    pub expires_at: i64,
}

pub async fn put_code(tx: &mut Tx, pool_id: &str, sub: &str, purpose: &str, code: &CodeRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO codes (pool_id, sub, purpose, hash, destination, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (pool_id, sub, purpose) DO UPDATE SET hash = excluded.hash, destination = excluded.destination, expires_at = excluded.expires_at",
        pool_id,
        sub,
        purpose,
        &code.hash,
        &code.destination,
        code.expires_at
    )?;
    Ok(())
}

pub async fn code(tx: &mut Tx, pool_id: &str, sub: &str, purpose: &str) -> Result<Option<CodeRow>> {
    sql!(
        fetch_optional CodeRow; tx,
        "SELECT hash, destination, expires_at FROM codes WHERE pool_id = $1 AND sub = $2 AND purpose = $3",
        pool_id,
        sub,
        purpose
    )
}

/// Removes a code; whether it was there decides which of two uses at once counts.
pub async fn take_code(tx: &mut Tx, pool_id: &str, sub: &str, purpose: &str, hash: &str) -> Result<bool> {
    let taken = sql!(tx, "DELETE FROM codes WHERE pool_id = $1 AND sub = $2 AND purpose = $3 AND hash = $4", pool_id, sub, purpose, hash)?;
    Ok(taken == 1)
}

pub async fn drop_code(tx: &mut Tx, pool_id: &str, sub: &str, purpose: &str) -> Result<()> {
    sql!(tx, "DELETE FROM codes WHERE pool_id = $1 AND sub = $2 AND purpose = $3", pool_id, sub, purpose)?;
    Ok(())
}

/// Codes that have had their time.
pub async fn sweep(tx: &mut Tx, now: i64) -> Result<()> {
    sql!(tx, "DELETE FROM codes WHERE expires_at <= $1", now - crate::kit::clock::DAY)?;
    Ok(())
}

/// Every sealed SRP verifier, for re-sealing under a new master key.
pub async fn sealed(tx: &mut Tx) -> Result<Vec<(String, String, Vec<u8>)>> {
    sql!(fetch_all (String, String, Vec<u8>); tx, "SELECT pool_id, sub, verifier FROM users WHERE verifier IS NOT NULL")
}

/// Replaces a verifier by the same one under a new key, unless the password was changed meanwhile.
pub async fn reseal(tx: &mut Tx, pool_id: &str, sub: &str, old: &[u8], verifier: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE users SET verifier = $1 WHERE pool_id = $2 AND sub = $3 AND verifier = $4", verifier, pool_id, sub, old)?;
    Ok(())
}
