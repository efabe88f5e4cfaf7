//! Secrets of the installation: made at the first start, sealed in the table `instance`, which this file owns.

use super::config::Config;
use crate::kit::rng::Rng;
use crate::kit::seal::Sealer;
use crate::store::{Db, Result, Tx, sql};
use anyhow::{Context, bail};
use zeroize::Zeroizing;

/// The key that is allowed everything.
pub struct RootKey {
    pub access_key_id: String,
    pub secret_access_key: Zeroizing<String>,
    /// Made at this start: shown once.
    pub is_new: bool,
}

/// The purpose that these values are sealed for.
pub const PURPOSE: &str = "instance";

/// The secret that keys derived values.
pub async fn secret(db: &Db, sealer: &Sealer, rng: &Rng) -> anyhow::Result<[u8; 32]> {
    let (value, _) = get_or_put(db, sealer, rng, "secret", || rng.bytes::<32>().to_vec()).await?;
    value.as_slice().try_into().context("the installation's secret is not 32 bytes")
}

/// The root key that the operator set or, where none is set, the one that was made at the first start.
pub async fn root_key(db: &Db, sealer: &Sealer, rng: &Rng, config: &Config) -> anyhow::Result<RootKey> {
    if let Some((id, secret)) = &config.root_key {
        return Ok(RootKey { access_key_id: id.clone(), secret_access_key: secret.clone().into(), is_new: false });
    }
    let make = || {
        let id = rng.chars(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
        let secret = rng.chars(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 40);
        format!("AKIA{id} {secret}").into_bytes()
    };
    let (value, is_new) = get_or_put(db, sealer, rng, "root_key", make).await?;
    let text = std::str::from_utf8(&value).context("the root key is not text")?;
    let (id, secret) = text.split_once(' ').context("the root key is not two words")?;
    Ok(RootKey { access_key_id: id.to_owned(), secret_access_key: secret.to_owned().into(), is_new })
}

/// The value of a name, and whether it was made just now. Of two servers that start at once, one makes it.
async fn get_or_put(
    db: &Db,
    sealer: &Sealer,
    rng: &Rng,
    name: &str,
    make: impl Fn() -> Vec<u8>,
) -> anyhow::Result<(Zeroizing<Vec<u8>>, bool)> {
    let mut tx = db.begin().await?;
    let mut made = None;
    if find(&mut tx, name).await?.is_none() {
        let value = make();
        let sealed = sealer.seal(rng, PURPOSE, &value);
        let inserted = sql!(tx, "INSERT INTO instance (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, sealed)?;
        made = (inserted == 1).then(|| Zeroizing::new(value));
        tx.commit().await?;
        tx = db.begin().await?;
    }
    if let Some(value) = made {
        return Ok((value, true));
    }
    let sealed = find(&mut tx, name).await?.context("the value is gone")?;
    match sealer.open(PURPOSE, &sealed) {
        Some(value) => Ok((value, false)),
        None => bail!("the master key file is not the one that this database was sealed with"),
    }
}

async fn find(tx: &mut Tx, name: &str) -> Result<Option<Vec<u8>>> {
    let row = sql!(fetch_optional (Vec<u8>,); tx, "SELECT sealed FROM instance WHERE name = $1", name)?;
    Ok(row.map(|(sealed,)| sealed))
}

/// Every sealed value, for re-sealing under a new master key.
pub async fn sealed(tx: &mut Tx) -> Result<Vec<(String, Vec<u8>)>> {
    sql!(fetch_all (String, Vec<u8>); tx, "SELECT name, sealed FROM instance")
}

pub async fn reseal(tx: &mut Tx, name: &str, value: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE instance SET sealed = $1 WHERE name = $2", value, name)?;
    Ok(())
}
