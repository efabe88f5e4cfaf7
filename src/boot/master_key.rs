//! `poolhouse rotate-master-key`: puts a new key into the key file and seals every stored secret with it.

use super::app::App;
use super::{config::Config, instance};
use crate::clients::client::SECRET;
use crate::kit::rng::Rng;
use crate::kit::seal::{self, Sealer};
use crate::messaging::message::PURPOSE as MESSAGE;
use crate::mfa::software_token::SEED;
use crate::store::{Db, Tx};
use crate::users::password::VERIFIER;
use anyhow::Context;

/// Adds a key and re-seals. Servers that run meanwhile must be restarted to know the new key. The old keys stay in the file for refresh tokens that
/// are in the hands of clients; they may be deleted once those have expired.
pub async fn rotate(config: &Config) -> anyhow::Result<u64> {
    let rng = Rng::system();
    let db = Db::open(&config.database).await?;
    let sealer = seal::add_key(&config.master_key_file, &rng)?;
    let count = reseal_all(&db, &sealer, &rng).await?;
    db.close().await;
    Ok(count)
}

/// Seals every stored secret with the newest key. Returns how many there were.
pub async fn reseal_all(db: &Db, sealer: &Sealer, rng: &Rng) -> anyhow::Result<u64> {
    let mut tx = db.begin().await?;
    let mut count = 0;
    for mut key in crate::tokens::store::sealed_keys(&mut tx).await? {
        key.private_key = again(sealer, rng, crate::tokens::keys::PURPOSE, &key.private_key)?;
        crate::tokens::store::reseal_key(&mut tx, &key).await?;
        count += 1;
    }
    for (pool_id, id, created_at, secret) in crate::clients::store::sealed(&mut tx).await? {
        crate::clients::store::reseal(&mut tx, &pool_id, &id, created_at, &again(sealer, rng, SECRET, &secret)?).await?;
        count += 1;
    }
    for (pool_id, sub, verifier) in crate::users::store::sealed(&mut tx).await? {
        crate::users::store::reseal(&mut tx, &pool_id, &sub, &verifier, &again(sealer, rng, VERIFIER, &verifier)?).await?;
        count += 1;
    }
    for (pool_id, sub, verified, seed) in crate::mfa::store::sealed(&mut tx).await? {
        crate::mfa::store::reseal(&mut tx, &pool_id, &sub, verified, &seed, &again(sealer, rng, SEED, &seed)?).await?;
        count += 1;
    }
    for (pool_id, sub, key, verifier) in crate::devices::store::sealed(&mut tx).await? {
        let verifier = again(sealer, rng, crate::devices::secret::PURPOSE, &verifier)?;
        crate::devices::store::reseal(&mut tx, (&pool_id, &sub, &key), &verifier).await?;
        count += 1;
    }
    for (id, message) in crate::messaging::store::sealed(&mut tx).await? {
        crate::messaging::store::reseal(&mut tx, &id, &again(sealer, rng, MESSAGE, &message)?).await?;
        count += 1;
    }
    count += reseal_access_keys(&mut tx, sealer, rng).await?;
    count += reseal_certificates(&mut tx, sealer, rng).await?;
    count += reseal_federation(&mut tx, sealer, rng).await?;
    count += reseal_functions(&mut tx, sealer, rng).await?;
    count += reseal_triggers(&mut tx, sealer, rng).await?;
    count += reseal_instance(&mut tx, sealer, rng).await?;
    tx.commit().await?;
    Ok(count)
}

async fn reseal_federation(tx: &mut Tx, sealer: &Sealer, rng: &Rng) -> anyhow::Result<u64> {
    use crate::federation::{certificate, provider, store};
    let mut count = 0;
    for (pool_id, name, secrets) in store::sealed(tx).await? {
        store::reseal(tx, &pool_id, &name, &secrets, &again(sealer, rng, provider::PURPOSE, &secrets)?).await?;
        count += 1;
    }
    for (pool_id, key_use, key) in store::sealed_keys(tx).await? {
        store::reseal_key(tx, &pool_id, &key_use, &again(sealer, rng, certificate::PURPOSE, &key)?).await?;
        count += 1;
    }
    Ok(count)
}

async fn reseal_access_keys(tx: &mut Tx, sealer: &Sealer, rng: &Rng) -> anyhow::Result<u64> {
    use crate::iam::keys::{PURPOSE, store};
    let mut count = 0;
    for (id, secret) in store::sealed(tx).await? {
        store::reseal(tx, &id, &again(sealer, rng, PURPOSE, &secret)?).await?;
        count += 1;
    }
    Ok(count)
}

async fn reseal_functions(tx: &mut Tx, sealer: &Sealer, rng: &Rng) -> anyhow::Result<u64> {
    use crate::functions::{function, invocation, store};
    let mut count = 0;
    for (name, version, secrets) in store::sealed(tx).await? {
        store::reseal(tx, &name, &version, &again(sealer, rng, function::PURPOSE, &secrets)?).await?;
        count += 1;
    }
    for (name, id, call) in store::sealed_invocations(tx).await? {
        store::reseal_invocation(tx, &name, &id, &again(sealer, rng, invocation::PURPOSE, &call)?).await?;
        count += 1;
    }
    Ok(count)
}

async fn reseal_triggers(tx: &mut Tx, sealer: &Sealer, rng: &Rng) -> anyhow::Result<u64> {
    use crate::triggers::{migration, sender, store};
    let mut count = 0;
    for (pool_id, id, event) in store::sealed_events(tx).await? {
        store::reseal_event(tx, &pool_id, &id, &again(sealer, rng, sender::PURPOSE, &event)?).await?;
        count += 1;
    }
    for (pool_id, secrets) in store::sealed_migrations(tx).await? {
        store::reseal_migration(tx, &pool_id, &secrets, &again(sealer, rng, migration::PURPOSE, &secrets)?).await?;
        count += 1;
    }
    Ok(count)
}

async fn reseal_certificates(tx: &mut Tx, sealer: &Sealer, rng: &Rng) -> anyhow::Result<u64> {
    use crate::certificates::{PURPOSE, store};
    let mut count = 0;
    for (name, key) in store::sealed(tx).await? {
        store::reseal(tx, &name, &again(sealer, rng, PURPOSE, &key)?).await?;
        count += 1;
    }
    for (directory, credentials) in store::sealed_accounts(tx).await? {
        store::reseal_account(tx, &directory, &again(sealer, rng, PURPOSE, &credentials)?).await?;
        count += 1;
    }
    Ok(count)
}

async fn reseal_instance(tx: &mut Tx, sealer: &Sealer, rng: &Rng) -> anyhow::Result<u64> {
    let mut count = 0;
    for (name, value) in instance::sealed(tx).await? {
        instance::reseal(tx, &name, &again(sealer, rng, instance::PURPOSE, &value)?).await?;
        count += 1;
    }
    Ok(count)
}

fn again(sealer: &Sealer, rng: &Rng, purpose: &str, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
    let plain = sealer.open(purpose, sealed).with_context(|| format!("a {purpose} does not open with the keys in the file"))?;
    Ok(sealer.seal(rng, purpose, &plain))
}

/// `poolhouse rotate-signing-keys POOL`
pub async fn rotate_signing_keys(config: Config, pool_id: &str) -> anyhow::Result<()> {
    let app = App::open(config).await?;
    let mut cx = crate::api::Cx::internal(app.clone());
    crate::pools::load(&mut cx, pool_id).await?;
    crate::tokens::keys::rotate(&mut cx, pool_id, crate::tokens::keys::ANNOUNCED).await?;
    app.db.close().await;
    Ok(())
}
