//! A style before it is published: kept for an hour under a token that only the operator who asked for it knows.

use super::store::{self, Preview, Style};
use crate::api::{Cx, Result};
use crate::kit::clock::{HOUR, Millis};
use crate::kit::{id, mac};

const LIFETIME: Millis = HOUR;

/// Keeps a style for looking at, and returns its token. The published one stays as it is.
pub async fn keep(cx: &mut Cx, style: Style) -> Result<String> {
    let token = id::token(cx.rng());
    let now = cx.now();
    let preview = Preview { pool_id: style.pool_id, client_id: style.client_id, settings: style.settings, expires_at: now + LIFETIME };
    let mut tx = cx.begin().await?;
    store::sweep_previews(&mut tx, now).await?;
    store::insert_preview(&mut tx, &mac::sha256_hex(token.as_bytes()), &preview).await?;
    tx.commit().await?;
    Ok(token)
}

/// The style of a token, with the images that are published. It is named by the token's hash, so that nothing of it is kept by browsers.
pub async fn find(cx: &mut Cx, pool_id: &str, token: &str) -> Result<Option<(Style, Vec<store::AssetName>)>> {
    let now = cx.now();
    let mut tx = cx.read().await?;
    let found = store::find_preview(&mut tx, pool_id, &mac::sha256_hex(token.as_bytes())).await?;
    let Some(preview) = found.filter(|preview| preview.expires_at > now) else { return Ok(None) };
    let published = store::find_by_client(&mut tx, pool_id, &preview.client_id).await?;
    let names = match &published {
        Some(style) => store::asset_names(&mut tx, style).await?,
        None => Vec::new(),
    };
    let modified_at = published.as_ref().map_or(now, |style| style.modified_at);
    let style = Style {
        pool_id: preview.pool_id,
        id: String::new(),
        client_id: preview.client_id,
        slot: 0,
        uses_defaults: false,
        settings: preview.settings,
        created_at: modified_at,
        modified_at,
    };
    Ok(Some((style, names)))
}
