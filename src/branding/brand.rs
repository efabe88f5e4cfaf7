//! What the pages of a pool and client are dressed in.

use super::managed::store::{AssetName, Style};
use super::store::{self, Customization};
use super::{managed, terms};
use crate::api::{Cx, Result};
use crate::boot::caches::Caches;
use crate::ui::Look;
use std::sync::Arc;

/// Addresses relative to the pool's pages; absent where there is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brand {
    pub logo: Option<String>,
    pub css: Option<String>,
    /// How managed login dresses the pages of a client that has a style.
    pub look: Option<Look>,
    /// Terms of use and privacy policy, where the client has both.
    pub terms: Option<terms::Addresses>,
}

/// The `ClientId` that means every client without a customisation of its own.
pub const ALL: &str = "ALL";

/// The brand of a client's pages: its own, or the pool's.
pub async fn load(cx: &mut Cx, pool_id: &str, client_id: &str) -> Result<Arc<Brand>> {
    let key = (pool_id.to_owned(), client_id.to_owned());
    if let Some(brand) = cx.app.caches.brands.get(&key) {
        return Ok(brand);
    }
    let found = find(cx, pool_id, client_id).await?;
    let look = style_of(cx, pool_id, client_id).await?.map(|(style, names)| managed::look::of(&style, names));
    let documents = terms::store::of_client(&mut *cx.read().await?, pool_id, client_id).await?;
    let brand = Brand { terms: terms::Addresses::of(&documents), look, ..found.map(|c| Brand::of(&c)).unwrap_or_default() };
    let brand = Arc::new(brand);
    cx.app.caches.brands.insert(key, brand.clone());
    Ok(brand)
}

/// The customisation that applies to a client: a client's own replaces the pool's altogether. One that was set to nothing is none.
pub async fn find(cx: &mut Cx, pool_id: &str, client_id: &str) -> Result<Option<Customization>> {
    let mut tx = cx.read().await?;
    let own = store::find(&mut tx, pool_id, client_id).await?.filter(Customization::is_set);
    Ok(match own {
        Some(own) => Some(own),
        None => store::find(&mut tx, pool_id, ALL).await?.filter(Customization::is_set),
    })
}

/// The style of a client, and which images it has.
pub async fn style_of(cx: &mut Cx, pool_id: &str, client_id: &str) -> Result<Option<(Style, Vec<AssetName>)>> {
    let mut tx = cx.read().await?;
    let Some(style) = managed::store::find_by_client(&mut tx, pool_id, client_id).await? else { return Ok(None) };
    let names = managed::store::asset_names(&mut tx, &style).await?;
    Ok(Some((style, names)))
}

/// Forgets what a change made out of date.
pub fn forget(caches: &Caches) {
    caches.brands.invalidate_all();
}

impl Brand {
    /// Tells sign-in pages that were drawn for different brands apart.
    pub fn key(&self) -> String {
        [self.css.as_deref().unwrap_or_default(), self.logo.as_deref().unwrap_or_default()].join("\n")
    }

    fn of(c: &Customization) -> Self {
        let at = |what: &str| format!("brand/{}/{what}?v={}", c.client_id, c.css_version);
        Self {
            logo: c.image_type.as_ref().map(|_| at("logo")),
            css: c.style.as_ref().filter(|css| !css.is_empty()).map(|_| at("style.css")),
            look: None,
            terms: None,
        }
    }
}
