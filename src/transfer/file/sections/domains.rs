//! Domains.

use super::Place;
use crate::api::{Cx, Result};
use crate::pools::domain::{self, Domain, DomainSettings, Kind};
use crate::pools::{Pool, store};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct DomainPart {
    domain: String,
    kind: String,
    settings: DomainSettings,
}

pub async fn export(cx: &mut Cx, pool: &Pool) -> Result<Vec<DomainPart>> {
    let domains = store::domains(&mut *cx.read().await?, &pool.id).await?;
    let part = |d: Domain| DomainPart { domain: d.domain, kind: d.kind.as_str().to_owned(), settings: d.settings };
    Ok(domains.into_iter().map(part).collect())
}

pub async fn import(place: Place<'_>, parts: Vec<DomainPart>) -> Result<()> {
    for part in parts {
        let kind = Kind::parse(&part.kind);
        domain::check(&part.domain, kind)?;
        if store::find_domain(place.tx, &part.domain).await?.is_some() || place.app.config.serves_host(&part.domain) {
            place.notes.add(format!("The domain {} is left out: it is taken.", part.domain));
            continue;
        }
        let domain = Domain { domain: part.domain, pool_id: place.pool.id.clone(), kind, settings: part.settings };
        store::insert_domain(place.tx, &domain, place.app.clock.now()).await?;
    }
    Ok(())
}
