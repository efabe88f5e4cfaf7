//! Confirmed devices with what checks their secrets. A device's own group key is part of that, so it holds in another pool as well.

use super::{Base64, Owner};
use crate::api::{Cx, Result};
use crate::auth::srp::Verifier;
use crate::devices::store::{self, Confirmation};
use crate::devices::{Device, secret};
use crate::kit::bignum::Group;
use crate::pools::Pool;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct DevicePart {
    key: String,
    group_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    salt: Base64,
    verifier: Base64,
    remembered: bool,
    created_at: i64,
    modified_at: i64,
    last_authenticated_at: i64,
    last_address: String,
}

pub async fn export(cx: &mut Cx, pool: &Pool, subs: &[String]) -> Result<Vec<(String, DevicePart)>> {
    let devices = store::confirmed_of(&mut *cx.read().await?, &pool.id, subs).await?;
    let mut out = Vec::new();
    for device in devices {
        let verifier = device.verifier(cx).ok_or_else(|| anyhow::anyhow!("the verifier of a device does not open with the master key"))?;
        let part = DevicePart {
            key: device.key,
            group_key: device.group_key,
            name: device.name,
            salt: Base64(verifier.salt.to_vec()),
            verifier: Base64(verifier.v.clone()),
            remembered: device.remembered,
            created_at: device.created_at,
            modified_at: device.modified_at,
            last_authenticated_at: device.last_authenticated_at,
            last_address: device.last_address,
        };
        out.push((device.sub, part));
    }
    Ok(out)
}

pub async fn import(owner: Owner<'_>, parts: Vec<DevicePart>) -> Result<()> {
    for part in parts {
        let salt = <[u8; 16]>::try_from(part.salt.0).ok();
        let v = Group::srp3072().element(&part.verifier.0).map(|v| v.to_bytes().to_vec());
        let Some((salt, v)) = salt.zip(v) else {
            owner.notes.add(format!("A device of {} is left out: its verifier is none.", owner.user.username));
            continue;
        };
        let device = Device {
            pool_id: owner.pool.id.clone(),
            sub: owner.user.sub.clone(),
            key: part.key,
            group_key: part.group_key,
            name: None,
            verifier: None,
            remembered: false,
            created_at: part.created_at,
            modified_at: part.modified_at,
            last_authenticated_at: part.last_authenticated_at,
            last_address: part.last_address,
        };
        store::insert(owner.tx, &device).await?;
        let sealed = secret::seal(&owner.app.sealer, &owner.app.rng, &Verifier { salt, v });
        let by = Confirmation { name: part.name.as_deref(), verifier: &sealed, remembered: part.remembered };
        store::confirm(owner.tx, &device.pool_id, &device.sub, &device.key, &by, device.modified_at).await?;
    }
    Ok(())
}
