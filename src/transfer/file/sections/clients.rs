//! App clients with their secrets, and for how long each takes a browser's session.

use super::Place;
use crate::api::{ApiError, Cx, Result};
use crate::clients::client::SECRET;
use crate::clients::flows;
use crate::clients::settings::Settings;
use crate::clients::store::{self, ClientRow};
use crate::kit::id;
use crate::pools::Pool;
use crate::store::Json;
use crate::tokens::sessions;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientPart {
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

pub async fn export(cx: &mut Cx, pool: &Pool) -> Result<Vec<ClientPart>> {
    let mut secrets = BTreeMap::<String, Vec<(i64, String)>>::new();
    let sealed = store::secrets_of_pool(&mut *cx.read().await?, &pool.id).await?;
    for (client_id, created_at, sealed) in sealed {
        let plain = super::open(&cx.app, SECRET, &sealed)?;
        let secret = String::from_utf8(plain.to_vec()).map_err(anyhow::Error::from)?;
        secrets.entry(client_id).or_default().push((created_at, secret));
    }
    let (mut out, mut after) = (Vec::new(), String::new());
    loop {
        let rows = store::list(&mut *cx.read().await?, &pool.id, &after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(out) };
        after.clone_from(&last.id);
        out.extend(rows.into_iter().map(|row| ClientPart {
            secrets: secrets.remove(&row.id).unwrap_or_default(),
            id: row.id,
            settings: row.settings.0,
            created_at: row.created_at,
            modified_at: row.modified_at,
        }));
    }
}

pub async fn import(place: Place<'_>, parts: Vec<ClientPart>) -> Result<()> {
    for part in parts {
        let is_id = (1..=128).contains(&part.id.len()) && part.id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+'));
        if !is_id {
            return Err(ApiError::invalid_parameter("A client's id is none."));
        }
        part.settings.check(place.pool)?;
        flows::check(&part.settings, !part.secrets.is_empty())?;
        part.settings.oauth().check(!part.secrets.is_empty())?;
        let is_taken = !store::find(place.tx, &part.id).await?.is_empty();
        let id = if is_taken { id::client(&place.app.rng) } else { part.id.clone() };
        if is_taken {
            place.notes.add(format!("The client {} is {id} here: its id is taken.", part.id));
        }
        let row = ClientRow {
            pool_id: place.pool.id.clone(),
            id: id.clone(),
            settings: Json(part.settings),
            created_at: part.created_at,
            modified_at: part.modified_at,
        };
        store::insert(place.tx, &row).await?;
        for (created_at, secret) in part.secrets {
            let sealed = place.app.sealer.seal(&place.app.rng, SECRET, secret.as_bytes());
            store::insert_secret(place.tx, &row.pool_id, &row.id, created_at, &sealed).await?;
        }
        place.clients.insert(part.id, id);
    }
    Ok(())
}

#[derive(Serialize, Deserialize)]
pub struct SessionPart {
    client_id: String,
    max_validity_minutes: i64,
}

pub async fn export_sessions(cx: &mut Cx, pool: &Pool) -> Result<Vec<SessionPart>> {
    let rows = sessions::store::minutes_of_pool(&mut *cx.read().await?, &pool.id).await?;
    Ok(rows.into_iter().map(|(client_id, max_validity_minutes)| SessionPart { client_id, max_validity_minutes }).collect())
}

pub async fn import_sessions(mut place: Place<'_>, parts: Vec<SessionPart>) -> Result<()> {
    for part in parts {
        if let Some(client_id) = place.client(&part.client_id, "The session configuration") {
            sessions::store::put_minutes(place.tx, &place.pool.id, &client_id, part.max_validity_minutes).await?;
        }
    }
    Ok(())
}
