//! Remembered devices: each has a secret that it proves by SRP, in place of a second factor.

use super::answer::{Answer, NewDeviceMetadata};
use super::challenge::{self, Opened, Session};
use super::complete::Step;
use super::progress::Progress;
use super::srp_flow::Claim;
use crate::api::{Cx, Result};
use crate::clients::Client;
use crate::kit::clock::Millis;
use crate::pools::Pool;
use crate::store::Tx;
use crate::users::User;

pub async fn challenge(_cx: &mut Cx, _pool: &Pool, _client: &Client, _user: &User, _progress: &Progress) -> Result<Option<Answer>> {
    Ok(None)
}

pub fn new(_cx: &Cx, _pool: &Pool, _progress: &Progress) -> Option<NewDeviceMetadata> {
    None
}

pub async fn record(
    _tx: &mut Tx,
    _user: &User,
    _progress: &Progress,
    _new: Option<&NewDeviceMetadata>,
    _now: Millis,
    _address: &str,
) -> Result<()> {
    Ok(())
}

pub async fn start(_cx: &mut Cx, _pool: &Pool, _client: &Client, _opened: Opened<Session>, _srp_a: &str) -> Result<Answer> {
    Err(challenge::invalid())
}

pub async fn finish(_cx: &mut Cx, _pool: &Pool, _client: &Client, _claim: Claim<'_>) -> Result<Step> {
    Err(challenge::invalid())
}
