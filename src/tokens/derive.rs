//! Derived tokens: a user's token exchanged for another that fits a service further down (RFC 8693).
//!
//! A derived token never says, opens or outlasts more than its subject token. With an actor token it names who acts (`act`); without one it
//! appears as if the user acted directly, except that a subject's own `act` stays: an exchange does not wash off who acted before.

use super::claims::{Reveal, attribute_claim, bound_to, key_of};
use super::jwt::Claims;
use super::keys::{self, Use};
use super::presented::{Presented, verify};
use crate::api::door::USER_ADMIN_SCOPE;
use crate::api::{ApiError, Cx, Exception, Result};
use crate::clients::Client;
use crate::clients::flows::{DELEGATION, IMPERSONATION};
use crate::kit::clock::SECOND;
use crate::kit::id;
use crate::users::User;
use serde_json::{Value, json};

/// How many actors a token may name, the present one among them.
const MAX_ACTORS: usize = 10;
/// What a derived token takes over from its subject as it is.
const CARRIED: [&str; 9] =
    ["cognito:groups", "cognito:roles", "cognito:preferred_role", "identities", "acr", "amr", "auth_time", "event_id", "origin_jti"];

/// A request for an exchange, by a client that has proved itself.
pub struct Exchange<'a> {
    pub subject: (&'a str, Use),
    pub actor: Option<(&'a str, Use)>,
    /// Empty: those of the subject's that the client has too.
    pub scopes: Vec<&'a str>,
    pub target: Option<Target<'a>>,
    pub requested: Use,
    /// Whether the client has proved to be itself, so that its tokens are not everybody's.
    pub proved: bool,
    /// The key that the derived access token is bound to.
    pub jkt: Option<&'a str>,
}

/// Where the derived token will be used.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// A name that the service goes by.
    Audience(&'a str),
    /// The identifier of a resource server.
    Resource(&'a str),
}

pub struct Derived {
    pub token: String,
    pub token_use: Use,
    /// Seconds.
    pub expires_in: i64,
    pub scopes: Vec<String>,
}

/// Why a token is not exchanged.
#[derive(Debug)]
pub enum Refusal {
    /// The client does not have this flow.
    Flow(&'static str),
    /// Anybody could be the client.
    Unproved,
    /// A token is not one that can be exchanged.
    Token(ApiError),
    Scope(String),
    Target(ApiError),
    Other(ApiError),
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Other(error)
    }
}

/// Exchanges a token.
pub async fn derive(cx: &mut Cx, client: &Client, exchange: &Exchange<'_>) -> Result<Derived, Refusal> {
    let flow = if exchange.actor.is_some() { DELEGATION } else { IMPERSONATION };
    if !client.allows(&[flow]) {
        return Err(Refusal::Flow(flow));
    }
    if !exchange.proved && !client.oauth().token_exchange {
        return Err(Refusal::Unproved);
    }
    let subject = subject(cx, client, exchange.subject).await?;
    // Whoever found a bound token must not exchange it for one that is not.
    if !exchange.proved && key_of(&subject.claims).is_some_and(|jkt| exchange.jkt != Some(jkt)) {
        return Err(Refusal::Token(ApiError::not_authorized("The subject token is bound to a key")));
    }
    let actor = actor(cx, client, exchange.actor).await?;
    let act = act(&subject, actor.as_ref())?;
    let audience = audience(cx, client, exchange).await?;
    let held = crate::clients::scopes::existing(cx, &client.pool_id, subject.scopes()).await?;
    let scopes = scopes(client, held, &exchange.scopes)?;
    let user = user(cx, client, &subject).await?;
    let mut claims = match exchange.requested {
        Use::Access => access_claims(client, &user, &scopes, audience),
        Use::Id => {
            let reader = crate::clients::load(cx, &subject.client_id).await?;
            id_claims(client, &reader, &user, &subject, &scopes, audience)?
        }
    };
    claims.extend(CARRIED.into_iter().filter_map(|name| Some((name.to_owned(), subject.claims.get(name)?.clone()))));
    claims.extend(act.map(|act| ("act".to_owned(), act)));
    if exchange.requested == Use::Access {
        claims.extend(exchange.jkt.map(bound_to));
    }
    let limits = [subject.expires_at, actor.map_or(i64::MAX, |a| a.expires_at)];
    let (token, expires_in) = sign(cx, client, exchange.requested, claims, limits).await?;
    let scopes = scopes.into_iter().map(str::to_owned).collect();
    Ok(Derived { token, token_use: exchange.requested, expires_in, scopes })
}

/// Signs a token that outlasts none of these limits.
async fn sign(cx: &mut Cx, client: &Client, token_use: Use, mut claims: Claims, limits: [i64; 2]) -> Result<(String, i64)> {
    let now = cx.now();
    let iat = now.div_euclid(SECOND);
    let lifetime = match token_use {
        Use::Access => client.access_token_seconds(),
        Use::Id => client.id_token_seconds(),
    };
    let exp = limits.into_iter().fold(iat + lifetime, i64::min);
    claims.insert("iss".into(), cx.app.config.issuer(&client.pool_id).into());
    claims.insert("token_use".into(), token_use.as_str().into());
    claims.insert("exp".into(), exp.into());
    claims.insert("iat".into(), iat.into());
    claims.insert("jti".into(), id::uuid(cx.rng()).into());
    let keys = keys::load(cx, &client.pool_id).await?;
    Ok((keys.signer(token_use, now)?.sign(&claims)?, exp - iat))
}

async fn user(cx: &mut Cx, client: &Client, subject: &Presented) -> Result<User, Refusal> {
    let found = crate::users::store::find_by_sub(&mut *cx.read().await?, &client.pool_id, &subject.sub).await;
    let user = found.map_err(ApiError::from)?.ok_or_else(|| Refusal::Token(ApiError::no_such_user()))?;
    user.may_sign_in().map_err(|error| Refusal::Token(ApiError::not_authorized(error.message())))?;
    Ok(user)
}

/// The token of the user on whose behalf the exchange is.
async fn subject(cx: &mut Cx, client: &Client, (token, token_use): (&str, Use)) -> Result<Presented, Refusal> {
    let subject = verify(cx, &client.pool_id, token, token_use, "subject").await.map_err(token_refusal)?;
    match subject.username {
        Some(_) => Ok(subject),
        None => Err(Refusal::Token(ApiError::not_authorized("The subject token is not a user's"))),
    }
}

/// The token of whoever acts. One that was derived for an actor itself would hide that actor.
async fn actor(cx: &mut Cx, client: &Client, actor: Option<(&str, Use)>) -> Result<Option<Presented>, Refusal> {
    let Some((token, token_use)) = actor else { return Ok(None) };
    let actor = verify(cx, &client.pool_id, token, token_use, "actor").await.map_err(token_refusal)?;
    if actor.claims.contains_key("act") {
        return Err(Refusal::Token(ApiError::not_authorized("The actor token was itself derived for an actor")));
    }
    Ok(Some(actor))
}

fn token_refusal(error: ApiError) -> Refusal {
    if error.exception().is_some() { Refusal::Token(error) } else { Refusal::Other(error) }
}

/// The chain of actors (RFC 8693, 4.1): the present one outside, those before it inside.
fn act(subject: &Presented, actor: Option<&Presented>) -> Result<Option<Value>, Refusal> {
    let before = subject.claims.get("act").cloned();
    let Some(actor) = actor else { return Ok(before) };
    let mut depth = 1;
    let mut link = before.as_ref();
    while let Some(act) = link {
        (depth, link) = (depth + 1, act.get("act"));
    }
    if depth > MAX_ACTORS {
        return Err(Refusal::Token(ApiError::not_authorized("The subject token names too many actors")));
    }
    let mut act = json!({ "sub": actor.sub, "client_id": actor.client_id });
    if let Some(before) = before {
        act["act"] = before;
    }
    Ok(Some(act))
}

/// An ID token that is made out to another application would sign its user in there: that application did not ask for it.
async fn audience<'a>(cx: &mut Cx, client: &Client, exchange: &Exchange<'a>) -> Result<Option<&'a str>, Refusal> {
    match exchange.target {
        None => Ok(None),
        Some(Target::Resource(identifier)) => {
            let found = crate::clients::store::find_server(&mut *cx.read().await?, &client.pool_id, identifier).await;
            match found.map_err(ApiError::from)? {
                Some(_) => Ok(Some(identifier)),
                None => Err(Refusal::Target(crate::clients::resource_server::ResourceServer::missing())),
            }
        }
        Some(Target::Audience(name)) if exchange.requested == Use::Id && name != client.id => {
            match crate::clients::load_in(cx, &client.pool_id, name).await {
                Ok(_) => {
                    let message = "An ID token can not be issued to another app client.";
                    Err(Refusal::Target(ApiError::invalid_parameter(message)))
                }
                Err(error) if error.is(Exception::ResourceNotFoundException) => Ok(Some(name)),
                Err(error) => Err(error.into()),
            }
        }
        Some(Target::Audience(name)) => Ok(Some(name)),
    }
}

/// What is asked for, or all, as far as both the subject and the client have it.
fn scopes<'a>(client: &Client, mut granted: Vec<&'a str>, asked: &[&str]) -> Result<Vec<&'a str>, Refusal> {
    granted.retain(|scope| client.has_scope(scope));
    if asked.is_empty() {
        return Ok(granted);
    }
    granted.retain(|scope| asked.contains(scope));
    if granted.is_empty() {
        return Err(Refusal::Scope("None of the requested scopes are both the subject token's and the client's".into()));
    }
    Ok(granted)
}

fn access_claims(client: &Client, user: &User, scopes: &[&str], audience: Option<&str>) -> Claims {
    let mut claims = Claims::new();
    claims.insert("sub".into(), user.sub.as_str().into());
    claims.insert("version".into(), 2.into());
    claims.insert("client_id".into(), client.id.as_str().into());
    if !scopes.is_empty() {
        claims.insert("scope".into(), scopes.join(" ").into());
    }
    claims.insert("username".into(), user.username.as_str().into());
    claims.extend(audience.map(|aud| ("aud".to_owned(), aud.into())));
    claims
}

/// Of the user's attributes, those that the subject token told or opens, and that both its client and this one may read.
fn id_claims(
    client: &Client,
    reader: &Client,
    user: &User,
    subject: &Presented,
    scopes: &[&str],
    audience: Option<&str>,
) -> Result<Claims, Refusal> {
    let opens = |scope| scopes.contains(&scope);
    if subject.token_use == Use::Access && !opens("openid") && !opens(USER_ADMIN_SCOPE) {
        return Err(Refusal::Scope("An ID token needs the scope openid or aws.cognito.signin.user.admin".into()));
    }
    let scope = scopes.join(" ");
    let told = |name: &str| match subject.token_use {
        Use::Id => subject.claims.contains_key(name),
        Use::Access if opens(USER_ADMIN_SCOPE) => true,
        Use::Access => Reveal::of(&scope).allows(name),
    };
    let mut claims = Claims::new();
    claims.insert("sub".into(), user.sub.as_str().into());
    for (name, value) in user.attributes.iter().filter(|(name, _)| client.may_read(name) && reader.may_read(name) && told(name)) {
        claims.insert(name.clone(), attribute_claim(name, value));
    }
    claims.insert("cognito:username".into(), user.username.as_str().into());
    claims.insert("aud".into(), audience.unwrap_or(&client.id).into());
    claims.insert("azp".into(), client.id.as_str().into());
    Ok(claims)
}
