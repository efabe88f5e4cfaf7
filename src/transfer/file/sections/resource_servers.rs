//! Resource servers and the scopes that they define.

use super::Place;
use crate::api::{Cx, Result};
use crate::clients::resource_server::{MAX, ResourceServer, Scope};
use crate::clients::store;
use crate::pools::Pool;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct ServerPart {
    identifier: String,
    name: String,
    #[serde(default)]
    scopes: Vec<Scope>,
}

pub async fn export(cx: &mut Cx, pool: &Pool) -> Result<Vec<ServerPart>> {
    // Some more than the limit: requests at the same moment may have passed it.
    let servers = store::list_servers(&mut *cx.read().await?, &pool.id, "", 2 * MAX).await?;
    let part = |s: ResourceServer| ServerPart { identifier: s.identifier, name: s.name, scopes: s.scopes };
    Ok(servers.into_iter().map(part).collect())
}

pub async fn import(place: Place<'_>, parts: Vec<ServerPart>) -> Result<()> {
    for part in parts {
        let ServerPart { identifier, name, scopes } = part;
        let server = ResourceServer { user_pool_id: place.pool.id.clone(), identifier, name, scopes };
        server.check()?;
        store::insert_server(place.tx, &server).await?;
    }
    Ok(())
}
