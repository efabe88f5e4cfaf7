//! DeleteIdentities: those that are gone already count as deleted.

use crate::api::{Cx, Door, Operation, Result, Service};
use crate::identity::store;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteIdentities {
    pub identity_ids_to_delete: BTreeSet<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Deleted {
    pub unprocessed_identity_ids: Vec<Unprocessed>,
}

/// `UnprocessedIdentityId`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Unprocessed {
    pub identity_id: String,
    pub error_code: &'static str,
}

impl Operation for DeleteIdentities {
    const NAME: &'static str = "DeleteIdentities";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Deleted;

    async fn run(self, cx: &mut Cx) -> Result<Deleted> {
        let mut tx = cx.begin().await?;
        for id in &self.identity_ids_to_delete {
            store::delete_identity(&mut tx, id).await?;
        }
        tx.commit().await?;
        Ok(Deleted { unprocessed_identity_ids: Vec::new() })
    }
}
