//! Roles, users, groups, managed policies and providers, and what they are called.

use crate::kit::clock::Millis;
use crate::kit::rng::Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub type Tags = BTreeMap<String, String>;

/// What owns policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    Role,
    User,
    Group,
}

impl Owner {
    /// As it stands in ARNs and in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::User => "user",
            Self::Group => "group",
        }
    }

    /// As it begins the names of parameters and operations.
    pub fn title(self) -> &'static str {
        match self {
            Self::Role => "Role",
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    pub fn id_prefix(self) -> &'static str {
        match self {
            Self::Role => "AROA",
            Self::User => "AIDA",
            Self::Group => "AGPA",
        }
    }

    /// The most that its inline policies may hold together.
    pub fn inline_limit(self) -> usize {
        match self {
            Self::Role => 10_240,
            Self::User => 2_048,
            Self::Group => 5_120,
        }
    }
}

/// A role, user or group.
#[derive(Debug, Clone)]
pub struct Entity {
    pub owner: Owner,
    pub name: String,
    pub id: String,
    pub path: String,
    pub boundary: Option<String>,
    pub details: Details,
    pub created_at: Millis,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Details {
    /// Who may assume a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<String>,
    /// The ids of the users and roles that it names by ARN: one of the same name that is made later is somebody else.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trusted: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Seconds.
    #[serde(default)]
    pub longest_session: i64,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl Entity {
    pub fn arn(&self, account: &str) -> String {
        arn(account, self.owner.word(), &self.path, &self.name)
    }
}

/// `arn:aws:iam::{account}:{kind}{path}{name}`
pub fn arn(account: &str, kind: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:{kind}{path}{name}")
}

/// A managed policy.
#[derive(Debug, Clone)]
pub struct ManagedPolicy {
    pub arn: String,
    pub name: String,
    pub id: String,
    pub path: String,
    pub details: Details,
    pub default_version: i64,
    pub newest_version: i64,
    pub created_at: Millis,
    pub modified_at: Millis,
}

/// A provider whose word is taken for who somebody is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Provider {
    /// Of OpenID Connect: without the scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_ids: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thumbprints: Vec<String>,
    /// Of SAML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// An id such as `AROA` and seventeen letters and digits.
pub fn id(rng: &Rng, prefix: &str) -> String {
    format!("{prefix}{}", rng.chars(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 17))
}

/// An access key id: the prefix and sixteen letters and digits.
pub fn access_key_id(rng: &Rng, prefix: &str) -> String {
    format!("{prefix}{}", rng.chars(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16))
}

/// Forty characters: 240 bits.
pub fn secret_access_key(rng: &Rng) -> String {
    rng.chars(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 40)
}
