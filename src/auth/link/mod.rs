//! Links that sign in: sent to the proved e-mail address, good for a few minutes, and used once, by the press of a button: what merely opens an
//! address, as scanners of mail do, uses nothing up.
//!
//! Owns `sign_in_links`. A link remembers the browser that asked for it. In another one it says so and asks before it signs in, and it signs in
//! the browser in which it is confirmed, never the one that asked: a link that somebody else asked for gains them nothing.

pub mod store;

use super::progress::{self, Progress};
use super::second_factor;
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::{MINUTE, Millis};
use crate::kit::{id, mac, text};
use crate::messaging::message::Texts;
use crate::messaging::{Channel, MessageKind, compose};
use crate::pools::Pool;
use crate::pools::settings::MfaConfiguration;
use crate::users::attempts::{self, Action};
use crate::users::{Status, User, lookup};
use store::LinkRow;

crate::api::operations! {
    super::ops::sign_in_link::SendSignInLink,
    super::ops::sign_in_link::SignInWithLink,
}

/// Where a link is asked for, and where it leads.
pub struct Asked<'a> {
    pub username: &'a str,
    /// The address of the page that a link opens, up to its secret.
    pub address: &'a str,
    /// Hashes of the flow that it goes on with, and of the browser.
    pub flow: &'a str,
    pub browser: &'a str,
}

/// How long a client's links hold; nothing where it has none. Where a second factor is asked for, only a password comes before it.
pub fn lifetime(pool: &Pool, client: &Client) -> Option<Millis> {
    let minutes = client.poolhouse_sign_in_link.as_ref().filter(|link| link.enabled)?.validity_minutes;
    let offered = client.offers_own_sign_in() && pool.mfa_configuration() != MfaConfiguration::On;
    offered.then_some(minutes * MINUTE)
}

/// Sends a link to whoever can sign in by one. The answer is the same for everybody else.
pub async fn send(cx: &mut Cx, pool: &Pool, client: &Client, asked: &Asked<'_>) -> Result<()> {
    let lifetime = lifetime(pool, client).ok_or_else(|| ApiError::not_authorized("Sign-in links are not enabled for this client."))?;
    crate::messaging::message::refuse_undeliverable(cx, Channel::Email)?;
    let user = lookup::find(cx, pool, asked.username).await?;
    let subject = user.as_ref().map_or_else(|| attempts::subject_of_unknown(pool, asked.username), |u| u.sub.clone());
    let asker = format!("{subject} {}", cx.network());
    attempts::count(cx, pool, &asker, Action::SignInCode).await?;
    attempts::count(cx, pool, &subject, Action::SignInCodeFromAnywhere).await?;
    let Some((user, to)) = user.and_then(|user| Some((address_of(pool, &user)?, user))).map(|(to, user)| (user, to)) else {
        return attempts::pretend_code(cx, pool, &subject, Action::SignInCode).await;
    };
    let secret = id::token(cx.rng());
    let (now, address) = (cx.now(), format!("{}{secret}", asked.address));
    let message = compose(cx, pool, Some(client), &user, MessageKind::SignInLink, Channel::Email, &to, &address, &Texts::default())?;
    let row = LinkRow {
        client_id: client.id.clone(),
        sub: user.sub.clone(),
        username: asked.username.to_owned(),
        destination: destination(cx, &user, &to),
        password_set_at: user.password_set_at,
        flow: asked.flow.to_owned(),
        browser: asked.browser.to_owned(),
        expires_at: now + lifetime,
    };
    let mut tx = cx.begin().await?;
    store::insert(&mut tx, &pool.id, &hash(&secret), &row).await?;
    message.queue(&mut tx, now).await?;
    tx.commit().await
}

/// The proved address of a user who can sign in by a link.
fn address_of(pool: &Pool, user: &User) -> Option<String> {
    let may =
        user.may_sign_in().is_ok() && user.status == Status::Confirmed && user.has_verified("email") && !second_factor::has_any(pool, user);
    user.attribute("email").filter(|_| may).map(str::to_owned)
}

fn destination(cx: &Cx, user: &User, address: &str) -> String {
    text::hex(&mac::hmac_sha256(&cx.app.secret, &[b"sign-in link\0", user.sub.as_bytes(), b"\0", address.as_bytes()]))
}

fn hash(secret: &str) -> String {
    mac::sha256_hex(secret.as_bytes())
}

/// The refusal of a link that is not good any more.
pub fn spent() -> ApiError {
    ApiError::expired_code("This link was used already, or is not valid any more.")
}

/// A link that still holds. Nothing is used up.
pub async fn find(cx: &mut Cx, pool: &Pool, secret: &str) -> Result<Option<LinkRow>> {
    let now = cx.now();
    let row = store::find(&mut *cx.read().await?, &pool.id, &hash(secret)).await?;
    Ok(row.filter(|row| row.expires_at > now))
}

/// Uses a link up: the user whom it signs in, and how. A link that went to an address that is not the user's any more, or that was sent before
/// the password was changed, is worthless.
pub async fn prove(cx: &mut Cx, pool: &Pool, client: &Client, secret: &str) -> Result<(User, Progress)> {
    let row = find(cx, pool, secret).await?.filter(|row| row.client_id == client.id && lifetime(pool, client).is_some());
    let row = row.ok_or_else(spent)?;
    let mut tx = cx.begin().await?;
    let taken = store::take(&mut tx, &pool.id, &hash(secret)).await?;
    tx.commit().await?;
    let user = crate::users::store::find_by_sub(&mut *cx.read().await?, &pool.id, &row.sub).await?.filter(|_| taken).ok_or_else(spent)?;
    let same_address =
        address_of(pool, &user).is_some_and(|to| mac::same(destination(cx, &user, &to).as_bytes(), row.destination.as_bytes()));
    if !same_address || user.password_set_at != row.password_set_at {
        return Err(spent());
    }
    let progress = Progress { username: row.username, sub: user.sub.clone(), ..Progress::default() }.proved(progress::EMAIL, &user);
    Ok((user, progress))
}

/// Forgets links that have had their time.
pub async fn sweep(cx: &mut Cx) -> Result<()> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    store::sweep(&mut tx, now).await?;
    tx.commit().await
}
