//! The tables of certificates.

use crate::kit::clock::Millis;
use crate::store::{Result, Tx, sql};

/// A certificate that was issued.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    pub name: String,
    /// PEM, the name's own certificate first.
    pub chain: String,
    /// PKCS #8, sealed.
    pub private_key: Vec<u8>,
    pub expires_at: Millis,
    pub renew_at: Millis,
}

#[derive(sqlx::FromRow)]
struct Name {
    name: String,
}

pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Row>> {
    sql!(fetch_optional Row; tx, "SELECT name, chain, private_key, expires_at, renew_at FROM certificates WHERE name = $1", name)
}

pub async fn put(tx: &mut Tx, row: &Row) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO certificates (name, chain, private_key, expires_at, renew_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO UPDATE SET chain = excluded.chain, private_key = excluded.private_key, expires_at = excluded.expires_at,
         renew_at = excluded.renew_at",
        &row.name,
        &row.chain,
        &row.private_key,
        row.expires_at,
        row.renew_at
    )?;
    Ok(())
}

/// Keeps the first of several that are made at once.
pub async fn insert_if_absent(tx: &mut Tx, row: &Row) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO certificates (name, chain, private_key, expires_at, renew_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING",
        &row.name,
        &row.chain,
        &row.private_key,
        row.expires_at,
        row.renew_at
    )?;
    Ok(())
}

/// The names whose certificates need no attention yet.
pub async fn fresh(tx: &mut Tx, now: Millis) -> Result<Vec<String>> {
    let rows = sql!(fetch_all Name; tx, "SELECT name FROM certificates WHERE renew_at > $1", now)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Takes a name's order until `until`; false when another server has it or it is too early to try again.
pub async fn claim(tx: &mut Tx, name: &str, now: Millis, until: Millis) -> Result<bool> {
    let taken = sql!(
        tx,
        "INSERT INTO certificate_orders (name, claimed_until, failures, retry_at) VALUES ($1, $2, 0, 0)
         ON CONFLICT (name) DO UPDATE SET claimed_until = excluded.claimed_until
         WHERE certificate_orders.claimed_until <= $3 AND certificate_orders.retry_at <= $3",
        name,
        until,
        now
    )?;
    Ok(taken == 1)
}

/// Lets go of an order that was filled.
pub async fn release(tx: &mut Tx, name: &str) -> Result<()> {
    sql!(tx, "DELETE FROM certificate_orders WHERE name = $1", name)?;
    Ok(())
}

/// Lets go of an order that failed: five minutes until the next attempt, then twice as long each time, a day at most.
pub async fn failed(tx: &mut Tx, name: &str, now: Millis) -> Result<()> {
    sql!(
        tx,
        "UPDATE certificate_orders SET claimed_until = 0, failures = failures + 1, retry_at = $2 + CASE
           WHEN failures < 1 THEN 300000 WHEN failures < 2 THEN 600000 WHEN failures < 3 THEN 1200000 WHEN failures < 4 THEN 2400000
           WHEN failures < 5 THEN 4800000 WHEN failures < 8 THEN 14400000 ELSE 86400000 END
         WHERE name = $1",
        name,
        now
    )?;
    Ok(())
}

pub async fn insert_challenge(tx: &mut Tx, token: &str, name: &str, answer: &str, expires_at: Millis) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO certificate_challenges (token, name, answer, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (token) DO NOTHING",
        token,
        name,
        answer,
        expires_at
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Answer {
    answer: String,
}

/// The key authorization of a challenge by its token.
pub async fn answer_of_token(tx: &mut Tx, token: &str, now: Millis) -> Result<Option<String>> {
    let row =
        sql!(fetch_optional Answer; tx, "SELECT answer FROM certificate_challenges WHERE token = $1 AND expires_at > $2", token, now)?;
    Ok(row.map(|row| row.answer))
}

/// The key authorization of the newest challenge for a name.
pub async fn answer_of_name(tx: &mut Tx, name: &str, now: Millis) -> Result<Option<String>> {
    let row = sql!(
        fetch_optional Answer;
        tx,
        "SELECT answer FROM certificate_challenges WHERE name = $1 AND expires_at > $2 ORDER BY expires_at DESC LIMIT 1",
        name,
        now
    )?;
    Ok(row.map(|row| row.answer))
}

pub async fn delete_challenges(tx: &mut Tx, name: &str, now: Millis) -> Result<()> {
    sql!(tx, "DELETE FROM certificate_challenges WHERE name = $1 OR expires_at <= $2", name, now)?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Account {
    directory: String,
    credentials: Vec<u8>,
}

pub async fn account(tx: &mut Tx, directory: &str) -> Result<Option<Vec<u8>>> {
    let row = sql!(fetch_optional Account; tx, "SELECT directory, credentials FROM certificate_accounts WHERE directory = $1", directory)?;
    Ok(row.map(|row| row.credentials))
}

pub async fn insert_account(tx: &mut Tx, directory: &str, credentials: &[u8]) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO certificate_accounts (directory, credentials) VALUES ($1, $2) ON CONFLICT (directory) DO NOTHING",
        directory,
        credentials
    )?;
    Ok(())
}

/// Every sealed private key, by name.
pub async fn sealed(tx: &mut Tx) -> Result<Vec<(String, Vec<u8>)>> {
    let rows = sql!(fetch_all Row; tx, "SELECT name, chain, private_key, expires_at, renew_at FROM certificates")?;
    Ok(rows.into_iter().map(|row| (row.name, row.private_key)).collect())
}

pub async fn reseal(tx: &mut Tx, name: &str, private_key: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE certificates SET private_key = $2 WHERE name = $1", name, private_key)?;
    Ok(())
}

/// Every sealed account, by the address of its directory.
pub async fn sealed_accounts(tx: &mut Tx) -> Result<Vec<(String, Vec<u8>)>> {
    let rows = sql!(fetch_all Account; tx, "SELECT directory, credentials FROM certificate_accounts")?;
    Ok(rows.into_iter().map(|row| (row.directory, row.credentials)).collect())
}

pub async fn reseal_account(tx: &mut Tx, directory: &str, credentials: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE certificate_accounts SET credentials = $2 WHERE directory = $1", directory, credentials)?;
    Ok(())
}
