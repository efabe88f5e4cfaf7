//! One-time codes of a sign-in: sent by SMS or e-mail, as the first factor or the second.
//!
//! A code's hash is sealed into the session that it answers. A wrong one leaves the session usable; how often is counted.

use super::answer::Answer;
use super::challenge::{self, Detail, Opened, Seal, Session};
use super::progress::Progress;
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::HOUR;
use crate::kit::{id, mac, text};
use crate::messaging::Channel;
use crate::pools::Pool;
use crate::triggers::message::{Letter, Occasion, Posting, compose};
use crate::users::User;
use crate::users::attempts::{self, Action, store};
use crate::users::code::CodeDeliveryDetails;
use crate::users::guesses::{self, Target};
use crate::users::user::Failures;

/// A code that is the only proof is longer than one that follows a password.
pub const FIRST_FACTOR_DIGITS: usize = 8;
pub const SECOND_FACTOR_DIGITS: usize = 6;
/// Wrong codes that one session of a first factor takes: eight digits are out of reach of so few guesses.
const GUESSES: i64 = 10;
/// Codes, right or wrong, that an account takes in an hour over all its sessions. Beyond, only this way to sign in is closed.
const GUESSES_OF_ALL: i64 = 100;

/// A code to send.
pub struct Code {
    pub challenge: &'static str,
    pub attribute: &'static str,
    pub address: String,
    pub digits: usize,
    /// Whether the address becomes the user's with the code.
    pub sets_up: bool,
}

/// Sends a code and asks for it. For a user who does not exist the same is pretended: all but the message.
pub async fn send(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    user: Option<&User>,
    progress: Progress,
    code: Code,
    seal: Option<Seal>,
) -> Result<Answer> {
    let subject = user.map_or_else(|| attempts::subject_of_unknown(pool, &progress.username), |u| u.sub.clone());
    let is_first = progress.amr.is_empty() && progress.custom.is_none();
    // By address too, so that nobody can use up what another may ask for.
    if is_first {
        let asker = format!("{subject} {}", cx.network());
        attempts::count(cx, pool, &asker, Action::SignInCode).await?;
        attempts::count(cx, pool, &subject, Action::SignInCodeFromAnywhere).await?;
    } else {
        attempts::count(cx, pool, &subject, Action::SecondFactorCode).await?;
    }
    let secret = id::code(cx.rng(), code.digits);
    let message = match user {
        Some(user) => Some(message(cx, pool, client, user, &code, &secret).await?),
        None => None,
    };
    let details = CodeDeliveryDetails::of(code.attribute, &pool.key(&code.address));
    let detail = Detail::Code {
        hash: hash(cx, &progress.sub, &code.address, &secret),
        attribute: code.attribute.to_owned(),
        sets_up: code.sets_up.then_some(code.address),
    };
    let session = challenge::session(cx, client, code.challenge, progress, detail)?;
    if message.is_none() {
        // A write like the one that a message costs.
        attempts::pretend_code(cx, pool, &subject, Action::SignInCode).await?;
    }
    let now = cx.now();
    let mut tx = cx.begin().await?;
    if let Some(seal) = seal {
        seal.spend(&mut tx, &pool.id, now).await?;
    }
    if let Some(message) = message {
        message.queue(&mut tx, now).await?;
    }
    tx.commit().await?;
    let parameters =
        [("CODE_DELIVERY_DELIVERY_MEDIUM", details.delivery_medium.to_owned()), ("CODE_DELIVERY_DESTINATION", details.destination)];
    Ok(Answer::challenge(code.challenge, session, parameters))
}

async fn message(cx: &mut Cx, pool: &Pool, client: &Client, user: &User, code: &Code, secret: &str) -> Result<Letter> {
    let channel = Channel::of_attribute(code.attribute);
    let posting = Posting { occasion: Occasion::Authentication, channel, to: &code.address, secret };
    compose(cx, pool, Some(client), user, &posting).await
}

fn hash(cx: &Cx, sub: &str, address: &str, code: &str) -> String {
    text::hex(&mac::hmac_sha256(&cx.app.secret, &[b"sign-in code\0", sub.as_bytes(), b"\0", address.as_bytes(), b"\0", code.as_bytes()]))
}

/// Whether a code is the one that the session was sent with, to the address that the user has by now or is about to get.
fn matches(cx: &Cx, user: Option<&User>, session: &Session, code: &str) -> bool {
    let Detail::Code { hash: expected, attribute, sets_up } = &session.detail else { return false };
    let own = || user.and_then(|u| u.attribute(attribute));
    let address = sets_up.as_deref().or_else(own).unwrap_or_default();
    mac::same(expected.as_bytes(), hash(cx, &session.progress.sub, address, code.trim()).as_bytes())
}

/// The refusal of a wrong code.
pub fn mismatch() -> ApiError {
    ApiError::code_mismatch("Invalid code or auth state for the user.")
}

/// Checks the code of a first factor. Its guesses are counted by session: nobody can lock an account whose password they do not know.
pub async fn check_first(cx: &mut Cx, pool: &Pool, user: Option<&User>, opened: &Opened<Session>, code: &str) -> Result<()> {
    let (now, subject) = (cx.now(), &opened.state.progress.sub);
    let mut tx = cx.begin().await?;
    let guesses = store::count_attempt(&mut tx, &pool.id, &opened.seal.subject(), "SignInCode", now, HOUR).await?;
    let of_all = store::count_attempt(&mut tx, &pool.id, subject, "SignInCodeGuess", now, HOUR).await?;
    tx.commit().await?;
    if guesses > GUESSES {
        return Err(challenge::invalid());
    }
    if of_all > GUESSES_OF_ALL {
        return Err(ApiError::attempt_limit());
    }
    if user.is_some() && matches(cx, user, &opened.state, code) { Ok(()) } else { Err(mismatch()) }
}

/// What wrong second factors of a user are counted under: they lock like wrong passwords do.
pub fn target(user: &User) -> Target<'_> {
    Target { pool_id: &user.pool_id, subject: &user.sub, action: crate::mfa::software_token::ACTION }
}

/// Checks the code of a second factor.
pub async fn check_second(cx: &mut Cx, user: &User, opened: &Opened<Session>, code: &str) -> Result<()> {
    let failures: Failures = guesses::refuse_locked(cx, target(user)).await?;
    let matched = matches(cx, Some(user), &opened.state, code);
    guesses::record(cx, target(user), failures, matched).await?;
    if matched { Ok(()) } else { Err(mismatch()) }
}
