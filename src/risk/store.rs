//! The tables `risk_configurations`, `auth_events` and `log_deliveries`.

use super::configuration::Sections;
use super::events::{Details, Kind, Response};
use super::log_delivery::LogConfiguration;
use crate::store::{Json, Result, Tx, sql};

/// The client id of the configuration that is the pool's own.
pub const POOL: &str = "";

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ConfigurationRow {
    pub client_id: String,
    pub settings: Json<Sections>,
    pub modified_at: i64,
}

/// A client's configuration or, where it has none, the pool's.
pub async fn effective(tx: &mut Tx, pool_id: &str, client_id: &str) -> Result<Option<ConfigurationRow>> {
    sql!(
        fetch_optional ConfigurationRow; tx,
        "SELECT client_id, settings, modified_at FROM risk_configurations
         WHERE pool_id = $1 AND client_id IN ($2, '') ORDER BY client_id DESC LIMIT 1",
        pool_id,
        client_id
    )
}

/// The configurations of a pool and its clients.
pub async fn configurations(tx: &mut Tx, pool_id: &str) -> Result<Vec<ConfigurationRow>> {
    sql!(
        fetch_all ConfigurationRow; tx,
        "SELECT client_id, settings, modified_at FROM risk_configurations WHERE pool_id = $1 ORDER BY client_id",
        pool_id
    )
}

pub async fn put_configuration(tx: &mut Tx, pool_id: &str, row: &ConfigurationRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO risk_configurations (pool_id, client_id, settings, modified_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (pool_id, client_id) DO UPDATE SET settings = excluded.settings, modified_at = excluded.modified_at",
        pool_id,
        &row.client_id,
        &row.settings,
        row.modified_at
    )?;
    Ok(())
}

pub async fn delete_configuration(tx: &mut Tx, pool_id: &str, client_id: &str) -> Result<()> {
    sql!(tx, "DELETE FROM risk_configurations WHERE pool_id = $1 AND client_id = $2", pool_id, client_id)?;
    Ok(())
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EventRow {
    pub event_id: String,
    pub kind: Json<Kind>,
    pub response: Json<Response>,
    pub client_id: Option<String>,
    pub details: Json<Details>,
    pub feedback_value: Option<String>,
    pub feedback_provider: Option<String>,
    pub feedback_at: Option<i64>,
    pub created_at: i64,
}

/// Inserts an event, or brings its course up to date.
pub async fn put_event(tx: &mut Tx, pool_id: &str, sub: &str, event: &EventRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO auth_events (pool_id, event_id, sub, kind, response, client_id, details, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (pool_id, event_id) DO UPDATE SET response = excluded.response, details = excluded.details",
        pool_id,
        &event.event_id,
        sub,
        &event.kind,
        &event.response,
        &event.client_id,
        &event.details,
        event.created_at
    )?;
    Ok(())
}

/// A user's events, the newest first, that are older than the one at this time with this id.
pub async fn events(tx: &mut Tx, pool_id: &str, sub: &str, before: (i64, &str), limit: i64) -> Result<Vec<EventRow>> {
    sql!(
        fetch_all EventRow; tx,
        "SELECT event_id, kind, response, client_id, details, feedback_value, feedback_provider, feedback_at, created_at FROM auth_events
         WHERE pool_id = $1 AND sub = $2 AND (created_at < $3 OR created_at = $3 AND event_id < $4)
         ORDER BY created_at DESC, event_id DESC LIMIT $5",
        pool_id,
        sub,
        before.0,
        before.1,
        limit
    )
}

/// Whether the user has such an event: then it has this feedback now.
pub async fn put_feedback(tx: &mut Tx, pool_id: &str, sub: &str, event_id: &str, value: &str, provider: &str, now: i64) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE auth_events SET feedback_value = $1, feedback_provider = $2, feedback_at = $3 WHERE pool_id = $4 AND event_id = $5 AND sub = $6",
        value,
        provider,
        now,
        pool_id,
        event_id,
        sub
    )?;
    Ok(changed == 1)
}

pub async fn delete_events_before(tx: &mut Tx, before: i64) -> Result<u64> {
    sql!(tx, "DELETE FROM auth_events WHERE created_at < $1", before)
}

pub async fn log_delivery(tx: &mut Tx, pool_id: &str) -> Result<Vec<LogConfiguration>> {
    let row =
        sql!(fetch_optional (Json<Vec<LogConfiguration>>,); tx, "SELECT configurations FROM log_deliveries WHERE pool_id = $1", pool_id)?;
    Ok(row.map(|(list,)| list.0).unwrap_or_default())
}

pub async fn put_log_delivery(tx: &mut Tx, pool_id: &str, configurations: &[LogConfiguration]) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO log_deliveries (pool_id, configurations) VALUES ($1, $2)
         ON CONFLICT (pool_id) DO UPDATE SET configurations = excluded.configurations",
        pool_id,
        Json(configurations)
    )?;
    Ok(())
}
