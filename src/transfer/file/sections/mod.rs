//! What belongs to a pool, and to a user, besides their own rows. To add something, add its section to a list here.

mod branding;
mod clients;
mod devices;
mod domains;
mod factors;
mod groups;
mod providers;
mod resource_servers;
mod risk;

use crate::api::{ApiError, Cx, Result};
use crate::boot::app::App;
use crate::kit::text;
use crate::pools::Pool;
use crate::store::Tx;
use crate::users::User;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::pin::Pin;

pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What each of several users has, by their `sub`: users without anything are not in it.
pub type OfEach = BTreeMap<String, Vec<Value>>;

/// Something that a pool has.
pub struct PoolSection {
    pub name: &'static str,
    pub export: for<'a> fn(&'a mut Cx, &'a Pool) -> Answer<'a, Value>,
    /// Writes it for a pool that was just inserted.
    pub import: for<'a> fn(Place<'a>, Value) -> Answer<'a, ()>,
}

/// Something that users have.
pub struct UserSection {
    pub name: &'static str,
    /// What users of these `sub`s have: a query for all of them, not one each.
    pub export: for<'a> fn(&'a mut Cx, &'a Pool, &'a [String]) -> Answer<'a, OfEach>,
    /// Refuses what could not be imported.
    pub check: fn(&Value) -> Result<()>,
    /// Writes it for a user who was just inserted.
    pub import: for<'a> fn(Owner<'a>, Value) -> Answer<'a, ()>,
}

macro_rules! pool_section {
    ($name:literal, $export:path, $import:path) => {
        PoolSection {
            name: $name,
            export: |cx, pool| Box::pin(async move { write($export(cx, pool).await?) }),
            import: |place, value| Box::pin(async move { $import(place, read($name, value)?).await }),
        }
    };
}

macro_rules! user_section {
    ($name:expr, $part:ty, $export:path, $import:path) => {
        UserSection {
            name: $name,
            export: |cx, pool, subs| Box::pin(async move { by_user($export(cx, pool, subs).await?) }),
            check: |value| read::<Vec<$part>>($name, value.clone()).map(drop),
            import: |owner, value| Box::pin(async move { $import(owner, read($name, value)?).await }),
        }
    };
}

/// In the order in which they are written: clients before what hangs on them.
pub const OF_POOLS: &[PoolSection] = &[
    pool_section!("resource_servers", resource_servers::export, resource_servers::import),
    pool_section!("clients", clients::export, clients::import),
    pool_section!("client_sessions", clients::export_sessions, clients::import_sessions),
    pool_section!("domains", domains::export, domains::import),
    pool_section!("groups", groups::export, groups::import),
    pool_section!("identity_providers", providers::export, providers::import),
    pool_section!("ui_customizations", branding::export_customizations, branding::import_customizations),
    pool_section!("managed_login_styles", branding::export_styles, branding::import_styles),
    pool_section!("terms", branding::export_terms, branding::import_terms),
    pool_section!("risk_configurations", risk::export, risk::import),
    pool_section!("log_delivery", risk::export_logs, risk::import_logs),
];

pub const OF_USERS: &[UserSection] = &[
    user_section!(SOFTWARE_TOKEN, factors::TokenPart, factors::export_tokens, factors::import_tokens),
    user_section!("passkeys", factors::PasskeyPart, factors::export_passkeys, factors::import_passkeys),
    user_section!("devices", devices::DevicePart, devices::export, devices::import),
    user_section!("groups", String, groups::export_memberships, groups::import_memberships),
    user_section!("linked_identities", providers::LinkPart, providers::export_links, providers::import_links),
];

/// The section of a user's authenticator app: without it, a user who had one has none.
pub const SOFTWARE_TOKEN: &str = "software_token";

/// What no section holds, for the operator to know.
pub const LEFT_OUT: &str = "Not in the file, on purpose: signing keys and certificates (SAML providers need the new pool's), sessions, tokens and \
     codes, earlier passwords, sign-in events, import jobs, replicas, and limits on requests.";

/// Where a pool's section is written.
pub struct Place<'a> {
    pub app: &'a App,
    pub tx: &'a mut Tx,
    pub pool: &'a Pool,
    /// The ids that clients have here, by those in the file.
    pub clients: &'a mut BTreeMap<String, String>,
    pub notes: &'a mut Notes,
}

impl Place<'_> {
    /// The id here of a client in the file. Without one, what hangs on it is left out.
    fn client(&mut self, id: &str, what: &str) -> Option<String> {
        let found = self.clients.get(id).cloned();
        if found.is_none() {
            self.notes.add(format!("{what} of the client {id} is left out: the file has no such client."));
        }
        found
    }
}

/// Whom a user's section is written for.
pub struct Owner<'a> {
    pub app: &'a App,
    pub tx: &'a mut Tx,
    pub pool: &'a Pool,
    pub user: &'a User,
    pub notes: &'a mut Notes,
}

/// What the operator should know, each thing once.
#[derive(Debug, Clone, Default)]
pub struct Notes(Vec<String>);

/// Notes that are kept.
const MOST: usize = 1_000;

impl Notes {
    pub fn add(&mut self, note: String) {
        if self.0.len() < MOST && !self.0.contains(&note) {
            self.0.push(note);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// Bytes, in base64.
struct Base64(Vec<u8>);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&text::base64(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        text::from_base64(&code).map(Self).ok_or_else(|| serde::de::Error::custom("not base64"))
    }
}

/// A section as its type, or a refusal that names it.
fn read<T: for<'de> Deserialize<'de>>(name: &str, value: Value) -> Result<T> {
    serde_json::from_value(value)
        .map_err(|error| ApiError::invalid_parameter(format!("The section {name} is not as it should be: {error}.")))
}

fn write(value: impl Serialize) -> Result<Value> {
    Ok(serde_json::to_value(value).map_err(anyhow::Error::from)?)
}

fn by_user(parts: Vec<(String, impl Serialize)>) -> Result<OfEach> {
    let mut out = OfEach::new();
    for (sub, part) in parts {
        out.entry(sub).or_default().push(write(part)?);
    }
    Ok(out)
}

/// What is sealed, opened with the master key.
fn open(app: &App, purpose: &str, sealed: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>> {
    let plain = app.sealer.open(purpose, sealed).map(|plain| zeroize::Zeroizing::new(plain.to_vec()));
    Ok(plain.ok_or_else(|| anyhow::anyhow!("a secret ({purpose}) does not open with the master key"))?)
}
