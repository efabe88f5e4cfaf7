//! Session tokens: temporary credentials that carry all there is to know of them, sealed. Nothing is stored.

use super::entity::{self, Tags};
use crate::kit::clock::Millis;
use crate::kit::rng::Rng;
use crate::kit::seal::Sealer;
use crate::kit::text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The purpose that tokens are sealed for.
const PURPOSE: &str = "session-credentials";

/// Whose session it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holder {
    Root,
    User {
        name: String,
        id: String,
    },
    Role {
        name: String,
        id: String,
    },
    /// Somebody a user, or the root, made credentials for.
    Federated {
        name: String,
        by: Option<(String, String)>,
    },
}

/// How the credentials came about: what they may be used for in turn depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    AssumeRole,
    WebIdentity,
    SessionToken,
    FederationToken,
}

/// What a token says.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    pub account: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    pub holder: Holder,
    pub origin: Origin,
    /// The session's name; empty where there is none.
    #[serde(default)]
    pub name: String,
    pub issued_at: Millis,
    pub expires_at: Millis,
    #[serde(default)]
    pub policy: Option<String>,
    #[serde(default)]
    pub policy_arns: Vec<String>,
    #[serde(default)]
    pub tags: Tags,
    #[serde(default)]
    pub transitive_tags: Vec<String>,
    /// Condition keys of the identity provider that stay with the session.
    #[serde(default)]
    pub context: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub provider: Option<String>,
    #[serde(default)]
    pub source_identity: Option<String>,
}

impl Session {
    /// A session with a key of its own.
    pub fn new(rng: &Rng, account: &str, holder: Holder, origin: Origin, issued_at: Millis, expires_at: Millis) -> Self {
        Self {
            account: account.to_owned(),
            access_key_id: entity::access_key_id(rng, "ASIA"),
            secret_access_key: entity::secret_access_key(rng),
            holder,
            origin,
            name: String::new(),
            issued_at,
            expires_at,
            policy: None,
            policy_arns: Vec::new(),
            tags: Tags::new(),
            transitive_tags: Vec::new(),
            context: BTreeMap::new(),
            provider: None,
            source_identity: None,
        }
    }

    /// The token.
    pub fn seal(&self, sealer: &Sealer, rng: &Rng) -> anyhow::Result<String> {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(self)?);
        Ok(text::base64(&sealer.seal(rng, PURPOSE, &plain)))
    }

    /// What a token says that was sealed here. Whether it has expired is the caller's to check.
    pub fn open(sealer: &Sealer, token: &str, access_key_id: &str) -> Option<Self> {
        let plain = sealer.open(PURPOSE, &text::from_base64(token)?)?;
        let session: Self = serde_json::from_slice(&plain).ok()?;
        (session.access_key_id == access_key_id).then_some(session)
    }
}
