//! A group, and how the API shows it.

use crate::api::ApiError;
use crate::kit::clock::{Millis, epoch_seconds};
use serde::Serialize;

/// How many groups a pool may have, and in how many a user may be.
pub const PER_POOL: i64 = 10_000;
pub const PER_USER: i64 = 100;

#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub pool_id: String,
    pub name: String,
    pub description: Option<String>,
    pub role_arn: Option<String>,
    pub precedence: Option<i64>,
    pub created_at: Millis,
    pub modified_at: Millis,
}

pub fn not_found() -> ApiError {
    ApiError::resource_not_found("Group not found.")
}

/// `GroupType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupType {
    pub group_name: String,
    pub user_pool_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precedence: Option<i64>,
    pub last_modified_date: f64,
    pub creation_date: f64,
}

impl From<Group> for GroupType {
    fn from(group: Group) -> Self {
        Self {
            group_name: group.name,
            user_pool_id: group.pool_id,
            description: group.description,
            role_arn: group.role_arn,
            precedence: group.precedence,
            last_modified_date: epoch_seconds(group.modified_at),
            creation_date: epoch_seconds(group.created_at),
        }
    }
}

/// The answer that is one group.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct One {
    pub group: GroupType,
}

/// The answer that is a page of groups.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub groups: Vec<GroupType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}
