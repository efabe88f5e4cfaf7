//! The identities of pools.

use super::store;
use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::{Millis, epoch_seconds};
use crate::kit::id;
use serde::Serialize;

/// An identity and its logins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub pool_id: String,
    pub id: String,
    /// It has, or had, a login.
    pub linked: bool,
    pub disabled: bool,
    /// The identity that took its logins.
    pub merged_into: Option<String>,
    pub created_at: Millis,
    pub modified_at: Millis,
    pub logins: Vec<Linked>,
}

/// A login of an identity's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Linked {
    pub provider: String,
    pub subject: String,
    pub developer: bool,
}

/// `IdentityDescription`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Description {
    pub identity_id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logins: Vec<String>,
    pub creation_date: f64,
    pub last_modified_date: f64,
}

impl From<Identity> for Description {
    fn from(identity: Identity) -> Self {
        let mut logins: Vec<_> = identity.logins.into_iter().map(|l| l.provider).collect();
        logins.sort();
        logins.dedup();
        Self {
            identity_id: identity.id,
            logins,
            creation_date: epoch_seconds(identity.created_at),
            last_modified_date: epoch_seconds(identity.modified_at),
        }
    }
}

/// A new id, of the form that pools have too.
pub fn new_id(cx: &Cx) -> String {
    format!("{}:{}", cx.app.config.region, id::uuid(cx.rng()))
}

/// The identity of this id.
pub async fn find(cx: &mut Cx, id: &str) -> Result<Identity> {
    store::identity(&mut *cx.read().await?, id).await?.ok_or_else(|| not_found(id))
}

/// The same, in this pool.
pub async fn find_in(cx: &mut Cx, pool_id: &str, id: &str) -> Result<Identity> {
    find(cx, id).await.and_then(|identity| if identity.pool_id == pool_id { Ok(identity) } else { Err(not_found(id)) })
}

pub fn not_found(id: &str) -> ApiError {
    ApiError::resource_not_found(format!("Identity '{id}' not found."))
}

pub fn forbidden(id: &str) -> ApiError {
    ApiError::not_authorized(format!("Access to Identity '{id}' is forbidden."))
}

impl Identity {
    pub fn has(&self, provider: &str, subject: &str) -> bool {
        self.logins.iter().any(|l| l.provider == provider && l.subject == subject)
    }
}
