//! Verifies the logins of a request: each token by its own provider's means. One that does not hold refuses the whole request.

mod access_token;
mod open_id;
mod user_pool;

use super::IdentityPool;
use super::login::Login;
use super::provider::{AMAZON, FACEBOOK, OWN, Provider};
use super::token::Fault;
use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::SECOND;
use crate::tokens::jwt::{self, Claims};
use std::collections::BTreeMap;

/// Tokens by the names of their providers, as requests bring them.
pub type Logins = BTreeMap<String, String>;

/// The logins of a request.
pub async fn all(cx: &mut Cx, pool: &IdentityPool, logins: &Logins) -> Result<Vec<Login>> {
    let mut out = Vec::new();
    for (name, token) in logins {
        out.push(one(cx, pool, name, token).await?);
    }
    Ok(out)
}

async fn one(cx: &mut Cx, pool: &IdentityPool, name: &str, token: &str) -> Result<Login> {
    if is_own(cx, name) || is_cognito(cx, token) {
        return Err(invalid("Can't pass in a Cognito token."));
    }
    match Provider::find(pool, name, &cx.app.config.public_url) {
        Some(Provider::UserPool { pool_id, clients }) => user_pool::verify(cx, pool_id, &clients, token).await,
        Some(Provider::OpenId { arn, host }) => open_id::verify_provider(cx, arn, host, token).await,
        Some(Provider::Public { host: FACEBOOK, apps }) => access_token::facebook(cx, apps, token).await,
        Some(Provider::Public { host: AMAZON, apps }) => access_token::amazon(cx, apps, token).await,
        Some(Provider::Public { host, apps }) => open_id::verify_public(cx, host, apps, token).await,
        None => Err(ApiError::not_authorized("Token is not from a supported provider of this identity pool.")),
    }
}

/// Whether logins name this server's own issuer of OpenID tokens.
pub fn is_own(cx: &Cx, name: &str) -> bool {
    let issuer = cx.app.config.identity_issuer();
    name == OWN || issuer.split_once("://").is_some_and(|(_, host)| host == name)
}

fn is_cognito(cx: &Cx, token: &str) -> bool {
    jwt::peek(token).is_some_and(|claims| jwt::text(&claims, "iss") == Some(cx.app.config.identity_issuer().as_str()))
}

pub fn invalid(why: &str) -> ApiError {
    ApiError::not_authorized(format!("Invalid login token. {why}"))
}

pub fn malformed() -> ApiError {
    invalid("Not a valid OpenId Connect identity token.")
}

pub fn unsigned() -> ApiError {
    invalid("Couldn't verify signed token.")
}

fn expired(cx: &Cx, exp: i64) -> ApiError {
    invalid(&format!("Token expired: {} >= {exp}", cx.now() / SECOND))
}

/// How this server's own tokens are refused.
pub fn fault(cx: &Cx, fault: Fault) -> ApiError {
    match fault {
        Fault::Foreign => malformed(),
        Fault::Signature => unsigned(),
        Fault::Expired { exp } => expired(cx, exp),
    }
}

/// Checks an ID token's times.
fn check_times(cx: &Cx, claims: &Claims) -> Result<()> {
    let now = cx.now() / SECOND;
    let exp = jwt::number(claims, "exp").ok_or_else(malformed)?;
    if exp <= now {
        return Err(expired(cx, exp));
    }
    // Two clocks may be a little apart.
    match jwt::number(claims, "nbf") {
        Some(from) if from > now + 300 => Err(invalid("Token is not valid yet.")),
        _ => Ok(()),
    }
}

/// The application that a token is for, if it is one of these.
fn audience(claims: &Claims, is_known: impl Fn(&str) -> bool) -> Result<String> {
    let audiences: Vec<&str> = match claims.get("aud") {
        Some(serde_json::Value::Array(list)) => list.iter().filter_map(serde_json::Value::as_str).collect(),
        Some(serde_json::Value::String(one)) => vec![one],
        _ => Vec::new(),
    };
    // A token for several names the one that asked for it: what another asked for says nothing to this one.
    let party = jwt::text(claims, "azp").filter(|_| audiences.len() > 1);
    let candidates = party.map_or(audiences, |azp| vec![azp]);
    let found = candidates.into_iter().find(|audience| is_known(audience));
    found.map(str::to_owned).ok_or_else(|| invalid("Incorrect token audience."))
}

/// The ids of applications in a pool's setting.
fn apps(setting: &str) -> impl Iterator<Item = &str> {
    setting.split(';').filter(|app| !app.is_empty())
}
