//! USER_AUTH: the user chooses how to begin.

use super::answer::Answer;
use super::challenge::{self, Detail, EMAIL_OTP, PASSWORD, PASSWORD_SRP, SELECT_CHALLENGE, SMS_OTP, Seal, WEB_AUTHN};
use super::complete::{self, Step, proceed};
use super::initiate::required;
use super::progress::{self, Progress};
use super::{otp, passkey, password, second_factor, srp_flow};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::{mac, text};
use crate::pools::Pool;
use crate::pools::settings::MfaConfiguration;
use crate::triggers::{authentication, migration};
use crate::users::{Status, User, lookup};
use std::collections::BTreeMap;

/// The parameters of a request.
type Given = BTreeMap<String, String>;

/// Begins a choice-based sign-in: with the preferred challenge where the user has it, with the choice otherwise.
pub async fn begin(cx: &mut Cx, pool: &Pool, client: &Client, username: &str, given: &Given) -> Result<Answer> {
    let user = lookup::find(cx, pool, username).await?;
    let elsewhere = user.is_none() && migration::is_set(cx, pool).await?;
    if user.is_none() && !elsewhere && !client.hides_users() {
        return Err(ApiError::no_such_user());
    }
    authentication::pre(cx, pool, client, user.as_ref(), username).await?;
    let available = if elsewhere { vec![PASSWORD_SRP, PASSWORD] } else { available(cx, pool, user.as_ref(), username).await? };
    let progress = Progress::new(cx, pool, username, user.as_ref(), given.get("DEVICE_KEY").map(String::as_str));
    let preferred = given.get("PREFERRED_CHALLENGE").and_then(|p| available.iter().copied().find(|a| a == p));
    let mut answer = match preferred {
        Some(challenge) => direct(cx, pool, client, user, progress, challenge, given, None).await?,
        None => {
            let session = challenge::session(cx, client, SELECT_CHALLENGE, progress, Detail::None)?;
            Answer::challenge(SELECT_CHALLENGE, session, [])
        }
    };
    if answer.authentication_result.is_none() {
        answer.available_challenges = Some(available);
    }
    Ok(answer)
}

/// The choice that was made at SELECT_CHALLENGE.
pub async fn select(cx: &mut Cx, pool: &Pool, client: &Client, progress: Progress, given: &Given, seal: Seal) -> Result<Answer> {
    let user = lookup::find(cx, pool, &progress.username).await?.filter(|u| u.sub == progress.sub);
    let elsewhere = user.is_none() && migration::is_set(cx, pool).await?;
    let available = if elsewhere { vec![PASSWORD_SRP, PASSWORD] } else { available(cx, pool, user.as_ref(), &progress.username).await? };
    let chosen = required(given, "ANSWER")?;
    let chosen = available.into_iter().find(|a| *a == chosen);
    let chosen = chosen.ok_or_else(|| ApiError::invalid_parameter("The selected challenge is not available."))?;
    direct(cx, pool, client, user, progress, chosen, given, Some(seal)).await
}

/// One challenge, answered at once where the request carries the answer.
#[expect(clippy::too_many_arguments, reason = "each is one fact of the sign-in")]
async fn direct(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    user: Option<User>,
    progress: Progress,
    challenge: &'static str,
    given: &Given,
    seal: Option<Seal>,
) -> Result<Answer> {
    let get = |name: &str| given.get(name).map(String::as_str).filter(|v| !v.is_empty());
    match (challenge, get("PASSWORD"), get("SRP_A")) {
        (PASSWORD, Some(password), _) => {
            let step = prove_password(cx, pool, client, progress, password, seal).await?;
            complete::answer(cx, pool, client, step).await
        }
        (PASSWORD_SRP, _, Some(srp_a)) => {
            complete::spend(cx, pool, seal).await?;
            srp_flow::start(cx, pool, client, progress, srp_a).await
        }
        (EMAIL_OTP | SMS_OTP, ..) => send_code(cx, pool, client, user, progress, challenge, seal).await,
        (WEB_AUTHN, ..) => passkey::ask(cx, pool, client, user.as_ref(), progress, seal).await,
        _ => {
            complete::spend(cx, pool, seal).await?;
            let session = challenge::session(cx, client, challenge, progress, Detail::None)?;
            Ok(Answer::challenge(challenge, session, []))
        }
    }
}

/// A password that answers PASSWORD, in whichever step it comes.
pub async fn prove_password(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    progress: Progress,
    given: &str,
    seal: Option<Seal>,
) -> Result<Step> {
    let user = password::verify(cx, pool, client, &progress.username, given, false).await?;
    let progress = Progress { sub: user.sub.clone(), ..progress }.proved(progress::PASSWORD, &user);
    proceed(cx, pool, client, user, progress, seal).await
}

async fn send_code(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    user: Option<User>,
    progress: Progress,
    challenge: &'static str,
    seal: Option<Seal>,
) -> Result<Answer> {
    let attribute = attribute_of(challenge);
    let address = match &user {
        Some(user) => user.attribute(attribute).unwrap_or_default().to_owned(),
        None => invented_address(cx, pool, &progress.username, attribute),
    };
    let code = otp::Code { challenge, attribute, address, digits: otp::FIRST_FACTOR_DIGITS, sets_up: false };
    otp::send(cx, pool, client, user.as_ref(), progress, code, seal).await
}

fn attribute_of(challenge: &str) -> &'static str {
    if challenge == SMS_OTP { "phone_number" } else { "email" }
}

/// The address that is shown for a name that has no account: the name where it is one, otherwise the same made-up one each time.
fn invented_address(cx: &Cx, pool: &Pool, username: &str, attribute: &str) -> String {
    let bytes = mac::hmac_sha256(&cx.app.secret, &[b"invented address", pool.id.as_bytes(), pool.key(username).as_bytes()]);
    match attribute {
        "phone_number" if text::is_phone(username) => username.to_owned(),
        "phone_number" => bytes[..4].iter().map(|b| char::from(b'0' + b % 10)).collect(),
        _ if text::is_email(username) => username.to_owned(),
        _ => format!("{}@{}", char::from(b'a' + bytes[0] % 26), char::from(b'a' + bytes[1] % 26)),
    }
}

/// What a user can begin with here, and who does not exist could.
async fn available(cx: &mut Cx, pool: &Pool, user: Option<&User>, username: &str) -> Result<Vec<&'static str>> {
    let Some(user) = user else { return Ok(invented(cx, pool, username)) };
    let mut out = Vec::new();
    if user.password.is_some() || user.status == Status::ForceChangePassword {
        out.extend([PASSWORD_SRP, PASSWORD]);
    }
    if matches!(user.status, Status::ForceChangePassword | Status::ExternalProvider) {
        return Ok(if out.is_empty() { vec![PASSWORD_SRP, PASSWORD] } else { out });
    }
    // Where a second factor is asked for, only a password, or a passkey that counts for two, comes before it.
    if second_factor::has_any(pool, user) || pool.mfa_configuration() == MfaConfiguration::On {
        if pool.passkeys_are_multi_factor() && pool.allows_first_factor(WEB_AUTHN) && passkey::has_any(cx, user).await? {
            out.push(WEB_AUTHN);
        }
        return Ok(out);
    }
    let reachable =
        |attribute: &str| user.has_verified(attribute) || user.status == Status::Unconfirmed && user.attribute(attribute).is_some();
    out.extend([EMAIL_OTP, SMS_OTP].into_iter().filter(|c| pool.allows_first_factor(c) && reachable(attribute_of(c))));
    if pool.allows_first_factor(WEB_AUTHN) && passkey::has_any(cx, user).await? {
        out.push(WEB_AUTHN);
    }
    Ok(out)
}

/// The same answer each time for a name that has no account: one of those that accounts here can have.
fn invented(cx: &Cx, pool: &Pool, username: &str) -> Vec<&'static str> {
    let bytes = mac::hmac_sha256(&cx.app.secret, &[b"invented factors", pool.id.as_bytes(), pool.key(username).as_bytes()]);
    let passwords = [PASSWORD_SRP, PASSWORD];
    let offers = |factor: &&'static str| pool.allows_first_factor(factor);
    if pool.mfa_configuration() == MfaConfiguration::On {
        let passkey = Some(WEB_AUTHN).filter(|f| offers(f) && pool.passkeys_are_multi_factor() && bytes[0].is_multiple_of(4));
        return passwords.into_iter().chain(passkey).collect();
    }
    let codes = [EMAIL_OTP, SMS_OTP].into_iter().filter(offers);
    match bytes[0] {
        // Somebody without a proved address, or with a second factor.
        0..48 => passwords.to_vec(),
        // Somebody who signed up without a password.
        48..72 if codes.clone().any(|c| pool.auto_verifies(attribute_of(c))) => {
            codes.filter(|c| pool.auto_verifies(attribute_of(c))).collect()
        }
        _ => {
            let passkey = Some(WEB_AUTHN).filter(|f| offers(f) && bytes[1].is_multiple_of(4));
            passwords.into_iter().chain(codes).chain(passkey).collect()
        }
    }
}

/// `ConfiguredUserAuthFactors`: what the user has set up, of what the pool allows.
pub async fn configured(cx: &mut Cx, pool: &Pool, user: &User) -> Result<Vec<&'static str>> {
    let mut out = Vec::new();
    if user.password.is_some() {
        out.push(PASSWORD);
    }
    out.extend([EMAIL_OTP, SMS_OTP].into_iter().filter(|c| pool.allows_first_factor(c) && user.has_verified(attribute_of(c))));
    if passkey::has_any(cx, user).await? {
        out.push(WEB_AUTHN);
    }
    if user.mfa.has_software_token {
        out.push("SOFTWARE_TOKEN");
    }
    Ok(out)
}
