//! Signing in with SRP: a challenge that holds everything, and the check of its answer. Users prove passwords so, devices their secrets.

use super::answer::{Answer, Parameters};
use super::challenge::{self, Opened, PASSWORD_VERIFIER};
use super::history;
use super::progress::{self, Progress};
use super::srp;
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::hasher::Turn;
use crate::kit::{mac, text};
use crate::pools::Pool;
use crate::risk::events::Challenge;
use crate::users::password::Account;
use crate::users::{User, lookup, password, store};
use serde::{Deserialize, Serialize};

/// What a SECRET_BLOCK holds, in hexadecimal.
#[derive(Serialize, Deserialize)]
pub struct Block {
    pub progress: Progress,
    /// The name that the client hashes.
    username: String,
    a: String,
    b: String,
    public_b: String,
}

const PURPOSE: &str = "srp";

/// The PASSWORD_VERIFIER challenge for a name and the client's public value.
pub async fn start(cx: &mut Cx, pool: &Pool, client: &Client, progress: Progress, srp_a: &str) -> Result<Answer> {
    let user = lookup::find(cx, pool, &progress.username).await?;
    match &user {
        None if !client.hides_users() => return Err(ApiError::no_such_user()),
        Some(user) => super::password::refuse_without_password(client, user)?,
        None => {}
    }
    let verifier = user.as_ref().and_then(|u| u.srp_verifier(cx));
    let verifier = verifier.unwrap_or_else(|| srp::fake_verifier(&cx.app.secret, &pool.id, &pool.key(&progress.username)));
    let name = user.as_ref().map_or_else(|| invented_name(cx, pool, &progress.username), |u| u.username.clone());
    let progress = Progress { sub: sub_or_invented(cx, pool, user.as_ref(), &progress.username), ..progress };
    let mut parameters = exchange(cx, client, PURPOSE, progress, &name, &verifier, srp_a)?;
    parameters.insert("USERNAME".into(), name.clone());
    parameters.insert("USER_ID_FOR_SRP".into(), name);
    Ok(Answer { challenge_name: Some(PASSWORD_VERIFIER), challenge_parameters: parameters, ..Answer::default() })
}

/// The server's half of an exchange: SALT, SRP_B and a SECRET_BLOCK for this purpose.
pub fn exchange(
    cx: &Cx,
    client: &Client,
    purpose: &str,
    progress: Progress,
    name: &str,
    verifier: &srp::Verifier,
    srp_a: &str,
) -> Result<Parameters> {
    let a = srp::parse_a(srp_a).ok_or_else(|| refused_a(srp_a))?;
    let b: [u8; 32] = cx.rng().bytes();
    let public_b = srp::public_b(verifier, &b).ok_or_else(|| anyhow::anyhow!("the stored SRP verifier is no group element"))?;
    let block = Block { progress, username: name.to_owned(), a: text::hex(&a), b: text::hex(&b), public_b: text::hex(&public_b) };
    let block = challenge::seal(cx, purpose, client, block)?;
    Ok(Parameters::from([
        ("SALT".into(), text::hex(&verifier.salt)),
        ("SECRET_BLOCK".into(), text::base64(&block)),
        ("SRP_B".into(), text::hex(&public_b)),
    ]))
}

/// Cognito's words for what is no hexadecimal, and ours for a number that gives the key away.
fn refused_a(srp_a: &str) -> ApiError {
    if srp_a.is_empty() || !srp_a.bytes().all(|c| c.is_ascii_hexdigit()) {
        let constraint = "Member must satisfy regular expression pattern: ^[0-9a-fA-F]+$";
        let message = format!("1 validation error detected: Value '{srp_a:.64}' at 'a' failed to satisfy constraint: {constraint}");
        return ApiError::invalid_parameter(message);
    }
    ApiError::invalid_parameter("SRP_A is not a valid public value.")
}

/// The name that a user who does not exist would have: in pools where the service makes names, the same made-up UUID each time.
fn invented_name(cx: &Cx, pool: &Pool, username: &str) -> String {
    if pool.has_username_attributes() { srp::fake_user_id(&cx.app.secret, &pool.id, &pool.key(username)) } else { username.to_owned() }
}

/// The user's `sub`, or one that nobody has.
pub fn sub_or_invented(cx: &Cx, pool: &Pool, user: Option<&User>, username: &str) -> String {
    user.map_or_else(|| srp::fake_user_id(&cx.app.secret, &pool.id, &format!("sub of {}", pool.key(username))), |u| u.sub.clone())
}

/// What answers a PASSWORD_VERIFIER challenge.
pub struct Claim<'a> {
    pub secret_block: &'a str,
    pub signature: &'a str,
    pub timestamp: &'a str,
}

/// A block that was opened for its claim to be checked.
pub struct Claimed {
    pub opened: Opened<Block>,
    sealed: Vec<u8>,
}

/// Opens the block of a claim.
pub fn open(cx: &Cx, client: &Client, purpose: &str, claim: &Claim<'_>) -> Result<Claimed> {
    let sealed = text::from_base64(claim.secret_block).ok_or_else(ApiError::bad_credentials)?;
    let opened: Opened<Block> = challenge::open(cx, purpose, client, &sealed)?;
    if srp::parse_timestamp(claim.timestamp).is_none() {
        return Err(ApiError::invalid_parameter("TIMESTAMP is not of the form EEE MMM d HH:mm:ss UTC yyyy."));
    }
    Ok(Claimed { opened, sealed })
}

impl Claimed {
    /// Whether the claim proves the secret behind the verifier. `pool_name` is the pool's, or a device's group key. The arithmetic takes a turn
    /// among the hashes: it costs milliseconds, and anybody can ask for it.
    pub async fn matches(&self, cx: &Cx, turn: Turn, pool_name: &str, verifier: srp::Verifier, claim: &Claim<'_>) -> Result<bool> {
        let block = &self.opened.state;
        let numbers = (text::from_hex(&block.a), text::from_hex(&block.b), text::from_hex(&block.public_b));
        let (Some(a), Some(b), Some(public_b)) = numbers else { return Ok(false) };
        let (pool_name, username, timestamp) = (pool_name.to_owned(), block.username.clone(), claim.timestamp.to_owned());
        let sealed = self.sealed.clone();
        let expected = cx.app.hasher.compute(turn, move || {
            let signed = srp::Claim { pool_name: &pool_name, username: &username, secret_block: &sealed, timestamp: &timestamp };
            srp::expected_signature(&signed, &verifier, &b, &a, &public_b)
        });
        let given = text::from_base64(claim.signature).unwrap_or_default();
        Ok(expected.await?.is_some_and(|e| mac::same(&e, &given)))
    }
}

/// The user whose password the claim proves, and how far the sign-in has come.
pub async fn verify(cx: &mut Cx, pool: &Pool, client: &Client, claim: Claim<'_>) -> Result<(User, Progress, challenge::Seal)> {
    let claimed = open(cx, client, PURPOSE, &claim)?;
    let progress = claimed.opened.state.progress.clone();
    let user = store::find_by_sub(&mut *cx.read().await?, &pool.id, &progress.sub).await?;
    let account = Account::of(user.as_ref(), &progress.username);
    let _guard = cx.app.in_flight.enter(format!("{}/{}", pool.id, account.key(pool)))?;
    let failures = password::refuse_locked(cx, pool, &account).await?;
    let verifier = user.as_ref().and_then(|u| u.srp_verifier(cx));
    let known = verifier.is_some();
    let verifier = verifier.unwrap_or_else(|| srp::fake_verifier(&cx.app.secret, &pool.id, &claimed.opened.state.username));
    let turn = cx.turn(&pool.id, &account.key(pool));
    let matched = claimed.matches(cx, turn, pool.srp_name(), verifier, &claim).await? && known;
    // Somebody whose password came from elsewhere has no verifier yet: that is not a wrong guess.
    if known || user.as_ref().is_none_or(|u| u.password.is_none()) {
        password::record(cx, pool, &account, failures, matched).await?;
    }
    if let Some(user) = user.as_ref().filter(|_| !matched) {
        history::failed(cx, pool, client, &user.sub, &progress, Challenge::Password).await?;
    }
    let user = user.filter(|_| matched).ok_or_else(ApiError::bad_credentials)?;
    let progress = progress.proved(progress::PASSWORD, &user);
    Ok((user, progress, claimed.opened.seal))
}
