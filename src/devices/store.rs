//! The table `devices`.

use super::Device;
use crate::store::{Result, Tx, given, sql};

#[derive(sqlx::FromRow)]
struct DeviceRow {
    pool_id: String,
    sub: String,
    device_key: String,
    device_group_key: String,
    name: Option<String>,
    verifier: Option<Vec<u8>>,
    remembered: bool,
    created_at: i64,
    modified_at: i64,
    last_authenticated_at: i64,
    last_address: String,
}

impl From<DeviceRow> for Device {
    fn from(row: DeviceRow) -> Self {
        Self {
            pool_id: row.pool_id,
            sub: row.sub,
            key: row.device_key,
            group_key: row.device_group_key,
            name: row.name,
            verifier: row.verifier,
            remembered: row.remembered,
            created_at: row.created_at,
            modified_at: row.modified_at,
            last_authenticated_at: row.last_authenticated_at,
            last_address: row.last_address,
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT pool_id, sub, device_key, device_group_key, name, verifier, remembered, created_at, modified_at, ",
            "last_authenticated_at, last_address FROM devices ",
            $rest
        )
    };
}

/// A device, not confirmed yet.
pub async fn insert(tx: &mut Tx, device: &Device) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO devices (pool_id, sub, device_key, device_group_key, created_at, modified_at, last_authenticated_at, last_address)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &device.pool_id,
        &device.sub,
        &device.key,
        &device.group_key,
        device.created_at,
        device.modified_at,
        device.last_authenticated_at,
        &device.last_address
    )?;
    Ok(())
}

/// The user's device of this key, confirmed or not.
pub async fn find(tx: &mut Tx, pool_id: &str, sub: &str, device_key: &str) -> Result<Option<Device>> {
    let row = sql!(
        fetch_optional DeviceRow; tx,
        select!("WHERE pool_id = $1 AND sub = $2 AND device_key = $3"),
        pool_id,
        sub,
        device_key
    )?;
    Ok(row.map(Device::from))
}

/// What confirming gives a device.
pub struct Confirmation<'a> {
    pub name: Option<&'a str>,
    /// sealed
    pub verifier: &'a [u8],
    pub remembered: bool,
}

/// Confirms a device that is not confirmed yet; of two at once, one does.
pub async fn confirm(tx: &mut Tx, pool_id: &str, sub: &str, device_key: &str, by: &Confirmation<'_>, now: i64) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE devices SET name = $1, verifier = $2, remembered = $3, modified_at = $4
         WHERE pool_id = $5 AND sub = $6 AND device_key = $7 AND verifier IS NULL",
        by.name,
        by.verifier,
        by.remembered,
        now,
        pool_id,
        sub,
        device_key
    )?;
    Ok(changed == 1)
}

/// A user's confirmed devices in the order of their keys, after `after`.
pub async fn list(tx: &mut Tx, pool_id: &str, sub: &str, after: &str, limit: i64) -> Result<Vec<Device>> {
    let rows = sql!(
        fetch_all DeviceRow; tx,
        select!("WHERE pool_id = $1 AND sub = $2 AND device_key > $3 AND verifier IS NOT NULL ORDER BY device_key LIMIT $4"),
        pool_id,
        sub,
        after,
        limit
    )?;
    Ok(rows.into_iter().map(Device::from).collect())
}

/// The confirmed devices of these users.
pub async fn confirmed_of(tx: &mut Tx, pool_id: &str, subs: &[String]) -> Result<Vec<Device>> {
    let rows = sql!(
        fetch_all DeviceRow; tx,
        given!(
            "SELECT d.pool_id, d.sub, d.device_key, d.device_group_key, d.name, d.verifier, d.remembered, d.created_at, d.modified_at,
                d.last_authenticated_at, d.last_address
             FROM given JOIN devices d ON d.sub = given.sub WHERE d.pool_id = $1 AND d.verifier IS NOT NULL ORDER BY d.device_key"
        ),
        pool_id,
        subs.concat(),
        subs.len() as i64
    )?;
    Ok(rows.into_iter().map(Device::from).collect())
}

/// Remembers a confirmed device, or does not any more.
pub async fn set_remembered(tx: &mut Tx, pool_id: &str, sub: &str, device_key: &str, remembered: bool, now: i64) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE devices SET remembered = $1, modified_at = $2
         WHERE pool_id = $3 AND sub = $4 AND device_key = $5 AND verifier IS NOT NULL",
        remembered,
        now,
        pool_id,
        sub,
        device_key
    )?;
    Ok(changed == 1)
}

/// Removes a confirmed device.
pub async fn delete(tx: &mut Tx, pool_id: &str, sub: &str, device_key: &str) -> Result<bool> {
    let deleted = sql!(
        tx,
        "DELETE FROM devices WHERE pool_id = $1 AND sub = $2 AND device_key = $3 AND verifier IS NOT NULL",
        pool_id,
        sub,
        device_key
    )?;
    Ok(deleted == 1)
}

pub async fn touch(tx: &mut Tx, device: &Device, now: i64, address: &str) -> Result<()> {
    sql!(
        tx,
        "UPDATE devices SET last_authenticated_at = $1, last_address = $2 WHERE pool_id = $3 AND sub = $4 AND device_key = $5",
        now,
        address,
        &device.pool_id,
        &device.sub,
        &device.key
    )?;
    Ok(())
}

/// Forgets keys that were handed out before `before` and never confirmed.
pub async fn sweep(tx: &mut Tx, before: i64) -> Result<u64> {
    sql!(tx, "DELETE FROM devices WHERE verifier IS NULL AND created_at < $1", before)
}

/// Every sealed verifier with the key of its row, for re-sealing under a new master key.
pub async fn sealed(tx: &mut Tx) -> Result<Vec<(String, String, String, Vec<u8>)>> {
    sql!(
        fetch_all (String, String, String, Vec<u8>); tx,
        "SELECT pool_id, sub, device_key, verifier FROM devices WHERE verifier IS NOT NULL"
    )
}

pub async fn reseal(tx: &mut Tx, (pool_id, sub, device_key): (&str, &str, &str), verifier: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE devices SET verifier = $1 WHERE pool_id = $2 AND sub = $3 AND device_key = $4", verifier, pool_id, sub, device_key)?;
    Ok(())
}
