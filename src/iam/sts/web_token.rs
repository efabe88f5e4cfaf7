//! Tokens that say who somebody is: of identity pools, of user pools, and of OpenID Connect providers that the account has registered.

use super::identity_pools;
use super::web::Vouched;
use crate::api::{ApiError, Cx};
use crate::federation::provider_keys;
use crate::iam::entity::{Provider, Tags};
use crate::iam::providers;
use crate::iam::query::fault::{Fault, Result};
use crate::kit::clock::SECOND;
use crate::tokens::jwt::{self, Claims};
use crate::tokens::keys::Use;
use crate::tokens::presented;
use serde_json::Value;
use std::collections::BTreeMap;

const TAGS: &str = "https://aws.amazon.com/tags";
/// How far the clocks of two servers may be apart: seconds.
const SKEW: i64 = 300;

/// What a token says, verified.
#[derive(Debug, Clone)]
pub struct Verified {
    pub vouched: Vouched,
    pub issuer: String,
    pub subject: String,
    pub audience: String,
    pub tags: Tags,
    pub transitive_tags: Vec<String>,
    pub source_identity: Option<String>,
}

/// Verifies a token by whose it says it is.
pub async fn verify(cx: &mut Cx, token: &str) -> Result<Verified> {
    let claims = jwt::peek(token).ok_or_else(not_a_token)?;
    let issuer = jwt::text(&claims, "iss").ok_or_else(|| Fault::invalid_identity("Missing a required claim: iss"))?.to_owned();
    if issuer == cx.app.config.identity_issuer() {
        return identity_pools::verify(cx, token).await;
    }
    if issuer.contains('\0') || issuer.len() > 2_048 {
        return Err(not_a_token());
    }
    let own = cx.app.config.pool_of_issuer(&issuer).map(str::to_owned);
    let url = without_scheme(&issuer).to_owned();
    let mut names = vec![url.clone()];
    // A user pool may be registered under the name that it has in AWS.
    names.extend(own.as_ref().map(|pool| format!("cognito-idp.{}.amazonaws.com/{pool}", cx.app.config.region)));
    let (name, provider) = registered(cx, &names, &url).await?;
    let claims = match own {
        Some(pool) => of_user_pool(cx, &pool, token).await?,
        None => {
            let claims = of_provider(cx, &issuer, &url, token).await?;
            check_times(&claims, cx.now() / SECOND)?;
            claims
        }
    };
    let arn = provider_arn(&cx.app.config.account_id, &name);
    read(&claims, issuer, &name, arn, &provider)
}

/// The claims that a registered provider signed. Its keys are asked for over HTTPS only, unless the operator says where it answers.
async fn of_provider(cx: &mut Cx, issuer: &str, host: &str, token: &str) -> Result<Claims> {
    let unsound = || Fault::invalid_identity("Couldn't verify signed token.");
    if !issuer.starts_with("https://") && !cx.app.config.provider_addresses.contains_key(host) {
        return Err(Fault::invalid_identity("The issuer of the token is not an https address."));
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| unsound())?;
    if !provider_keys::ALGORITHMS.contains(&header.alg) {
        return Err(Fault::invalid_identity("The token is signed with an algorithm that is not supported."));
    }
    match provider_keys::signed(cx, host, &header, token).await {
        Ok(claims) => claims.ok_or_else(unsound),
        Err(ApiError::Internal(cause)) => Err(ApiError::Internal(cause).into()),
        Err(_) => Err(Fault::idp_communication("Error contacting the identity provider.")),
    }
}

fn not_a_token() -> Fault {
    Fault::invalid_identity("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
}

pub fn without_scheme(url: &str) -> &str {
    url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url)
}

pub fn provider_arn(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:oidc-provider/{name}")
}

async fn registered(cx: &mut Cx, names: &[String], url: &str) -> Result<(String, Provider)> {
    let account = cx.app.config.account_id.clone();
    let mut tx = cx.read().await?;
    for name in names {
        if let Some((provider, _)) = providers::store::find(&mut tx, &account, &provider_arn(&account, name)).await? {
            return Ok((name.clone(), provider));
        }
    }
    Err(Fault::invalid_identity(format!("No OpenIDConnect provider found in your account for https://{url:.256}")))
}

/// An ID token of one of this server's user pools. Who signed out or was disabled is not vouched for any more.
async fn of_user_pool(cx: &mut Cx, pool: &str, token: &str) -> Result<Claims> {
    match presented::verify(cx, pool, token, Use::Id, "ID").await {
        Ok(presented) => Ok(presented.claims),
        Err(crate::api::ApiError::Internal(cause)) => Err(Fault::Internal(cause)),
        Err(refusal) if refusal.message().contains("expired") => Err(Fault::expired_identity("Token expired")),
        Err(refusal) => Err(Fault::invalid_identity(refusal.message())),
    }
}

fn check_times(claims: &Claims, now: i64) -> Result<()> {
    let time = |name| {
        claims.get(name).map(|value| value.as_i64().ok_or_else(|| Fault::invalid_identity(format!("The claim {name} is not an integer"))))
    };
    let required = |name| time(name).unwrap_or_else(|| Err(Fault::invalid_identity(format!("Missing a required claim: {name}"))));
    let (expires, issued) = (required("exp")?, required("iat")?);
    if expires <= now {
        return Err(Fault::expired_identity(format!(
            "Token expired: current date/time {now} must be before the expiration date/time {expires}"
        )));
    }
    let early = |at: i64| at > now.saturating_add(SKEW);
    if early(issued) || time("nbf").transpose()?.is_some_and(early) {
        return Err(Fault::invalid_identity("Token is not valid yet"));
    }
    Ok(())
}

/// What policies can ask for of the claims. The party that the token was issued to counts as the audience where it is named.
fn read(claims: &Claims, issuer: String, name: &str, arn: String, provider: &Provider) -> Result<Verified> {
    let subject = jwt::text(claims, "sub").ok_or_else(|| Fault::invalid_identity("Missing a required claim: sub"))?.to_owned();
    let audiences = texts(claims.get("aud"));
    let party = jwt::text(claims, "azp").map(str::to_owned);
    let audience = party.clone().or_else(|| audiences.first().cloned());
    let audience = audience.ok_or_else(|| Fault::invalid_identity("Missing a required claim: aud"))?;
    if !provider.client_ids.contains(&audience) && !audiences.iter().any(|aud| provider.client_ids.contains(aud)) {
        return Err(Fault::invalid_identity("Incorrect token audience"));
    }
    let mut context = BTreeMap::from([(format!("{name}:sub"), vec![subject.clone()]), (format!("{name}:aud"), vec![audience.clone()])]);
    if party.is_some() {
        context.insert(format!("{name}:oaud"), audiences);
    }
    let is_verified = claims.get("email_verified").is_some_and(|v| v.as_bool() == Some(true) || v.as_str() == Some("true"));
    for claim in ["amr", "email"] {
        // Anybody may claim an address that was not proved.
        if claim == "email" && !is_verified {
            continue;
        }
        let values = texts(claims.get(claim));
        if !values.is_empty() {
            context.insert(format!("{name}:{claim}"), values);
        }
    }
    let (tags, transitive_tags) = tags(claims)?;
    let source_identity = jwt::text(claims, "https://aws.amazon.com/source_identity").map(str::to_owned);
    let vouched = Vouched { provider: arn, context };
    Ok(Verified { vouched, issuer, subject, audience, tags, transitive_tags, source_identity })
}

/// A text, or a list of texts.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Session tags, in either of the two forms of the claim.
pub fn tags(claims: &Claims) -> Result<(Tags, Vec<String>)> {
    let mut tags = Tags::new();
    let nested = claims.get(TAGS).and_then(Value::as_object);
    for (key, value) in nested.and_then(|n| n.get("principal_tags")).and_then(Value::as_object).into_iter().flatten() {
        tags.insert(key.clone(), one(key, value)?);
    }
    let flat = format!("{TAGS}/principal_tags/");
    for (claim, value) in claims {
        if let Some(key) = claim.strip_prefix(&flat) {
            tags.insert(key.to_owned(), one(key, value)?);
        }
    }
    let transitive = nested.and_then(|n| n.get("transitive_tag_keys")).or_else(|| claims.get(&format!("{TAGS}/transitive_tag_keys")));
    Ok((tags, texts(transitive)))
}

fn one(key: &str, value: &Value) -> Result<String> {
    match texts(Some(value)).as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(Fault::invalid_identity(format!("The tag {key:.128} does not have one value"))),
    }
}
