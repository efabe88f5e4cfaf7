//! The grant of token exchange (RFC 8693).

use super::client_auth::Form;
use super::error::{OAuthError, Result};
use super::token::token_type;
use crate::api::Cx;
use crate::clients::Client;
use crate::tokens::derive::{self, Derived, Exchange, Refusal, Target};
use crate::tokens::keys::Use;
use crate::tokens::ops::get_derived_token::bearer_or_not;
use serde_json::{Value, json};

pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";

pub async fn grant(cx: &mut Cx, client: &Client, form: &Form, jkt: Option<&str>) -> Result<Value> {
    let subject = (form.require("subject_token")?, token_use(form.require("subject_token_type")?)?);
    // RFC 8693, 2.1: the type is required with the token, and must not be there without it.
    let actor = match (form.get("actor_token"), form.get("actor_token_type")) {
        (None, None) => None,
        (Some(token), Some(kind)) => Some((token, token_use(kind)?)),
        _ => return Err(OAuthError::invalid_request("actor_token and actor_token_type must be given together")),
    };
    let target = match (form.get("audience"), form.get("resource")) {
        (None, None) => None,
        (Some(name), None) => Some(Target::Audience(name)),
        (None, Some(identifier)) => Some(Target::Resource(identifier)),
        _ => return Err(OAuthError::invalid_request("audience and resource can not be requested together")),
    };
    let exchange = Exchange {
        subject,
        actor,
        scopes: form.get("scope").unwrap_or_default().split(' ').filter(|s| !s.is_empty()).collect(),
        target: target.map(short).transpose()?,
        requested: form.get("requested_token_type").map_or(Ok(Use::Access), token_use)?,
        proved: client.proves_itself(),
        jkt,
    };
    Ok(body_of(jkt, derive::derive(cx, client, &exchange).await.map_err(refused)?))
}

/// What the API's own constraint says of an audience.
fn short(target: Target<'_>) -> Result<Target<'_>> {
    let (Target::Audience(name) | Target::Resource(name)) = target;
    let formed = name.len() <= 256 && name.bytes().all(|c| matches!(c, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    if formed { Ok(target) } else { Err(OAuthError::new("invalid_target", "The audience or resource is not well-formed")) }
}

fn token_use(kind: &str) -> Result<Use> {
    match kind {
        ACCESS_TOKEN => Ok(Use::Access),
        ID_TOKEN => Ok(Use::Id),
        other => Err(OAuthError::invalid_request(format!("The token type {other:.64} is not supported"))),
    }
}

fn body_of(jkt: Option<&str>, derived: Derived) -> Value {
    let kind = if derived.token_use == Use::Access { ACCESS_TOKEN } else { ID_TOKEN };
    json!({
        "access_token": derived.token,
        "issued_token_type": kind,
        "token_type": if derived.token_use == Use::Access { token_type(jkt) } else { bearer_or_not(derived.token_use) },
        "expires_in": derived.expires_in,
        "scope": derived.scopes.join(" "),
    })
}

/// RFC 8693, 2.2.2
fn refused(refusal: Refusal) -> OAuthError {
    match refusal {
        Refusal::Flow(flow) => OAuthError::new("unauthorized_client", format!("The client is not allowed the flow {flow}")),
        Refusal::Unproved => OAuthError::new("unauthorized_client", "Token exchange is for clients that prove themselves"),
        Refusal::Token(error) => OAuthError::invalid_request(error.message()),
        Refusal::Scope(message) => OAuthError::new("invalid_scope", message),
        Refusal::Target(error) => OAuthError::new("invalid_target", error.message()),
        Refusal::Other(error) => error.into(),
    }
}
