//! Poolhouse's own file: a pool and its users as JSON, one object a line.
//!
//! The first line is the pool, with a section for each kind of thing that belongs to it; then comes one line a user; the last line says how
//! many users there were, so that a file which was cut off is noticed. Secrets are open in it: it is to be sealed, or guarded like the database.

pub mod export;
pub mod restore;
pub mod sections;

use crate::kit::clock::Millis;
use crate::pools::pool::Document;
use crate::users::Status;
use crate::users::mfa::Mfa;
use crate::users::user::Attributes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The version of the format.
pub const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
pub struct Header {
    pub poolhouse: u32,
    pub exported_at: Millis,
    pub pool: PoolPart,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct PoolPart {
    pub id: String,
    pub name: String,
    pub created_at: Millis,
    pub document: Document,
    #[serde(default)]
    pub sections: Map<String, Value>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct UserLine {
    pub username: String,
    pub sub: String,
    pub status: Status,
    pub enabled: bool,
    pub attributes: Attributes,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_set_at: Option<Millis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub srp: Option<Srp>,
    #[serde(default)]
    pub mfa: Mfa,
    pub created_at: Millis,
    pub modified_at: Millis,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub sections: Map<String, Value>,
}

/// An SRP verifier in base64. It holds for the pool's id and the user name only: both are hashed into it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Srp {
    pub salt: String,
    pub verifier: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Footer {
    pub users: u64,
}
