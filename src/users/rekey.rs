//! Bringing users in line with a pool that changes what they are named by and must have.

use super::store::{self, Position};
use super::{User, lookup};
use crate::api::{ApiError, Cx, Result};
use crate::kit::text;
use crate::pools::Pool;
use crate::store::{StoreError, Tx};
use serde::Serialize;
use std::collections::HashMap;

/// Users read at a time.
const PAGE: i64 = 500;
/// Users told of each kind of conflict.
const TOLD: usize = 60;

/// The users who stand in the way of a change, by what is wrong with them.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Conflicts {
    pub missing_attributes: Kind,
    pub alias_collisions: Kind,
    pub username_collisions: Kind,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Kind {
    pub count: usize,
    /// The first of them.
    pub users: Vec<Conflict>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Conflict {
    pub username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The user who has the name already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflicts_with: Option<String>,
}

impl Kind {
    fn add(&mut self, user: &User, attribute: Option<&str>, other: Option<&str>) {
        self.count += 1;
        if self.users.len() < TOLD {
            let (attribute, conflicts_with) = (attribute.map(str::to_owned), other.map(str::to_owned));
            self.users.push(Conflict { username: user.username.clone(), attribute, conflicts_with });
        }
    }

    fn tell(&self, what: &str) -> Option<String> {
        let one = |c: &Conflict| match (&c.attribute, &c.conflicts_with) {
            (Some(attribute), Some(other)) => format!("{} ({attribute}, as {other})", c.username),
            (Some(attribute), None) => format!("{} ({attribute})", c.username),
            (None, Some(other)) => format!("{} (as {other})", c.username),
            (None, None) => c.username.clone(),
        };
        let first: Vec<_> = self.users.iter().take(3).map(one).collect();
        let more = if self.count > first.len() { ", …" } else { "" };
        (self.count > 0).then(|| format!("{} {what}: {}{more}", self.count, first.join(", ")))
    }
}

impl Conflicts {
    /// The words for a change that users stand in the way of.
    pub fn refusal(&self) -> Option<String> {
        let told: Vec<_> = [
            self.missing_attributes.tell("lack an attribute that would be required"),
            self.alias_collisions.tell("have an alias that is somebody else's or no alias can be"),
            self.username_collisions.tell("have the same user name as another"),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!told.is_empty()).then(|| format!("PoolhouseIdentity conflicts with users. {}.", told.join("; ")))
    }
}

/// Who stands in the way of a change from one form of a pool to another.
pub async fn conflicts(cx: &mut Cx, old: &Pool, new: &Pool) -> Result<Conflicts> {
    let mut found = Conflicts::default();
    let required: Vec<&str> = new.document.schema.iter().filter(|a| newly_required(old, a)).map(|a| a.name.as_str()).collect();
    // Names of users count before anybody's alias does.
    let mut names: HashMap<String, String> = HashMap::new();
    let mut after = Position::default();
    while let Some(users) = page(cx, old, &mut after).await? {
        for user in users {
            for name in required.iter().filter(|name| !user.attributes.contains_key(**name)) {
                found.missing_attributes.add(&user, Some(name), None);
            }
            match names.get(&new.key(&user.username)) {
                Some(other) => found.username_collisions.add(&user, None, Some(other)),
                None => {
                    names.insert(new.key(&user.username), user.username);
                }
            }
        }
    }
    let mut aliases: HashMap<String, String> = HashMap::new();
    let mut after = Position::default();
    while let Some(users) = page(cx, old, &mut after).await? {
        for user in users {
            for (kind, value) in lookup::aliases(new, &user) {
                let key = new.key(value);
                let other = names.get(&key).or_else(|| aliases.get(&key)).filter(|other| **other != user.username);
                if other.is_some() || is_squatted(new, kind, value) {
                    found.alias_collisions.add(&user, Some(kind), other.map(String::as_str));
                } else {
                    aliases.insert(key, user.username.clone());
                }
            }
        }
    }
    Ok(found)
}

fn newly_required(old: &Pool, attribute: &crate::pools::attributes::SchemaAttribute) -> bool {
    attribute.required && old.attribute(&attribute.name).is_some_and(|a| !a.required)
}

/// A preferred name in the form of an address would take that address from whoever it belongs to.
fn is_squatted(pool: &Pool, kind: &str, value: &str) -> bool {
    let is_address =
        pool.is_alias_attribute("email") && text::is_email(value) || pool.is_alias_attribute("phone_number") && text::is_phone(value);
    kind == "preferred_username" && is_address
}

async fn page(cx: &mut Cx, pool: &Pool, after: &mut Position) -> Result<Option<Vec<User>>> {
    next(&mut *cx.read().await?, pool, after).await
}

async fn next(tx: &mut Tx, pool: &Pool, after: &mut Position) -> Result<Option<Vec<User>>> {
    let users = store::list(tx, &pool.id, None, after, PAGE).await?;
    Ok(users.last().map(|last| (last.created_at, last.sub.clone())).map(|position| {
        *after = position;
        users
    }))
}

/// Gives every user the names that the changed pool knows them by, and takes the values of attributes that are gone. The keys of the
/// tables refuse what came up since [`conflicts`] looked.
pub async fn apply(tx: &mut Tx, old: &Pool, new: &Pool, removed: &[&str]) -> Result<()> {
    let came_between = |error: StoreError| match error {
        StoreError::Duplicate => ApiError::too_many_requests("A user came to conflict with this change meanwhile. Try again."),
        other => other.into(),
    };
    store::drop_aliases(tx, &old.id).await?;
    let mut after = Position::default();
    while let Some(users) = next(tx, old, &mut after).await? {
        for mut user in users {
            let key = new.key(&user.username);
            if old.key(&user.username) != key {
                store::set_username_key(tx, &user, &key).await.map_err(came_between)?;
            }
            let before = user.attributes.len();
            user.attributes.retain(|name, _| !removed.contains(&name.as_str()));
            if user.attributes.len() < before {
                store::update(tx, new, &user).await.map_err(came_between)?;
            } else {
                store::claim_aliases(tx, new, &user).await.map_err(came_between)?;
            }
        }
    }
    Ok(())
}
