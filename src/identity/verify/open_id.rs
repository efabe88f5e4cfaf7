//! ID tokens of OpenID Connect providers: Google, Apple, and those that a pool names by ARN.

use super::{apps, audience, check_times, invalid, malformed, unsigned};
use crate::api::{Cx, Result};
use crate::federation::provider_keys::{self, ALGORITHMS};
use crate::iam::providers;
use crate::identity::login::{Kind, Login};
use crate::tokens::jwt::{self, Claims};

/// A token of a provider that the pool names by ARN: its clients are those that the account registered with it.
pub async fn verify_provider(cx: &mut Cx, arn: &str, host: &str, token: &str) -> Result<Login> {
    let claims = verified(cx, host, token).await?;
    let account = cx.app.config.account_id.clone();
    let registered = providers::store::find(&mut *cx.read().await?, &account, arn).await?;
    let clients = registered.map(|(provider, _)| provider.client_ids).unwrap_or_default();
    let client = audience(&claims, |audience| clients.iter().any(|c| c == audience))?;
    login(Kind::OpenId { arn: arn.to_owned() }, host, client, claims)
}

/// A token of Google's or Apple's.
pub async fn verify_public(cx: &mut Cx, host: &str, setting: &str, token: &str) -> Result<Login> {
    let claims = verified(cx, host, token).await?;
    let client = audience(&claims, |audience| apps(setting).any(|app| app == audience))?;
    login(Kind::Public, host, client, claims)
}

fn login(kind: Kind, host: &str, client: String, claims: Claims) -> Result<Login> {
    let subject = jwt::text(&claims, "sub").filter(|sub| !sub.is_empty() && sub.len() <= 1024).ok_or_else(malformed)?.to_owned();
    Ok(Login { kind, provider: host.to_owned(), subject, client, claims })
}

/// The claims of a token that the provider signed, whose times hold.
async fn verified(cx: &mut Cx, host: &str, token: &str) -> Result<Claims> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| malformed())?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(malformed());
    }
    // Before any key is asked for: what names another issuer is not worth a request.
    let unverified = jwt::peek(token).ok_or_else(malformed)?;
    check_issuer(host, &unverified)?;
    check_times(cx, &unverified)?;
    provider_keys::signed(cx, host, &header, token).await?.ok_or_else(unsigned)
}

fn check_issuer(host: &str, claims: &Claims) -> Result<()> {
    let issuer = jwt::text(claims, "iss").ok_or_else(malformed)?;
    // Google's tokens may leave the scheme out, and a provider's ARN the slash at the end.
    let same = issuer.strip_prefix("https://").unwrap_or(issuer).trim_end_matches('/') == host.trim_end_matches('/');
    if same { Ok(()) } else { Err(invalid("Issuer doesn't match providerName")) }
}
