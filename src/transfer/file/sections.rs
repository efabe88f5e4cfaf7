//! What belongs to a pool, and to a user, besides their own rows. To add something, add its section to a list here.

use crate::api::{ApiError, Cx, Result};
use crate::boot::app::App;
use crate::clients::client::SECRET;
use crate::clients::settings::Settings;
use crate::clients::store::ClientRow;
use crate::kit::id;
use crate::pools::Pool;
use crate::pools::domain::{Domain, DomainSettings, Kind};
use crate::store::{Json, Tx};
use crate::users::User;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::pin::Pin;

pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What each of several users has, if anything.
pub type OfEach = Vec<Option<Value>>;

/// Something that a pool has.
pub struct PoolSection {
    pub name: &'static str,
    pub export: for<'a> fn(&'a mut Cx, &'a Pool) -> Answer<'a, Value>,
    /// Writes it for a pool that was just inserted. Returns what the operator should know.
    pub import: for<'a> fn(&'a App, &'a mut Tx, &'a Pool, Value) -> Answer<'a, Vec<String>>,
}

/// Something that users have.
pub struct UserSection {
    pub name: &'static str,
    /// For each of these users, in their order, what they have: a query for all of them, not one each.
    pub export: for<'a> fn(&'a mut Cx, &'a Pool, &'a [User]) -> Answer<'a, OfEach>,
    /// Writes it for a user who was just inserted.
    pub import: for<'a> fn(&'a App, &'a mut Tx, &'a Pool, &'a User, Value) -> Answer<'a, ()>,
}

pub const OF_POOLS: &[PoolSection] = &[
    PoolSection {
        name: "clients",
        export: |cx, pool| Box::pin(export_clients(cx, pool)),
        import: |app, tx, pool, value| Box::pin(import_clients(app, tx, pool, value)),
    },
    PoolSection {
        name: "domains",
        export: |cx, pool| Box::pin(export_domains(cx, pool)),
        import: |app, tx, pool, value| Box::pin(import_domains(app, tx, pool, value)),
    },
];

pub const OF_USERS: &[UserSection] = &[];

/// The section of a user's authenticator app: without it, a user who had one has none.
pub const SOFTWARE_TOKEN: &str = "software_token";

/// A section as its type, or a refusal that names it.
pub fn read<T: for<'de> Deserialize<'de>>(name: &str, value: Value) -> Result<T> {
    serde_json::from_value(value)
        .map_err(|error| ApiError::invalid_parameter(format!("The section {name} is not as it should be: {error}.")))
}

fn write(value: impl Serialize) -> Result<Value> {
    Ok(serde_json::to_value(value).map_err(anyhow::Error::from)?)
}

#[derive(Serialize, Deserialize)]
struct ClientPart {
    id: String,
    settings: Settings,
    /// When each was made, and what it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<(i64, String)>,
    created_at: i64,
    modified_at: i64,
}

/// Clients in a page.
const PAGE: i64 = 500;

async fn export_clients(cx: &mut Cx, pool: &Pool) -> Result<Value> {
    let (mut out, mut after) = (Vec::new(), String::new());
    loop {
        let rows = crate::clients::store::list(&mut *cx.read().await?, &pool.id, &after, PAGE).await?;
        let is_last = (rows.len() as i64) < PAGE;
        for row in rows {
            after = row.id.clone();
            let client = crate::clients::load(cx, &row.id).await?;
            out.push(ClientPart {
                id: client.id.clone(),
                settings: client.settings.clone(),
                secrets: client.secrets.iter().map(|s| (s.created_at, s.value.to_string())).collect(),
                created_at: client.created_at,
                modified_at: client.modified_at,
            });
        }
        if is_last {
            return write(out);
        }
    }
}

async fn import_clients(app: &App, tx: &mut Tx, pool: &Pool, value: Value) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    for part in read::<Vec<ClientPart>>("clients", value)? {
        let taken = !crate::clients::store::find(tx, &part.id).await?.is_empty();
        let id = if taken { id::client(&app.rng) } else { part.id.clone() };
        if taken {
            notes.push(format!("The client {} is {id} here: its id is taken.", part.id));
        }
        let row = ClientRow {
            pool_id: pool.id.clone(),
            id,
            settings: Json(part.settings),
            created_at: part.created_at,
            modified_at: part.modified_at,
        };
        crate::clients::store::insert(tx, &row).await?;
        for (created_at, secret) in part.secrets {
            let sealed = app.sealer.seal(&app.rng, SECRET, secret.as_bytes());
            crate::clients::store::insert_secret(tx, &row.pool_id, &row.id, created_at, &sealed).await?;
        }
    }
    Ok(notes)
}

#[derive(Serialize, Deserialize)]
struct DomainPart {
    domain: String,
    kind: String,
    settings: DomainSettings,
}

async fn export_domains(cx: &mut Cx, pool: &Pool) -> Result<Value> {
    let domains = crate::pools::store::domains(&mut *cx.read().await?, &pool.id).await?;
    let part = |d: Domain| DomainPart { domain: d.domain, kind: d.kind.as_str().to_owned(), settings: d.settings };
    write(domains.into_iter().map(part).collect::<Vec<_>>())
}

async fn import_domains(app: &App, tx: &mut Tx, pool: &Pool, value: Value) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    for part in read::<Vec<DomainPart>>("domains", value)? {
        let kind = Kind::parse(&part.kind);
        crate::pools::domain::check(&part.domain, kind)?;
        if crate::pools::store::find_domain(tx, &part.domain).await?.is_some() || app.config.serves_host(&part.domain) {
            notes.push(format!("The domain {} is left out: it is taken.", part.domain));
            continue;
        }
        let domain = Domain { domain: part.domain, pool_id: pool.id.clone(), kind, settings: part.settings };
        crate::pools::store::insert_domain(tx, &domain, app.clock.now()).await?;
    }
    Ok(notes)
}
