//! WEB_AUTHN: a passkey as the first factor, or as both.

use super::answer::Answer;
use super::challenge::{self, Opened, Seal, Session};
use super::complete::Step;
use super::progress::Progress;
use crate::api::{Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::users::User;

pub async fn has_any(_cx: &mut Cx, _user: &User) -> Result<bool> {
    Ok(false)
}

pub async fn ask(
    _cx: &mut Cx,
    _pool: &Pool,
    _client: &Client,
    _user: Option<&User>,
    _progress: Progress,
    _seal: Option<Seal>,
) -> Result<Answer> {
    Err(challenge::invalid())
}

pub async fn answer(_cx: &mut Cx, _pool: &Pool, _client: &Client, _opened: Opened<Session>, _given: &str) -> Result<Step> {
    Err(challenge::invalid())
}
