//! What is done about risks, and where logs go.

use super::Place;
use crate::api::{Cx, Result};
use crate::pools::Pool;
use crate::risk::configuration::Sections;
use crate::risk::log_delivery::{self, LogConfiguration};
use crate::risk::store::{self, ConfigurationRow, POOL};
use crate::store::Json;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct ConfigurationPart {
    /// None for the pool's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    settings: Sections,
    modified_at: i64,
}

pub async fn export(cx: &mut Cx, pool: &Pool) -> Result<Vec<ConfigurationPart>> {
    let rows = store::configurations(&mut *cx.read().await?, &pool.id).await?;
    let part = |row: ConfigurationRow| ConfigurationPart {
        client_id: Some(row.client_id).filter(|id| id != POOL),
        settings: row.settings.0,
        modified_at: row.modified_at,
    };
    Ok(rows.into_iter().map(part).collect())
}

pub async fn import(mut place: Place<'_>, parts: Vec<ConfigurationPart>) -> Result<()> {
    for part in parts {
        let client_id = match &part.client_id {
            None => Some(POOL.to_owned()),
            Some(id) => place.client(id, "The risk configuration"),
        };
        let Some(client_id) = client_id else { continue };
        part.settings.check()?;
        let row = ConfigurationRow { client_id, settings: Json(part.settings), modified_at: part.modified_at };
        store::put_configuration(place.tx, &place.pool.id, &row).await?;
    }
    Ok(())
}

pub async fn export_logs(cx: &mut Cx, pool: &Pool) -> Result<Vec<LogConfiguration>> {
    Ok(store::log_delivery(&mut *cx.read().await?, &pool.id).await?)
}

pub async fn import_logs(place: Place<'_>, configurations: Vec<LogConfiguration>) -> Result<()> {
    if configurations.is_empty() {
        return Ok(());
    }
    log_delivery::check(place.pool, &configurations)?;
    Ok(store::put_log_delivery(place.tx, &place.pool.id, &configurations).await?)
}
