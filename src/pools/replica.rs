//! What a pool is in another region.
//!
//! Poolhouse keeps the record; what serves a second region is a second server on the same PostgreSQL, or on a replica of it. A server serves
//! every pool of its database, so a replica's state decides nothing but what these operations answer.

use super::pool::Pool;
use super::tags::Tags;
use crate::api::{ApiError, Cx, Result};
use serde::Serialize;

/// The most that a pool can have besides the primary.
pub const MOST: usize = 20;

#[derive(Debug, Clone, PartialEq)]
pub struct Replica {
    pub region: String,
    pub active: bool,
    pub tags: Tags,
}

/// `UserPoolReplicaType`
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReplicaType {
    pub region_name: String,
    pub status: &'static str,
    pub role: &'static str,
    pub user_pool_arn: String,
}

/// What the operations on one replica answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    pub user_pool_replica: ReplicaType,
}

impl Answer {
    pub fn of(cx: &Cx, pool: &Pool, replica: &Replica, status: &'static str) -> Self {
        Self { user_pool_replica: shown(cx, pool, &replica.region, status, "SECONDARY") }
    }
}

impl Replica {
    pub fn status(&self) -> &'static str {
        if self.active { "ACTIVE" } else { "INACTIVE" }
    }

    pub fn shown(&self, cx: &Cx, pool: &Pool) -> ReplicaType {
        shown(cx, pool, &self.region, self.status(), "SECONDARY")
    }
}

/// The pool itself, as the first of its replicas.
pub fn primary(cx: &Cx, pool: &Pool) -> ReplicaType {
    shown(cx, pool, &cx.app.config.region, "ACTIVE", "PRIMARY")
}

fn shown(cx: &Cx, pool: &Pool, region: &str, status: &'static str, role: &'static str) -> ReplicaType {
    let user_pool_arn = pool.arn(region, &cx.app.config.account_id);
    ReplicaType { region_name: region.to_owned(), status, role, user_pool_arn }
}

/// Refuses the region of the pool itself.
pub fn refuse_primary(cx: &Cx, region: &str) -> Result<()> {
    if region == cx.app.config.region {
        return Err(ApiError::invalid_parameter(format!("{region} is the primary region of this user pool.")));
    }
    Ok(())
}

pub fn missing(region: &str) -> ApiError {
    ApiError::resource_not_found(format!("The user pool has no replica in {region}."))
}
