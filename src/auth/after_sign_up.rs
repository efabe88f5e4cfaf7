//! Signing in right after a sign-up: its sessions lead from SignUp through ConfirmSignUp to InitiateAuth without another challenge.

use super::answer::Answer;
use super::challenge::{self, Detail};
use super::complete::{self, proceed};
use super::progress::{self, Progress};
use crate::api::{Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::triggers::authentication;
use crate::users::{Status, User};
use std::collections::BTreeMap;

/// The names under which the sessions are sealed. No client answers them as challenges.
const SIGNED_UP: &str = "sign-up";
const CONFIRMED: &str = "confirmed sign-up";

/// The session that SignUp answers with, for clients that allow choice-based sign-in.
pub fn signed_up(cx: &Cx, client: &Client, user: &User) -> Result<Option<String>> {
    if !client.allows(&["ALLOW_USER_AUTH"]) {
        return Ok(None);
    }
    let progress = Progress { username: user.username.clone(), sub: user.sub.clone(), ..Progress::default() };
    match (user.status, user.password.is_some()) {
        (Status::Unconfirmed, _) => challenge::session(cx, client, SIGNED_UP, progress, Detail::None).map(Some),
        // A function confirmed the account: the password, chosen a moment ago, is what was proved.
        (_, true) => challenge::session(cx, client, CONFIRMED, progress.proved(progress::PASSWORD, user), Detail::None).map(Some),
        (_, false) => Ok(None),
    }
}

/// The session that ConfirmSignUp answers with, for clients that allow choice-based sign-in: the code proved the address.
pub fn confirmed(cx: &Cx, client: &Client, user: &User, given: Option<&str>, proved: Option<&str>) -> Result<Option<String>> {
    if !client.allows(&["ALLOW_USER_AUTH"]) {
        return Ok(None);
    }
    let opened = given.map(|given| challenge::open_session(cx, client, Some(given), SIGNED_UP)).transpose()?;
    if opened.as_ref().is_some_and(|o| o.state.progress.sub != user.sub) {
        return Err(challenge::invalid());
    }
    let proof = if proved == Some("phone_number") { progress::SMS } else { progress::EMAIL };
    // Beside the session of the sign-up, the code that confirmed the account counts as its second factor.
    let begun = Progress { username: user.username.clone(), sub: user.sub.clone(), second_factor: opened.is_some(), ..Progress::default() };
    let progress = begun.proved(proof, user);
    challenge::session(cx, client, CONFIRMED, progress, Detail::None).map(Some)
}

/// Signs in with the session of a sign-up that was confirmed. It works once.
pub async fn sign_in(cx: &mut Cx, pool: &Pool, client: &Client, given: &str, parameters: &BTreeMap<String, String>) -> Result<Answer> {
    let opened = challenge::open_session(cx, client, Some(given), CONFIRMED)?;
    let user = opened.state.progress.user(cx, pool).await?;
    let named = parameters.get("USERNAME").map_or(user.username.as_str(), String::as_str);
    let hash = parameters.get("SECRET_HASH").map(String::as_str);
    client.check_secret_hash_of(&[named, &user.username, &user.sub], hash)?;
    authentication::pre(cx, pool, client, Some(&user), &user.username).await?;
    let step = proceed(cx, pool, client, user, opened.state.progress, Some(opened.seal)).await?;
    complete::answer(cx, pool, client, step).await
}
