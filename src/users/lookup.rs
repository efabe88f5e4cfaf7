//! Finding a user by name, alias or `sub`.

use super::{User, store};
use crate::api::{ApiError, Cx, Result};
use crate::pools::Pool;

/// The other names by which a user can be found: the address of a pool whose user names are addresses, and the proved addresses and
/// the preferred user name of a pool with aliases.
pub fn aliases<'a>(pool: &'a Pool, user: &'a User) -> Vec<(&'static str, &'a str)> {
    let mut out: Vec<(&'static str, &'a str)> = Vec::new();
    for kind in ["email", "phone_number", "preferred_username"] {
        let Some(value) = user.attribute(kind) else { continue };
        let counts = pool.is_alias_attribute(kind) && (kind == "preferred_username" || user.has_verified(kind));
        let named = out.iter().any(|(_, other)| pool.key(other) == pool.key(value));
        if (pool.is_username_attribute(kind) || counts) && !named {
            out.push((kind, value));
        }
    }
    out
}

/// The user of this name, if there is one.
pub async fn find(cx: &mut Cx, pool: &Pool, name: &str) -> Result<Option<User>> {
    Ok(store::find(&mut *cx.read().await?, pool, name).await?)
}

/// The user of this name, for callers who may know that there is none.
pub async fn require(cx: &mut Cx, pool: &Pool, name: &str) -> Result<User> {
    find(cx, pool, name).await?.ok_or_else(ApiError::no_such_user)
}

/// The user behind an access token.
pub async fn bearer(cx: &mut Cx) -> Result<User> {
    let (pool_id, sub) = (cx.bearer()?.pool_id.clone(), cx.bearer()?.sub.clone());
    store::find_by_sub(&mut *cx.read().await?, &pool_id, &sub).await?.ok_or_else(ApiError::no_such_user)
}
