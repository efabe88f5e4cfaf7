//! WEB_AUTHN: a passkey as the first factor, or as both.

use super::answer::Answer;
use super::challenge::{self, Detail, Opened, Seal, Session, WEB_AUTHN};
use super::complete::{self, Step, proceed};
use super::progress::{self, Progress};
use crate::api::{Cx, Result};
use crate::clients::Client;
use crate::kit::text;
use crate::passkeys::assertion;
use crate::pools::Pool;
use crate::users::{User, store};

/// Whether the user has a passkey to sign in with.
pub async fn has_any(cx: &mut Cx, user: &User) -> Result<bool> {
    assertion::has_any(&mut *cx.read().await?, &user.pool_id, &user.sub).await
}

/// The challenge for a passkey, or what looks like it for somebody who does not exist.
pub async fn ask(cx: &mut Cx, pool: &Pool, client: &Client, user: Option<&User>, progress: Progress, seal: Option<Seal>) -> Result<Answer> {
    let (options, asked) = assertion::request_options(cx, pool, user, &progress.username).await?;
    complete::spend(cx, pool, seal).await?;
    let session = challenge::session(cx, client, WEB_AUTHN, progress, Detail::Passkey(text::base64url(&asked)))?;
    Ok(Answer::challenge(WEB_AUTHN, session, [("CREDENTIAL_REQUEST_OPTIONS", options)]))
}

/// The passkey's answer. One that made sure of its user counts for two factors where the pool says so.
pub async fn answer(cx: &mut Cx, pool: &Pool, client: &Client, opened: Opened<Session>, given: &str) -> Result<Step> {
    let Detail::Passkey(asked) = &opened.state.detail else { return Err(challenge::invalid()) };
    let asked = text::from_base64url(asked).ok_or_else(challenge::invalid)?;
    let user = store::find_by_sub(&mut *cx.read().await?, &pool.id, &opened.state.progress.sub).await?;
    let verified = assertion::verify(cx, pool, user.as_ref(), &asked, given).await?;
    let user = user.ok_or_else(challenge::invalid)?;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    opened.seal.spend(&mut tx, &pool.id, now).await?;
    assertion::used(&mut tx, &pool.id, &verified, now).await?;
    tx.commit().await?;
    let both = verified.user_verified && pool.passkeys_are_multi_factor();
    let progress = opened.state.progress.proved(verified.amr, &user);
    let mut progress = Progress { second_factor: progress.second_factor || both, ..progress };
    if both {
        progress.amr.push(progress::MULTIPLE.to_owned());
    }
    proceed(cx, pool, client, user, progress, None).await
}
