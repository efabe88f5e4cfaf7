//! Whether custom scopes exist.

use super::resource_server::is_custom;
use super::store;
use crate::api::{ApiError, Cx, Result};

/// The first of these scopes that no resource server of the pool defines.
pub async fn first_unknown<'a>(cx: &mut Cx, pool_id: &str, scopes: &[&'a str]) -> Result<Option<&'a str>> {
    let servers =
        if scopes.iter().any(|s| is_custom(s)) { store::servers_of(&mut *cx.read().await?, pool_id, scopes).await? } else { Vec::new() };
    Ok(scopes.iter().copied().find(|scope| !servers.iter().any(|server| server.defines(scope))))
}

/// Without the custom scopes that no resource server of the pool defines.
pub async fn existing<'a>(cx: &mut Cx, pool_id: &str, mut scopes: Vec<&'a str>) -> Result<Vec<&'a str>> {
    if scopes.iter().any(|s| is_custom(s)) {
        let servers = store::servers_of(&mut *cx.read().await?, pool_id, &scopes).await?;
        scopes.retain(|scope| !is_custom(scope) || servers.iter().any(|server| server.defines(scope)));
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
