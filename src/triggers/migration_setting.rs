//! The setting `PoolhouseMigration` of a pool: which other pool its users are taken over from.

use super::migration::{PURPOSE, open};
use super::store;
use super::upstream::{Secrets, Upstream};
use crate::api::{ApiError, Cx, Result};
use crate::store::Tx;
use serde_json::Value;

/// `PoolhouseMigration` of CreateUserPool and UpdateUserPool.
pub enum Setting {
    Remove,
    Set(Upstream, Secrets),
}

impl Setting {
    /// An empty object takes the setting away.
    pub fn parse(given: Value) -> Result<Self> {
        let fault = |what: &str| ApiError::invalid_parameter(format!("PoolhouseMigration: {what}"));
        let Value::Object(mut members) = given else { return Err(fault("it must be an object.")) };
        if members.is_empty() {
            return Ok(Self::Remove);
        }
        let mut secret = |name: &str| match members.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(fault(&format!("{name} must be a text."))),
        };
        let secrets = Secrets { client_secret: secret("ClientSecret")?, secret_access_key: secret("SecretAccessKey")? };
        let at: Upstream = serde_json::from_value(members.into()).map_err(|e| fault(&e.to_string()))?;
        Ok(Self::Set(at, secrets))
    }

    /// Checked, sealed, and ready to be stored. Secrets that are left out stay where nothing else changes: nobody is told them to send them again.
    pub async fn prepare(self, cx: &mut Cx, pool_id: &str) -> Result<Prepared> {
        let Self::Set(at, mut secrets) = self else { return Ok(Prepared(None)) };
        if secrets.client_secret.is_none() && secrets.secret_access_key.is_none() {
            let before = store::migration(&mut *cx.read().await?, pool_id).await?.filter(|(before, _)| *before == at);
            if let Some((_, sealed)) = before {
                secrets = open(cx, &sealed)?;
            }
        }
        at.check(&secrets)?;
        let plain = serde_json::to_vec(&secrets).map_err(anyhow::Error::from)?;
        let sealed = cx.app.sealer.seal(cx.rng(), PURPOSE, &plain);
        Ok(Prepared(Some((at, sealed))))
    }
}

/// A setting that was checked.
pub struct Prepared(Option<(Upstream, Vec<u8>)>);

impl Prepared {
    pub async fn store(&self, tx: &mut Tx, pool_id: &str) -> Result<()> {
        match &self.0 {
            Some((at, sealed)) => Ok(store::put_migration(tx, pool_id, at, sealed).await?),
            None => Ok(store::delete_migration(tx, pool_id).await?),
        }
    }
}
