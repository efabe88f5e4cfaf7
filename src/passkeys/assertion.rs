//! Signing in with a passkey (section 7.2), for the flows that offer `WEB_AUTHN`: what the browser is asked, and the check of its answer.
//!
//! A flow asks with [`request_options`], keeps the challenge in its sealed session, checks the answer with [`verify`] and, in the transaction
//! that ends the sign-in, spends the session and calls [`used`]. Each function takes "no such user" too and treats it like a wrong passkey.

use super::authenticator_data::AuthenticatorData;
use super::cbor;
use super::client_data::{self, ClientData};
use super::credential::{Assertion, Credential, Passkey};
use super::fault::Fault;
use super::public_key::PublicKey;
use super::{relying_party, store};
use crate::api::{Cx, Result};
use crate::kit::clock::Millis;
use crate::kit::{mac, text};
use crate::pools::Pool;
use crate::store::Tx;
use crate::users::User;
use serde_json::{Value, json};

/// What Cognito gives the browser, in milliseconds.
const TIMEOUT: i64 = 180_000;

/// A passkey that signed a challenge.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    pub credential_id: String,
    /// Whether the authenticator made sure that it was its user: then the passkey may stand for two factors.
    pub user_verified: bool,
    pub backup_eligible: bool,
    /// `swk` for a key in the device itself, `hwk` for one that is brought to it.
    pub amr: &'static str,
    backed_up: bool,
    /// What was stored, and what it counts now.
    counters: (i64, i64),
}

/// Whether a user has a passkey to sign in with.
pub async fn has_any(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<bool> {
    Ok(count(tx, pool_id, sub).await? > 0)
}

/// How many passkeys a user has.
pub async fn count(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<i64> {
    Ok(store::count(tx, pool_id, sub).await?)
}

/// The text for `CREDENTIAL_REQUEST_OPTIONS`, and the challenge in it. `name` is the name that was given: where nobody has it, or its owner has
/// no passkey, the answer names one that is made up, the same at every attempt.
pub async fn request_options(cx: &mut Cx, pool: &Pool, user: Option<&User>, name: &str) -> Result<(String, Vec<u8>)> {
    let rp_id = relying_party::id(cx, pool).await?;
    let sub = user.map_or("", |u| u.sub.as_str());
    let passkeys = store::list(&mut *cx.read().await?, &pool.id, sub).await?;
    let describe = |p: Passkey| json!({ "type": "public-key", "id": p.credential_id, "transports": p.transports });
    let mut allowed: Vec<Value> = passkeys.into_iter().map(describe).collect();
    if allowed.is_empty() {
        allowed.push(invented(&cx.app.secret, &pool.id, &pool.key(name)));
    }
    let challenge = cx.rng().bytes::<32>().to_vec();
    let options = json!({
        "challenge": text::base64url(&challenge),
        "timeout": TIMEOUT,
        "rpId": rp_id,
        "allowCredentials": allowed,
        "userVerification": relying_party::user_verification(pool),
    });
    Ok((options.to_string(), challenge))
}

/// A passkey that nobody has, in the shape of one of the common makers'.
fn invented(secret_key: &[u8; 32], pool_id: &str, name: &str) -> Value {
    let derive = |label: &[u8]| mac::hmac_sha256(secret_key, &[b"passkey\0", label, b"\0", pool_id.as_bytes(), b"\0", name.as_bytes()]);
    let [shape, ..] = derive(b"shape");
    let (length, transports): (usize, &[&str]) = match shape {
        0..96 => (20, &["hybrid", "internal"]),
        96..192 => (16, &["hybrid", "internal"]),
        192.. => (32, &["internal"]),
    };
    let id: Vec<u8> = derive(b"id").into_iter().take(length).collect();
    json!({ "type": "public-key", "id": text::base64url(&id), "transports": transports })
}

/// Checks that one of the user's passkeys signed this challenge. `credential_json` is the `CREDENTIAL` of the answer.
pub async fn verify(cx: &mut Cx, pool: &Pool, user: Option<&User>, challenge: &[u8], credential_json: &str) -> Result<Verified> {
    let rp_id = relying_party::id(cx, pool).await?;
    let credential = Credential::<Assertion>::of_text(credential_json).map_err(Fault::refuse_assertion)?;
    let id = text::base64url(&credential.id.0);
    let passkey = store::find(&mut *cx.read().await?, &pool.id, &id).await?;
    let owned = passkey.filter(|p| user.is_some_and(|u| u.sub == p.sub));
    let expected = Expected { rp_id: &rp_id, challenge, requires_verification: relying_party::requires_verification(pool) };
    check(&credential.response, owned.as_ref(), &expected).map_err(Fault::refuse_assertion)
}

/// What an assertion must be for.
struct Expected<'a> {
    rp_id: &'a str,
    challenge: &'a [u8],
    requires_verification: bool,
}

/// The steps of section 7.2, with the signature before what is known of the passkey: that takes as long where there is none.
fn check(answer: &Assertion, passkey: Option<&Passkey>, expected: &Expected<'_>) -> Result<Verified, Fault> {
    let client = ClientData::parse(&answer.client_data.0, client_data::GET)?;
    client.answers(expected.challenge)?;
    client.comes_from(expected.rp_id)?;
    let data = AuthenticatorData::parse(&answer.authenticator_data.0)?;
    data.check(expected.rp_id, expected.requires_verification)?;
    let key = match passkey {
        Some(passkey) => PublicKey::parse(&cbor::read(&passkey.public_key).ok_or(Fault::Malformed)?)?,
        None => PublicKey::nobodys().ok_or(Fault::Unknown)?,
    };
    let signed = [&answer.authenticator_data.0[..], &mac::sha256(&answer.client_data.0)].concat();
    if !key.verifies(&signed, &answer.signature.0) {
        return Err(Fault::Signature);
    }
    let passkey = passkey.ok_or(Fault::Unknown)?;
    // An authenticator that keeps no user handle gives none, or an empty one.
    let handle = answer.user_handle.as_ref().map(|handle| &handle.0[..]).filter(|handle| !handle.is_empty());
    if handle.is_some_and(|handle| !mac::same(handle, passkey.sub.as_bytes())) {
        return Err(Fault::Unknown);
    }
    if data.backup_eligible() != passkey.backup_eligible {
        return Err(Fault::Backup);
    }
    let counter = i64::from(data.counter);
    if (counter, passkey.counter) != (0, 0) && counter <= passkey.counter {
        return Err(Fault::Counter);
    }
    Ok(Verified {
        credential_id: passkey.credential_id.clone(),
        user_verified: data.user_verified(),
        backup_eligible: passkey.backup_eligible,
        amr: passkey.amr(),
        backed_up: data.backed_up(),
        counters: (passkey.counter, counter),
    })
}

/// Notes that a passkey was used. Of two uses with the same count, one is refused; so is one of a passkey that was deleted meanwhile.
pub async fn used(tx: &mut Tx, pool_id: &str, verified: &Verified, now: Millis) -> Result<()> {
    let noted = store::used(tx, pool_id, &verified.credential_id, verified.counters, verified.backed_up, now).await?;
    if noted { Ok(()) } else { Err(Fault::Counter.refuse_assertion()) }
}
