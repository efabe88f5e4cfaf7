//! Machine tokens: access tokens of a client that acts for itself (RFC 6749, 4.4).

use super::claims::bound_to;
use super::issue::Tokens;
use super::jwt::Claims;
use super::keys::{self, Use};
use crate::api::{ApiError, Cx, Result};
use crate::clients::resource_server::is_custom;
use crate::clients::{Client, scopes};
use crate::kit::clock::{Millis, SECOND};
use crate::kit::id;
use crate::triggers::pre_token;

pub struct MachineToken {
    pub access_token: String,
    /// Seconds.
    pub expires_in: i64,
}

impl From<MachineToken> for Tokens {
    fn from(token: MachineToken) -> Self {
        Self {
            access_token: token.access_token,
            id_token: None,
            refresh_token: None,
            expires_in: token.expires_in,
            refresh_expires_in: None,
        }
    }
}

/// Why a client gets no machine token.
#[derive(Debug)]
pub enum Refusal {
    /// No resource server of the pool defines this scope, or it is not one that a machine can have.
    UnknownScope(String),
    /// The scope exists, and the client may not have it.
    ForbiddenScope(String),
    /// Nothing was asked for, and there is nothing to give.
    NoScopes,
    /// The scopes are not, or not all, of the resource that was named.
    Resource,
    Other(ApiError),
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Other(error)
    }
}

/// Where and with what a token is good only.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds<'a> {
    /// The thumbprint of a key.
    pub jkt: Option<&'a str>,
    /// The identifier of a resource server, which becomes the audience (RFC 8707).
    pub resource: Option<&'a str>,
}

/// A token for these scopes, or for all custom scopes of the client's where none are asked for. Who asks has proved to be the client, and that
/// it may have such tokens. One scope that cannot be granted refuses them all.
pub async fn issue(cx: &mut Cx, client: &Client, asked: &[&str], bounds: Bounds<'_>) -> Result<MachineToken, Refusal> {
    let mut granted = grant(cx, client, asked).await?;
    if let Some(resource) = bounds.resource {
        let of_resource = |scope: &&str| scope.rsplit_once('/').is_some_and(|(identifier, _)| identifier == resource);
        if asked.is_empty() {
            granted.retain(of_resource);
        }
        if granted.is_empty() || !granted.iter().all(of_resource) {
            return Err(Refusal::Resource);
        }
    }
    let keys = keys::load(cx, &client.pool_id).await?;
    let overrides = pre_token::ask_for_client(cx, client, &granted).await?;
    let now = cx.now();
    let mut claims = claims(cx, client, &granted.join(" "), now);
    overrides.apply_to_access(&mut claims, &client.id);
    claims.extend(bounds.jkt.map(bound_to));
    claims.extend(bounds.resource.map(|resource| ("aud".to_owned(), resource.into())));
    let signer = keys.signer(Use::Access, now).map_err(ApiError::from)?;
    let access_token = signer.sign(&claims).map_err(ApiError::from)?;
    Ok(MachineToken { access_token, expires_in: client.access_token_seconds() })
}

async fn grant<'a>(cx: &mut Cx, client: &'a Client, asked: &[&'a str]) -> Result<Vec<&'a str>, Refusal> {
    let grantable = |scope: &str| is_custom(scope) && client.has_scope(scope) && !client.is_inactive(scope);
    if asked.is_empty() {
        let all: Vec<&str> = client.allowed_o_auth_scopes.iter().map(String::as_str).filter(|s| grantable(s)).collect();
        return if all.is_empty() { Err(Refusal::NoScopes) } else { Ok(all) };
    }
    let refused: Vec<&str> = asked.iter().copied().filter(|s| !grantable(s)).collect();
    if let Some(first) = refused.first() {
        return Err(match scopes::first_unknown(cx, &client.pool_id, &refused).await? {
            Some(unknown) => Refusal::UnknownScope(unknown.to_owned()),
            None => Refusal::ForbiddenScope((*first).to_owned()),
        });
    }
    let mut granted: Vec<&str> = Vec::with_capacity(asked.len());
    for scope in asked {
        if !granted.contains(scope) {
            granted.push(scope);
        }
    }
    Ok(granted)
}

/// It speaks for nobody: no `username`, so that no operation of a user's takes it.
fn claims(cx: &Cx, client: &Client, scope: &str, now: Millis) -> Claims {
    let iat = now.div_euclid(SECOND);
    let mut claims = Claims::new();
    claims.insert("sub".into(), client.id.as_str().into());
    claims.insert("token_use".into(), "access".into());
    claims.insert("scope".into(), scope.into());
    claims.insert("auth_time".into(), iat.into());
    claims.insert("iss".into(), cx.app.config.issuer(&client.pool_id).into());
    claims.insert("exp".into(), (iat + client.access_token_seconds()).into());
    claims.insert("iat".into(), iat.into());
    claims.insert("version".into(), 2.into());
    claims.insert("jti".into(), id::uuid(cx.rng()).into());
    claims.insert("client_id".into(), client.id.as_str().into());
    claims
}
