//! How pages look and what they link to. A style sheet and images are checked again as if they were set: what a file says is served to browsers.

use super::{Base64, Place};
use crate::api::{ApiError, Cx, Result};
use crate::branding::brand::ALL;
use crate::branding::css;
use crate::branding::managed::asset::{self, Asset, AssetType};
use crate::branding::managed::store::{self as styles, Style};
use crate::branding::managed::{STYLES, settings};
use crate::branding::store::{self as customizations, Customization};
use crate::branding::terms::store::{self as terms, Document};
use crate::branding::terms::{self as links, DOCUMENTS, Links};
use crate::pools::Pool;
use crate::store::Json;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize)]
pub struct CustomizationPart {
    client_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    css: Option<String>,
    css_version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image: Option<Base64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image_type: Option<String>,
    created_at: i64,
    modified_at: i64,
}

pub async fn export_customizations(cx: &mut Cx, pool: &Pool) -> Result<Vec<CustomizationPart>> {
    let rows = customizations::list(&mut *cx.read().await?, &pool.id).await?;
    let part = |c: Customization| CustomizationPart {
        client_id: c.client_id,
        css: c.css,
        css_version: c.css_version,
        image: c.image.map(Base64),
        image_type: c.image_type,
        created_at: c.created_at,
        modified_at: c.modified_at,
    };
    Ok(rows.into_iter().map(part).collect())
}

pub async fn import_customizations(mut place: Place<'_>, parts: Vec<CustomizationPart>) -> Result<()> {
    for part in parts {
        let of_pool = (part.client_id == ALL).then(|| ALL.to_owned());
        let Some(client_id) = of_pool.or_else(|| place.client(&part.client_id, "The customisation")) else { continue };
        let style = part.css.as_deref().map(css::validate).transpose();
        let style = style.map_err(|error| ApiError::invalid_parameter(format!("The CSS is not allowed. {error}")))?;
        if part.image_type.as_deref().is_some_and(|kind| !matches!(kind, "image/png" | "image/jpeg")) {
            return Err(ApiError::invalid_parameter("The image must be a PNG or JPEG file."));
        }
        let customization = Customization {
            pool_id: place.pool.id.clone(),
            client_id,
            css: part.css,
            style,
            css_version: part.css_version,
            image: part.image.map(|image| image.0),
            image_type: part.image_type,
            created_at: part.created_at,
            modified_at: part.modified_at,
        };
        customizations::put(place.tx, &customization).await?;
    }
    Ok(())
}

#[derive(Serialize, Deserialize)]
pub struct StylePart {
    id: String,
    client_id: String,
    uses_defaults: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    settings: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    assets: Vec<AssetType>,
    created_at: i64,
    modified_at: i64,
}

pub async fn export_styles(cx: &mut Cx, pool: &Pool) -> Result<Vec<StylePart>> {
    let mut read = cx.read().await?;
    let mut out = Vec::new();
    // Twenty at most, and each one's images are large.
    for style in styles::list(&mut read, &pool.id).await? {
        let assets = styles::assets(&mut read, &style).await?;
        out.push(StylePart {
            id: style.id,
            client_id: style.client_id,
            uses_defaults: style.uses_defaults,
            settings: style.settings.map(|s| s.0),
            assets: assets.into_iter().map(Asset::into_type).collect(),
            created_at: style.created_at,
            modified_at: style.modified_at,
        });
    }
    Ok(out)
}

pub async fn import_styles(mut place: Place<'_>, parts: Vec<StylePart>) -> Result<()> {
    for (slot, part) in (0..STYLES).zip(parts) {
        let Some(client_id) = place.client(&part.client_id, "The managed login style") else { continue };
        if let Some(given) = &part.settings {
            settings::check(given).and_then(|()| settings::check_size(given)).map_err(ApiError::invalid_parameter)?;
        }
        let assets = asset::check_all(part.assets).map_err(ApiError::invalid_parameter)?;
        let style = Style {
            pool_id: place.pool.id.clone(),
            id: part.id,
            client_id,
            slot,
            uses_defaults: part.uses_defaults,
            settings: part.settings.map(Json),
            created_at: part.created_at,
            modified_at: part.modified_at,
        };
        styles::insert(place.tx, &style).await?;
        for (position, asset) in (0..).zip(&assets) {
            styles::put_asset(place.tx, &style, asset, position).await?;
        }
    }
    Ok(())
}

#[derive(Serialize, Deserialize)]
pub struct TermsPart {
    id: String,
    client_id: String,
    name: String,
    source: String,
    enforcement: String,
    links: Links,
    created_at: i64,
    modified_at: i64,
}

pub async fn export_terms(cx: &mut Cx, pool: &Pool) -> Result<Vec<TermsPart>> {
    let rows = terms::list(&mut *cx.read().await?, &pool.id, "", DOCUMENTS).await?;
    let part = |d: Document| TermsPart {
        id: d.id,
        client_id: d.client_id,
        name: d.name,
        source: d.source,
        enforcement: d.enforcement,
        links: d.links.0,
        created_at: d.created_at,
        modified_at: d.modified_at,
    };
    Ok(rows.into_iter().map(part).collect())
}

pub async fn import_terms(mut place: Place<'_>, parts: Vec<TermsPart>) -> Result<()> {
    for (slot, part) in (0..DOCUMENTS).zip(parts) {
        let Some(client_id) = place.client(&part.client_id, "The terms") else { continue };
        let document = Document {
            pool_id: place.pool.id.clone(),
            id: part.id,
            client_id,
            name: part.name,
            slot,
            source: part.source,
            enforcement: part.enforcement,
            links: links::check_links(part.links)?,
            created_at: part.created_at,
            modified_at: part.modified_at,
        };
        terms::insert(place.tx, &document).await?;
    }
    Ok(())
}
