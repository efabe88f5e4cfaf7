//! How often an account may be asked for something in an hour, as Cognito limits it.

pub mod store;

use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::HOUR;
use crate::kit::mac;
use crate::pools::Pool;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    ConfirmSignUp,
    ResendConfirmationCode,
    /// Asking for a reset code and using one count together.
    ForgotPassword,
    ChangePassword,
    GetAttributeCode,
    VerifyAttribute,
    /// Asking for the code of a sign-in that begins with one, from one network; from anywhere; and for one that follows another proof.
    SignInCode,
    SignInCodeFromAnywhere,
    SecondFactorCode,
    /// Devices that ask to be let in, and wrong codes of theirs, from one network.
    DeviceRequest,
    DeviceCode,
    /// Clients that registered themselves, without a token, from one network.
    RegisterClient,
}

impl Action {
    fn name_and_limit(self) -> (&'static str, i64) {
        match self {
            Self::ConfirmSignUp => ("ConfirmSignUp", 15),
            Self::ResendConfirmationCode => ("ResendConfirmationCode", 5),
            Self::ForgotPassword => ("ForgotPassword", 20),
            Self::ChangePassword => ("ChangePassword", 5),
            Self::GetAttributeCode => ("GetUserAttributeVerificationCode", 5),
            Self::VerifyAttribute => ("VerifyUserAttribute", 15),
            Self::SignInCode => ("SendSignInCode", 20),
            Self::SignInCodeFromAnywhere => ("SendSignInCodeFromAnywhere", 60),
            Self::SecondFactorCode => ("SendSecondFactorCode", 20),
            Self::DeviceRequest => ("DeviceAuthorization", 100),
            Self::DeviceCode => ("DeviceUserCode", 20),
            Self::RegisterClient => ("RegisterClient", 20),
        }
    }
}

/// Counts one attempt for an account, or for a name that has none, and refuses it beyond the limit.
/// It is counted before anything else is done, so that attempts at the same time cannot slip past each other.
pub async fn count(cx: &mut Cx, pool: &Pool, subject: &str, action: Action) -> Result<()> {
    let (name, limit) = action.name_and_limit();
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let so_far = store::count_attempt(&mut tx, &pool.id, subject, name, now, HOUR).await?;
    tx.commit().await?;
    if so_far > limit { Err(ApiError::attempt_limit()) } else { Ok(()) }
}

/// Whether the limit was reached, for what is counted only when it fails.
pub async fn is_exhausted(cx: &mut Cx, pool: &Pool, subject: &str, action: Action) -> Result<bool> {
    let (name, limit) = action.name_and_limit();
    let now = cx.now();
    let row = store::attempt(&mut *cx.read().await?, &pool.id, subject, name).await?;
    Ok(row.is_some_and(|(count, ends_at)| count >= limit && ends_at > now))
}

/// What attempts on a name are counted under when it has no account.
pub fn subject_of_unknown(pool: &Pool, username: &str) -> String {
    format!("?{}", mac::sha256_hex(pool.key(username).as_bytes()))
}

/// Remembers that a code was pretended to be sent: a write like the one that a real code costs.
pub async fn pretend_code(cx: &mut Cx, pool: &Pool, subject: &str, action: Action) -> Result<()> {
    let (now, limits) = (cx.now(), cx.app.providers.any().then_some(cx.app.config.message_queue));
    let mut tx = cx.begin().await?;
    if let Some(limits) = limits {
        // What is refused where there is somebody is refused where there is nobody.
        crate::messaging::message::refuse_full(&mut tx, &pool.id, limits).await?;
    }
    store::add_attempt(&mut tx, &pool.id, subject, &simulated(action), None, now + HOUR).await?;
    tx.commit().await
}

/// Whether a code was pretended to be sent, so that a wrong one is answered as a wrong one.
pub async fn pretended_code(cx: &mut Cx, pool: &Pool, subject: &str, action: Action) -> Result<bool> {
    let now = cx.now();
    let row = store::attempt(&mut *cx.read().await?, &pool.id, subject, &simulated(action)).await?;
    Ok(row.is_some_and(|(_, ends_at)| ends_at > now))
}

fn simulated(action: Action) -> String {
    format!("simulated {}", action.name_and_limit().0)
}
