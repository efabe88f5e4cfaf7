//! The tables `managed_login_styles` and `managed_login_assets`.

use super::asset::Asset;
use crate::store::{Json, Result, Tx, sql};
use serde_json::Value;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Style {
    pub pool_id: String,
    pub id: String,
    pub client_id: String,
    /// Which of the pool's places for styles it takes.
    pub slot: i64,
    /// Whether nothing of it is its own.
    pub uses_defaults: bool,
    pub settings: Option<Json<Value>>,
    pub created_at: i64,
    pub modified_at: i64,
}

#[derive(sqlx::FromRow)]
struct AssetRow {
    category: String,
    color_mode: String,
    extension: String,
    resource_id: Option<String>,
    bytes: Vec<u8>,
}

pub async fn find(tx: &mut Tx, pool_id: &str, id: &str) -> Result<Option<Style>> {
    sql!(
        fetch_optional Style; tx,
        "SELECT pool_id, id, client_id, slot, uses_defaults, settings, created_at, modified_at
         FROM managed_login_styles WHERE pool_id = $1 AND id = $2",
        pool_id,
        id
    )
}

pub async fn find_by_client(tx: &mut Tx, pool_id: &str, client_id: &str) -> Result<Option<Style>> {
    sql!(
        fetch_optional Style; tx,
        "SELECT pool_id, id, client_id, slot, uses_defaults, settings, created_at, modified_at
         FROM managed_login_styles WHERE pool_id = $1 AND client_id = $2",
        pool_id,
        client_id
    )
}

/// A pool's styles in the order of their places.
pub async fn list(tx: &mut Tx, pool_id: &str) -> Result<Vec<Style>> {
    sql!(
        fetch_all Style; tx,
        "SELECT pool_id, id, client_id, slot, uses_defaults, settings, created_at, modified_at
         FROM managed_login_styles WHERE pool_id = $1 ORDER BY slot",
        pool_id
    )
}

/// The places that a pool's styles take, in order.
pub async fn slots(tx: &mut Tx, pool_id: &str) -> Result<Vec<i64>> {
    let rows = sql!(fetch_all (i64,); tx, "SELECT slot FROM managed_login_styles WHERE pool_id = $1 ORDER BY slot", pool_id)?;
    Ok(rows.into_iter().map(|(slot,)| slot).collect())
}

/// A client that has a style, or a slot that is taken, is a duplicate.
pub async fn insert(tx: &mut Tx, style: &Style) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO managed_login_styles (pool_id, id, client_id, slot, uses_defaults, settings, created_at, modified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &style.pool_id,
        &style.id,
        &style.client_id,
        style.slot,
        style.uses_defaults,
        &style.settings,
        style.created_at,
        style.modified_at
    )?;
    Ok(())
}

/// Replaces the style that was last modified `before`; false if it is that one no more.
pub async fn update(tx: &mut Tx, style: &Style, before: i64) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE managed_login_styles SET uses_defaults = $1, settings = $2, modified_at = $3
         WHERE pool_id = $4 AND id = $5 AND modified_at = $6",
        style.uses_defaults,
        &style.settings,
        style.modified_at,
        &style.pool_id,
        &style.id,
        before
    )?;
    Ok(changed == 1)
}

pub async fn delete(tx: &mut Tx, pool_id: &str, id: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM managed_login_styles WHERE pool_id = $1 AND id = $2", pool_id, id)? == 1)
}

/// A style's assets in the order in which they came.
pub async fn assets(tx: &mut Tx, style: &Style) -> Result<Vec<Asset>> {
    let rows = sql!(
        fetch_all AssetRow; tx,
        "SELECT category, color_mode, extension, resource_id, bytes FROM managed_login_assets
         WHERE pool_id = $1 AND style_id = $2 ORDER BY position",
        &style.pool_id,
        &style.id
    )?;
    let asset = |row: AssetRow| {
        let AssetRow { category, color_mode, extension, resource_id, bytes } = row;
        Asset { category, color_mode, extension, resource_id, bytes }
    };
    Ok(rows.into_iter().map(asset).collect())
}

/// Which asset there is, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AssetName {
    pub category: String,
    pub color_mode: String,
}

/// What assets a style has for its pages; the icons of identity providers are not among them.
pub async fn asset_names(tx: &mut Tx, style: &Style) -> Result<Vec<AssetName>> {
    sql!(
        fetch_all AssetName; tx,
        "SELECT category, color_mode FROM managed_login_assets
         WHERE pool_id = $1 AND style_id = $2 AND resource_key = '' ORDER BY position",
        &style.pool_id,
        &style.id
    )
}

/// The extension and the bytes of one of them.
pub async fn asset(tx: &mut Tx, style: &Style, name: &AssetName) -> Result<Option<(String, Vec<u8>)>> {
    sql!(
        fetch_optional (String, Vec<u8>); tx,
        "SELECT extension, bytes FROM managed_login_assets
         WHERE pool_id = $1 AND style_id = $2 AND category = $3 AND color_mode = $4 AND resource_key = ''",
        &style.pool_id,
        &style.id,
        &name.category,
        &name.color_mode
    )
}

pub async fn count_assets(tx: &mut Tx, style: &Style) -> Result<i64> {
    let (count,) = sql!(
        fetch_one (i64,); tx,
        "SELECT COUNT(*) FROM managed_login_assets WHERE pool_id = $1 AND style_id = $2",
        &style.pool_id,
        &style.id
    )?;
    Ok(count)
}

/// Puts an asset where its like was, or after `position` others.
pub async fn put_asset(tx: &mut Tx, style: &Style, asset: &Asset, position: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO managed_login_assets (pool_id, style_id, category, color_mode, resource_key, position, extension, resource_id, bytes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (pool_id, style_id, category, color_mode, resource_key) DO UPDATE SET
            extension = excluded.extension, resource_id = excluded.resource_id, bytes = excluded.bytes",
        &style.pool_id,
        &style.id,
        &asset.category,
        &asset.color_mode,
        asset.resource_key(),
        position,
        &asset.extension,
        &asset.resource_id,
        &asset.bytes
    )?;
    Ok(())
}

pub async fn delete_assets(tx: &mut Tx, style: &Style) -> Result<()> {
    sql!(tx, "DELETE FROM managed_login_assets WHERE pool_id = $1 AND style_id = $2", &style.pool_id, &style.id)?;
    Ok(())
}

/// A style that is looked at before it is published.
#[derive(Debug, sqlx::FromRow)]
pub struct Preview {
    pub pool_id: String,
    pub client_id: String,
    pub settings: Option<Json<Value>>,
    pub expires_at: i64,
}

pub async fn insert_preview(tx: &mut Tx, hash: &str, preview: &Preview) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO style_previews (pool_id, hash, client_id, settings, expires_at) VALUES ($1, $2, $3, $4, $5)",
        &preview.pool_id,
        hash,
        &preview.client_id,
        &preview.settings,
        preview.expires_at
    )?;
    Ok(())
}

pub async fn find_preview(tx: &mut Tx, pool_id: &str, hash: &str) -> Result<Option<Preview>> {
    sql!(
        fetch_optional Preview; tx,
        "SELECT pool_id, client_id, settings, expires_at FROM style_previews WHERE pool_id = $1 AND hash = $2",
        pool_id,
        hash
    )
}

pub async fn sweep_previews(tx: &mut Tx, now: i64) -> Result<()> {
    sql!(tx, "DELETE FROM style_previews WHERE expires_at < $1", now)?;
    Ok(())
}
