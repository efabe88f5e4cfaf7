//! Carries plans out. Two requests with one login make one identity: the tables' keys decide, and who loses looks again.

use super::identities::{self, Identity, forbidden};
use super::login::Login;
use super::plan::{self, Plan};
use super::pool::no_such_pool;
use super::{IdentityPool, store};
use crate::api::{ApiError, Cx, Result};
use crate::store::{StoreError, Tx};

/// How often somebody who loses looks again.
const ATTEMPTS: usize = 8;

/// Who is asked about.
pub enum Wish<'a> {
    /// Whoever has these logins: a new identity where nobody does.
    Anyone,
    /// This identity, with these logins.
    Identity(&'a str),
    /// The developer's user that the first login names, or this identity for them.
    Developer(Option<&'a str>),
    /// The developer's user whom the first login names becomes part of the second's.
    Merge,
}

/// The identity that logins belong to, after what had to be linked and merged was.
pub async fn resolve(cx: &mut Cx, pool: &IdentityPool, wish: &Wish<'_>, logins: &[Login]) -> Result<String> {
    let plan = plan(&mut *cx.read().await?, pool, wish, logins).await?;
    if let Some(id) = plan.identity.as_ref().filter(|_| plan.is_settled()) {
        return Ok(id.clone());
    }
    for _ in 0..ATTEMPTS {
        let (new_id, now) = (identities::new_id(cx), cx.now());
        let mut tx = cx.begin().await?;
        match attempt(&mut tx, pool, wish, logins, &new_id, now).await {
            Ok(Some(id)) => {
                tx.commit().await?;
                return Ok(id);
            }
            Ok(None) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Err(ApiError::too_many_requests("The identity was changed by other requests at the same time. Try again."))
}

/// Decides and writes; `None` where somebody else wrote meanwhile.
async fn attempt(tx: &mut Tx, pool: &IdentityPool, wish: &Wish<'_>, logins: &[Login], new_id: &str, now: i64) -> Result<Option<String>> {
    let planned = plan(tx, pool, wish, logins).await?;
    let mut involved: Vec<&String> = planned.identity.iter().chain(&planned.merge).collect();
    // Always in the same order, so that two requests cannot each hold what the other needs.
    involved.sort();
    for id in involved {
        if !store::touch(tx, &pool.id, id, now).await? {
            return Ok(None);
        }
    }
    // What was decided on may have changed before it was held.
    if plan(tx, pool, wish, logins).await? != planned {
        return Ok(None);
    }
    match write(tx, pool, &planned, new_id, now).await {
        Ok(id) => Ok(Some(id)),
        Err(StoreError::Duplicate) => Ok(None),
        Err(StoreError::Missing) => Err(no_such_pool(&pool.id)),
        Err(other) => Err(other.into()),
    }
}

async fn write(tx: &mut Tx, pool: &IdentityPool, plan: &Plan, new_id: &str, now: i64) -> crate::store::Result<String> {
    let id = match &plan.identity {
        Some(id) => id.as_str(),
        None => {
            store::insert_identity(tx, &pool.id, new_id, true, now).await?;
            new_id
        }
    };
    for other in &plan.merge {
        store::merge(tx, &pool.id, other, id, now).await?;
    }
    for login in &plan.link {
        store::link(tx, &pool.id, id, login, now).await?;
    }
    Ok(id.to_owned())
}

async fn plan(tx: &mut Tx, pool: &IdentityPool, wish: &Wish<'_>, logins: &[Login]) -> Result<Plan> {
    let mut owners: Vec<Identity> = Vec::new();
    let mut of_login = Vec::new();
    for login in logins {
        // Whoever has one login often has the next as well.
        let known = owners.iter().position(|o| o.has(&login.provider, &login.subject));
        let found = match known {
            Some(at) => Some(at),
            None => store::owner(tx, &pool.id, &login.provider, &login.subject).await?.map(|owner| {
                owners.push(owner);
                owners.len() - 1
            }),
        };
        of_login.push(found);
    }
    match wish {
        Wish::Anyone => plan::of_logins(logins, &owners),
        Wish::Identity(id) => plan::of_identity(&target(tx, pool, id).await?, logins, &owners),
        Wish::Developer(id) => {
            let target = match id {
                Some(id) => Some(in_pool(tx, pool, id).await?),
                None => None,
            };
            plan::of_developer(target.as_ref(), logins, &owners)
        }
        Wish::Merge => {
            let of = |at: usize| of_login.get(at).copied().flatten().and_then(|i| owners.get(i)).ok_or_else(no_such_user);
            plan::of_merge(of(0)?, of(1)?)
        }
    }
}

fn no_such_user() -> ApiError {
    ApiError::resource_not_found("Developer user identifier not found.")
}

async fn in_pool(tx: &mut Tx, pool: &IdentityPool, id: &str) -> Result<Identity> {
    let found = store::identity(tx, id).await?.filter(|identity| identity.pool_id == pool.id);
    found.ok_or_else(|| identities::not_found(id))
}

/// The identity that stands for this one now.
async fn target(tx: &mut Tx, pool: &IdentityPool, id: &str) -> Result<Identity> {
    let identity = in_pool(tx, pool, id).await?;
    let current = match &identity.merged_into {
        Some(parent) => store::identity(tx, parent).await?.ok_or_else(|| forbidden(id))?,
        None => identity,
    };
    if current.disabled { Err(forbidden(id)) } else { Ok(current) }
}
