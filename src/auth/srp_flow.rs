//! Signing in with SRP: a challenge that holds everything, and the check of its answer.

use super::answer::Answer;
use super::challenge::{self, Opened, PASSWORD_VERIFIER};
use super::srp;
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::{mac, text};
use crate::pools::Pool;
use crate::users::password::Account;
use crate::users::{User, lookup, password, store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a SECRET_BLOCK holds, in hexadecimal.
#[derive(Serialize, Deserialize)]
pub struct Block {
    /// An invented one for a user who does not exist, so that the length tells nothing.
    sub: String,
    /// The name that was given, and the one that the client hashes.
    given: String,
    username: String,
    a: String,
    b: String,
    public_b: String,
}

const PURPOSE: &str = "srp";

/// The PASSWORD_VERIFIER challenge for a name and the client's public value.
pub async fn start(cx: &mut Cx, pool: &Pool, client: &Client, username: &str, srp_a: &str) -> Result<Answer> {
    let a = srp::parse_a(srp_a).ok_or_else(|| ApiError::invalid_parameter("SRP_A is not a valid public value."))?;
    let user = lookup::find(cx, pool, username).await?;
    match &user {
        None if !client.hides_users() => return Err(ApiError::no_such_user()),
        Some(user) => super::password::refuse_without_password(client, user)?,
        None => {}
    }
    let verifier = user.as_ref().and_then(|u| u.srp_verifier(cx));
    let sub = sub_or_invented(cx, pool, user.as_ref(), username);
    let verifier = verifier.unwrap_or_else(|| srp::fake_verifier(&cx.app.secret, &pool.id, &pool.key(username)));
    let name = user.map_or_else(|| invented_name(cx, pool, username), |u| u.username);
    let b: [u8; 32] = cx.rng().bytes();
    let public_b = srp::public_b(&verifier, &b).ok_or_else(|| anyhow::anyhow!("the stored SRP verifier is no group element"))?;
    let block = Block {
        sub,
        given: username.to_owned(),
        username: name.clone(),
        a: text::hex(&a),
        b: text::hex(&b),
        public_b: text::hex(&public_b),
    };
    let block = challenge::seal(cx, PURPOSE, client, block)?;
    let parameters = [
        ("SALT", text::hex(&verifier.salt)),
        ("SECRET_BLOCK", text::base64(&block)),
        ("SRP_B", text::hex(&public_b)),
        ("USERNAME", name.clone()),
        ("USER_ID_FOR_SRP", name),
    ];
    Ok(Answer { challenge_name: Some(PASSWORD_VERIFIER), challenge_parameters: BTreeMap::from(parameters), ..Answer::default() })
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

/// The user whose password the claim proves, and the block to use up.
pub async fn verify(cx: &mut Cx, pool: &Pool, client: &Client, claim: Claim<'_>) -> Result<(User, Opened<Block>)> {
    let sealed = text::from_base64(claim.secret_block).ok_or_else(ApiError::bad_credentials)?;
    let opened: Opened<Block> = challenge::open(cx, PURPOSE, client, &sealed)?;
    if srp::parse_timestamp(claim.timestamp).is_none() {
        return Err(ApiError::invalid_parameter("TIMESTAMP is not of the form EEE MMM d HH:mm:ss UTC yyyy."));
    }
    let user = store::find_by_sub(&mut *cx.read().await?, &pool.id, &opened.state.sub).await?;
    let account = Account::of(user.as_ref(), &opened.state.given);
    let _guard = cx.app.in_flight.enter(format!("{}/{}", pool.id, account.key(pool)))?;
    let failures = password::refuse_locked(cx, pool, &account).await?;
    let verifier = user.as_ref().and_then(|u| u.srp_verifier(cx));
    let known = verifier.is_some();
    let verifier = verifier.unwrap_or_else(|| srp::fake_verifier(&cx.app.secret, &pool.id, &opened.state.username));
    let expected = expected(pool, &opened.state, &verifier, &sealed, claim.timestamp);
    let given = text::from_base64(claim.signature).unwrap_or_default();
    let matched = known && expected.is_some_and(|e| mac::same(&e, &given));
    password::record(cx, pool, &account, failures, matched).await?;
    user.filter(|_| matched).map(|user| (user, opened)).ok_or_else(ApiError::bad_credentials)
}

fn expected(pool: &Pool, block: &Block, verifier: &srp::Verifier, sealed: &[u8], timestamp: &str) -> Option<[u8; 32]> {
    let (a, b) = (text::from_hex(&block.a)?, text::from_hex(&block.b)?);
    let public_b = text::from_hex(&block.public_b)?;
    let claim = srp::Claim { pool_name: pool.srp_name(), username: &block.username, secret_block: sealed, timestamp };
    srp::expected_signature(&claim, verifier, &b, &a, &public_b)
}
