//! What a role or user is allowed: its policies, read once and kept for a moment.

use super::entity::{Entity, Owner};
use super::policy::{self, Kind, Malformed, Named, Policy};
use super::{managed, store};
use crate::boot::app::App;
use crate::store::{Result, Tx};
use std::sync::Arc;

/// A role or user with all that decides what it may do.
#[derive(Debug)]
pub struct Grants {
    pub entity: Entity,
    pub identity: Vec<Named>,
    pub boundary: Option<Named>,
}

/// A document as a policy; the same text is read once only.
pub fn compiled(app: &App, document: &str, kind: Kind) -> std::result::Result<Arc<Policy>, Malformed> {
    let key = (kind, document.to_owned());
    if let Some(known) = app.caches.policies.get(&key) {
        return Ok(known);
    }
    let policy = Arc::new(policy::read(document, kind)?);
    app.caches.policies.insert(key, policy.clone());
    Ok(policy)
}

/// The grants of a role or user; `None` if there is none of this name.
pub async fn load(app: &App, owner: Owner, name: &str) -> Result<Option<Arc<Grants>>> {
    let key = (owner, crate::kit::text::fold(name));
    if let Some(known) = app.caches.grants.get(&key) {
        return Ok(Some(known));
    }
    let mut tx = app.db.read().await?;
    let Some(grants) = read(app, &mut tx, owner, name).await? else { return Ok(None) };
    let grants = Arc::new(grants);
    app.caches.grants.insert(key, grants.clone());
    Ok(Some(grants))
}

async fn read(app: &App, tx: &mut Tx, owner: Owner, name: &str) -> Result<Option<Grants>> {
    let account = app.config.account_id.as_str();
    let Some(entity) = store::find(tx, account, owner, name).await? else { return Ok(None) };
    let mut identity = of(app, tx, owner, &entity.name).await?;
    if owner == Owner::User {
        for group in store::groups_of(tx, account, &entity.name).await? {
            identity.extend(of(app, tx, Owner::Group, &group.name).await?);
        }
    }
    let boundary = match &entity.boundary {
        Some(arn) => Some(boundary(app, tx, arn).await?),
        None => None,
    };
    Ok(Some(Grants { entity, identity, boundary }))
}

/// The inline and attached policies of one owner.
async fn of(app: &App, tx: &mut Tx, owner: Owner, name: &str) -> Result<Vec<Named>> {
    let account = app.config.account_id.as_str();
    let inline = store::inline(tx, account, owner, name).await?;
    let mut documents: Vec<(String, String)> = inline;
    // Twenty at most, and kept for a moment: a statement each is cheap enough.
    for arn in store::attached(tx, account, owner, name).await? {
        let document = match managed::provided(&arn) {
            Some(policy) => Some(policy.document.to_owned()),
            None => managed::store::document(tx, account, &arn).await?,
        };
        documents.extend(document.map(|document| (arn, document)));
    }
    let kind = if owner == Owner::Role { "Role Policy" } else { "User Policy" };
    let named = |(id, document): (String, String)| named(app, id, kind, &document, Kind::Identity);
    Ok(documents.into_iter().map(named).collect())
}

/// A policy that was checked when it was stored. One that does not read all the same denies everything.
fn named(app: &App, id: String, kind: &'static str, document: &str, role: Kind) -> Named {
    let policy = compiled(app, document, role).unwrap_or_else(|why| {
        tracing::error!(policy = id, %why, "a stored policy does not read");
        Arc::new(Policy::denying_everything())
    });
    Named { id, kind, policy }
}

/// A boundary whose policy is gone allows nothing.
async fn boundary(app: &App, tx: &mut Tx, arn: &str) -> Result<Named> {
    let policy = by_arn(app, tx, arn, "Permissions Boundary Policy").await?;
    Ok(policy.unwrap_or_else(|| Named {
        id: arn.to_owned(),
        kind: "Permissions Boundary Policy",
        policy: Arc::new(Policy { statements: Vec::new() }),
    }))
}

/// A managed policy by its ARN.
pub async fn by_arn(app: &App, tx: &mut Tx, arn: &str, kind: &'static str) -> Result<Option<Named>> {
    let document = match managed::provided(arn) {
        Some(policy) => Some(policy.document.to_owned()),
        None => managed::store::document(tx, &app.config.account_id, arn).await?,
    };
    Ok(document.map(|document| named(app, arn.to_owned(), kind, &document, Kind::Identity)))
}
