//! Identity providers with their secrets, and the identities there that users sign in with.

use super::{Owner, Place};
use crate::api::{Cx, Result};
use crate::federation::details::Details;
use crate::federation::provider::{self, MAX_PROVIDERS, PURPOSE, Settings};
use crate::federation::store::{self, LinkRow, ProviderRow};
use crate::pools::Pool;
use crate::store::Json;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct ProviderPart {
    name: String,
    settings: Settings,
    secrets: Details,
    created_at: i64,
    modified_at: i64,
}

pub async fn export(cx: &mut Cx, pool: &Pool) -> Result<Vec<ProviderPart>> {
    // Some more than the limit: requests at the same moment may have passed it.
    let rows = store::list(&mut *cx.read().await?, &pool.id, "", 2 * MAX_PROVIDERS).await?;
    let mut out = Vec::new();
    for row in rows {
        let provider = provider::open(cx, row)?;
        out.push(ProviderPart {
            name: provider.name,
            settings: provider.settings,
            secrets: provider.secrets,
            created_at: provider.created_at,
            modified_at: provider.modified_at,
        });
    }
    Ok(out)
}

pub async fn import(place: Place<'_>, parts: Vec<ProviderPart>) -> Result<()> {
    for part in parts {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(&part.secrets).map_err(anyhow::Error::from)?);
        let row = ProviderRow {
            pool_id: place.pool.id.clone(),
            name: part.name,
            settings: Json(part.settings),
            secrets: place.app.sealer.seal(&place.app.rng, PURPOSE, &plain),
            created_at: part.created_at,
            modified_at: part.modified_at,
        };
        store::insert(place.tx, &row).await?;
        for identifier in &row.settings.0.idp_identifiers {
            store::insert_identifier(place.tx, &row.pool_id, &row.name, identifier).await?;
        }
    }
    Ok(())
}

#[derive(Serialize, Deserialize)]
pub struct LinkPart {
    provider: String,
    attribute: String,
    value: String,
    #[serde(default)]
    disabled: bool,
    created_at: i64,
}

pub async fn export_links(cx: &mut Cx, pool: &Pool, subs: &[String]) -> Result<Vec<(String, LinkPart)>> {
    let links = store::links_of(&mut *cx.read().await?, &pool.id, subs).await?;
    let part = |l: LinkRow| {
        let LinkRow { provider, attribute, value, sub, disabled, created_at, .. } = l;
        (sub, LinkPart { provider, attribute, value, disabled, created_at })
    };
    Ok(links.into_iter().map(part).collect())
}

pub async fn import_links(owner: Owner<'_>, parts: Vec<LinkPart>) -> Result<()> {
    for part in parts {
        let LinkPart { provider, attribute, value, disabled, created_at } = part;
        let (pool_id, sub) = (owner.pool.id.clone(), owner.user.sub.clone());
        let link = LinkRow { pool_id, provider, attribute, value, sub, disabled, created_at };
        if store::link(owner.tx, &link.pool_id, &link.provider, &link.attribute, &link.value).await?.is_some() {
            owner.notes.add(format!("An identity of {} at {} signs in as somebody else here.", owner.user.username, link.provider));
            continue;
        }
        store::insert_link(owner.tx, &link).await?;
    }
    Ok(())
}
