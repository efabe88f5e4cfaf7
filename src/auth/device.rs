//! Remembered devices: each has a secret that it proves by SRP, in place of a second factor where the pool lets it.

use super::answer::Answer;
use super::challenge::{self, DEVICE_PASSWORD_VERIFIER, DEVICE_SRP_AUTH, Detail, Opened, Session};
use super::complete::{Step, proceed};
use super::progress::Progress;
use super::srp_flow::{self, Claim};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::devices::device::not_found;
use crate::devices::sign_in::{self, NewDeviceMetadata};
use crate::devices::{Device, store};
use crate::kit::clock::Millis;
use crate::pools::Pool;
use crate::store::Tx;
use crate::users::User;
use crate::users::guesses::{self, Target};
use std::net::IpAddr;

const PURPOSE: &str = "device srp";
/// What wrong device secrets are counted under.
const ACTION: &str = "DeviceSecret";

/// The challenge of a device that is remembered. A device that is not the user's is refused: the client then signs in without it.
pub async fn challenge(cx: &mut Cx, pool: &Pool, client: &Client, user: &User, progress: &Progress) -> Result<Option<Answer>> {
    let (Some(key), Some(_), false) = (&progress.device_key, pool.devices(), progress.device_proved) else { return Ok(None) };
    let device = store::find(&mut *cx.read().await?, &pool.id, &user.sub, key).await?.filter(Device::is_confirmed);
    if !device.ok_or_else(not_found)?.is_remembered() {
        return Ok(None);
    }
    let session = challenge::session(cx, client, DEVICE_SRP_AUTH, progress.clone(), Detail::None)?;
    Ok(Some(Answer::challenge(DEVICE_SRP_AUTH, session, [("DEVICE_KEY", key.clone()), ("USERNAME", user.username.clone())])))
}

/// The user's device that a sign-in names, with what checks its secret.
async fn named(cx: &mut Cx, pool: &Pool, user: &User, progress: &Progress) -> Result<(Device, crate::auth::srp::Verifier)> {
    let key = progress.device_key.as_deref().unwrap_or_default();
    let device = store::find(&mut *cx.read().await?, &pool.id, &user.sub, key).await?.filter(Device::is_remembered);
    let device = device.ok_or_else(not_found)?;
    let verifier = device.verifier(cx).ok_or_else(not_found)?;
    Ok((device, verifier))
}

/// DEVICE_SRP_AUTH answered: the challenge for the device's secret.
pub async fn start(cx: &mut Cx, pool: &Pool, client: &Client, opened: Opened<Session>, srp_a: &str) -> Result<Answer> {
    let progress = opened.state.progress;
    let user = progress.user(cx, pool).await?;
    let (device, verifier) = named(cx, pool, &user, &progress).await?;
    let mut parameters = srp_flow::exchange(cx, client, PURPOSE, progress, &device.key, &verifier, srp_a)?;
    parameters.insert("DEVICE_KEY".into(), device.key);
    parameters.insert("USERNAME".into(), user.username);
    Ok(Answer { challenge_name: Some(DEVICE_PASSWORD_VERIFIER), challenge_parameters: parameters, ..Answer::default() })
}

/// DEVICE_PASSWORD_VERIFIER answered: the sign-in goes on, without a second factor where the pool lets the device stand for it.
pub async fn finish(cx: &mut Cx, pool: &Pool, client: &Client, claim: Claim<'_>) -> Result<Step> {
    let claimed = srp_flow::open(cx, client, PURPOSE, &claim)?;
    let progress = claimed.opened.state.progress.clone();
    let user = progress.user(cx, pool).await?;
    let (device, verifier) = named(cx, pool, &user, &progress).await?;
    let target = Target { pool_id: &pool.id, subject: &device.key, action: ACTION };
    let _guard = cx.app.in_flight.enter(format!("{}/device {}", pool.id, device.key))?;
    let failures = guesses::refuse_locked(cx, target).await?;
    let turn = cx.turn(&pool.id, &user.sub);
    let matched = claimed.matches(cx, turn, &device.group_key, verifier, &claim).await?;
    guesses::record(cx, target, failures, matched).await?;
    if !matched {
        return Err(ApiError::bad_credentials());
    }
    let stands = pool.devices().is_some_and(|d| d.challenge_required_on_new_device);
    let progress = Progress { device_proved: true, second_factor: progress.second_factor || stands, ..progress };
    proceed(cx, pool, client, user, progress, Some(claimed.opened.seal)).await
}

/// A key for a device that has none, where the pool tracks devices.
pub fn new(cx: &Cx, pool: &Pool, progress: &Progress) -> Option<NewDeviceMetadata> {
    (pool.devices().is_some() && progress.device_key.is_none()).then(|| sign_in::new_metadata(cx, pool))
}

/// Hands a new key out, or notes that a known device signed in.
pub async fn record(
    tx: &mut Tx,
    user: &User,
    progress: &Progress,
    new: Option<&NewDeviceMetadata>,
    now: Millis,
    address: IpAddr,
) -> Result<()> {
    match (new, &progress.device_key) {
        (Some(metadata), _) => sign_in::begin(tx, &user.pool_id, &user.sub, metadata, now, address).await?,
        (None, Some(key)) => {
            if let Some(device) = store::find(tx, &user.pool_id, &user.sub, key).await? {
                sign_in::touch(tx, &device, now, address).await?;
            }
        }
        (None, None) => {}
    }
    Ok(())
}
