//! What a sign-in does with devices. It runs in three steps, none of which is an operation of its own:
//!
//! 1. Where the pool tracks devices and the client named none, the answer carries [`new_metadata`], whose row [`begin`] writes in the transaction
//!    that begins the session. The session has the key as its `device_key`.
//! 2. The client confirms the device with its secret's verifier (ConfirmDevice).
//! 3. A client that names a device is answered by [`find`]: none means that it is not this user's, or not any more. One that is remembered may
//!    take the place of a second factor after proving [`Device::verifier`]'s secret; [`touch`] then records the sign-in.

use super::{Device, store};
use crate::api::Cx;
use crate::kit::clock::Millis;
use crate::kit::id;
use crate::pools::Pool;
use crate::store::{Result, Tx};
use serde::Serialize;
use std::net::IpAddr;

/// `NewDeviceMetadataType`
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewDeviceMetadata {
    pub device_key: String,
    pub device_group_key: String,
}

/// A key for a device that has none. The caller asks `pool.devices()` first whether the pool tracks devices. The key names the region that the
/// pool's id begins with.
pub fn new_metadata(cx: &Cx, pool: &Pool) -> NewDeviceMetadata {
    let region = pool.id.split_once('_').map_or(cx.app.config.region.as_str(), |(region, _)| region);
    NewDeviceMetadata { device_key: format!("{region}_{}", id::uuid(cx.rng())), device_group_key: id::device_group(cx.rng()) }
}

/// Hands the key out: from now on its user, and nobody else, can confirm it. Unconfirmed, it is swept after a day.
pub async fn begin(tx: &mut Tx, pool_id: &str, sub: &str, metadata: &NewDeviceMetadata, now: Millis, address: IpAddr) -> Result<()> {
    let device = Device {
        pool_id: pool_id.to_owned(),
        sub: sub.to_owned(),
        key: metadata.device_key.clone(),
        group_key: metadata.device_group_key.clone(),
        name: None,
        verifier: None,
        remembered: false,
        created_at: now,
        modified_at: now,
        last_authenticated_at: now,
        last_address: address.to_string(),
    };
    store::insert(tx, &device).await
}

/// The user's device of this key, confirmed or not.
pub async fn find(tx: &mut Tx, pool_id: &str, sub: &str, device_key: &str) -> Result<Option<Device>> {
    store::find(tx, pool_id, sub, device_key).await
}

/// Records that the device was signed in with, and from where.
pub async fn touch(tx: &mut Tx, device: &Device, now: Millis, address: IpAddr) -> Result<()> {
    store::touch(tx, device, now, &address.to_string()).await
}
