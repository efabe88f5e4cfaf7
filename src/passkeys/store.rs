//! The tables `passkeys` and `webauthn_challenges`.

use super::LIMIT;
use super::credential::Passkey;
use crate::store::{Json, Result, Tx, given, sql};

#[derive(sqlx::FromRow)]
struct PasskeyRow {
    pool_id: String,
    credential_id: String,
    sub: String,
    public_key: Vec<u8>,
    counter: i64,
    backup_eligible: bool,
    backed_up: bool,
    transports: Json<Vec<String>>,
    attachment: Option<String>,
    aaguid: String,
    name: String,
    rp_id: String,
    created_at: i64,
}

impl From<PasskeyRow> for Passkey {
    fn from(row: PasskeyRow) -> Self {
        Self {
            pool_id: row.pool_id,
            credential_id: row.credential_id,
            sub: row.sub,
            public_key: row.public_key,
            counter: row.counter,
            backup_eligible: row.backup_eligible,
            backed_up: row.backed_up,
            transports: row.transports.0,
            attachment: row.attachment,
            aaguid: row.aaguid,
            name: row.name,
            rp_id: row.rp_id,
            created_at: row.created_at,
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT pool_id, credential_id, sub, public_key, counter, backup_eligible, backed_up, transports, attachment, aaguid, name, ",
            "rp_id, created_at FROM passkeys ",
            $rest
        )
    };
}

/// A user's passkeys, at most [`LIMIT`] of them, the oldest first.
pub async fn list(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<Vec<Passkey>> {
    let rows = sql!(fetch_all PasskeyRow; tx, select!("WHERE pool_id = $1 AND sub = $2 ORDER BY created_at, credential_id"), pool_id, sub)?;
    Ok(rows.into_iter().map(Passkey::from).collect())
}

/// The passkeys of these users, each one's oldest first.
pub async fn of_users(tx: &mut Tx, pool_id: &str, subs: &[String]) -> Result<Vec<Passkey>> {
    let rows = sql!(
        fetch_all PasskeyRow; tx,
        given!(
            "SELECT p.pool_id, p.credential_id, p.sub, p.public_key, p.counter, p.backup_eligible, p.backed_up, p.transports, p.attachment,
                p.aaguid, p.name, p.rp_id, p.created_at
             FROM given JOIN passkeys p ON p.sub = given.sub WHERE p.pool_id = $1 ORDER BY p.created_at, p.slot"
        ),
        pool_id,
        subs.concat(),
        subs.len() as i64
    )?;
    Ok(rows.into_iter().map(Passkey::from).collect())
}

pub async fn find(tx: &mut Tx, pool_id: &str, credential_id: &str) -> Result<Option<Passkey>> {
    let row = sql!(fetch_optional PasskeyRow; tx, select!("WHERE pool_id = $1 AND credential_id = $2"), pool_id, credential_id)?;
    Ok(row.map(Passkey::from))
}

/// How many passkeys a user has.
pub async fn count(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<i64> {
    Ok(sql!(fetch_one (i64,); tx, "SELECT COUNT(*) FROM passkeys WHERE pool_id = $1 AND sub = $2", pool_id, sub)?.0)
}

/// The first place that a user has free.
pub async fn free_slot(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<Option<i64>> {
    let taken = sql!(fetch_all (i64,); tx, "SELECT slot FROM passkeys WHERE pool_id = $1 AND sub = $2", pool_id, sub)?;
    Ok((0..LIMIT).find(|slot| !taken.contains(&(*slot,))))
}

/// `Duplicate` when the credential has an owner or the place was taken meanwhile.
pub async fn insert(tx: &mut Tx, passkey: &Passkey, slot: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO passkeys (pool_id, credential_id, sub, slot, public_key, counter, backup_eligible, backed_up, transports, attachment,
            aaguid, name, rp_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &passkey.pool_id,
        &passkey.credential_id,
        &passkey.sub,
        slot,
        &passkey.public_key,
        passkey.counter,
        passkey.backup_eligible,
        passkey.backed_up,
        Json(&passkey.transports),
        &passkey.attachment,
        &passkey.aaguid,
        &passkey.name,
        &passkey.rp_id,
        passkey.created_at
    )?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, pool_id: &str, sub: &str, credential_id: &str) -> Result<bool> {
    let deleted = sql!(tx, "DELETE FROM passkeys WHERE pool_id = $1 AND sub = $2 AND credential_id = $3", pool_id, sub, credential_id)?;
    Ok(deleted == 1)
}

/// Notes a sign-in, unless the passkey has counted further since it was read, or is gone.
pub async fn used(tx: &mut Tx, pool_id: &str, credential_id: &str, counters: (i64, i64), backed_up: bool, now: i64) -> Result<bool> {
    let (before, after) = counters;
    let changed = sql!(
        tx,
        "UPDATE passkeys SET counter = $1, backed_up = $2, last_used_at = $3 WHERE pool_id = $4 AND credential_id = $5 AND counter = $6",
        after,
        backed_up,
        now,
        pool_id,
        credential_id,
        before
    )?;
    Ok(changed == 1)
}

/// Begins a registration, in place of an earlier one by the same client.
pub async fn put_challenge(tx: &mut Tx, pool_id: &str, sub: &str, client_id: &str, hash: &str, expires_at: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO webauthn_challenges (pool_id, sub, client_id, hash, expires_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (pool_id, sub, client_id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at",
        pool_id,
        sub,
        client_id,
        hash,
        expires_at
    )?;
    Ok(())
}

/// The client of a user's registration with this challenge, if it can still be completed.
pub async fn client_of_challenge(tx: &mut Tx, pool_id: &str, sub: &str, hash: &str, now: i64) -> Result<Option<String>> {
    let row = sql!(
        fetch_optional (String,); tx,
        "SELECT client_id FROM webauthn_challenges WHERE pool_id = $1 AND sub = $2 AND hash = $3 AND expires_at > $4",
        pool_id,
        sub,
        hash,
        now
    )?;
    Ok(row.map(|(client_id,)| client_id))
}

/// Uses a challenge up. Of two uses at the same time, one is told that there is none.
pub async fn take_challenge(tx: &mut Tx, pool_id: &str, sub: &str, client_id: &str, hash: &str) -> Result<bool> {
    let taken = sql!(
        tx,
        "DELETE FROM webauthn_challenges WHERE pool_id = $1 AND sub = $2 AND client_id = $3 AND hash = $4",
        pool_id,
        sub,
        client_id,
        hash
    )?;
    Ok(taken == 1)
}

/// Challenges that have had their time.
pub async fn sweep(tx: &mut Tx, now: i64) -> Result<()> {
    sql!(tx, "DELETE FROM webauthn_challenges WHERE expires_at <= $1", now)?;
    Ok(())
}
