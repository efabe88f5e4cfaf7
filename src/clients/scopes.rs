//! Whether custom scopes exist.

use super::resource_server::is_custom;
use super::store;
use crate::api::{ApiError, Cx, Result};

/// Lets the holder of an access token register clients, in pools where clients may register. No resource server defines it.
pub const REGISTRATION: &str = "aws.cognito/dcr/register";

/// Whether a pool has the scope for registering clients.
async fn has_registration(cx: &mut Cx, pool_id: &str, scopes: &[&str]) -> Result<bool> {
    Ok(scopes.contains(&REGISTRATION) && crate::pools::load(cx, pool_id).await?.registers_clients())
}

/// The first of these scopes that no resource server of the pool defines.
pub async fn first_unknown<'a>(cx: &mut Cx, pool_id: &str, scopes: &[&'a str]) -> Result<Option<&'a str>> {
    let servers =
        if scopes.iter().any(|s| is_custom(s)) { store::servers_of(&mut *cx.read().await?, pool_id, scopes).await? } else { Vec::new() };
    let registers = has_registration(cx, pool_id, scopes).await?;
    let known = |scope: &str| registers && scope == REGISTRATION || servers.iter().any(|server| server.defines(scope));
    Ok(scopes.iter().copied().find(|scope| !known(scope)))
}

/// Without the custom scopes that no resource server of the pool defines.
pub async fn existing<'a>(cx: &mut Cx, pool_id: &str, mut scopes: Vec<&'a str>) -> Result<Vec<&'a str>> {
    if scopes.iter().any(|s| is_custom(s)) {
        let servers = store::servers_of(&mut *cx.read().await?, pool_id, &scopes).await?;
        let registers = has_registration(cx, pool_id, &scopes).await?;
        let known = |scope: &str| registers && scope == REGISTRATION || servers.iter().any(|server| server.defines(scope));
        scopes.retain(|scope| !is_custom(scope) || known(scope));
    }
    Ok(scopes)
}

/// Refuses a client's custom scopes where one does not exist.
pub async fn require(cx: &mut Cx, pool_id: &str, scopes: &[String]) -> Result<()> {
    let custom: Vec<&str> = scopes.iter().map(String::as_str).filter(|s| is_custom(s)).collect();
    match first_unknown(cx, pool_id, &custom).await? {
        Some(scope) => Err(ApiError::scope_does_not_exist(format!("Invalid scope requested: {scope}"))),
        None => Ok(()),
    }
}
