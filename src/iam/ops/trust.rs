//! Trust policies as they are stored.

use super::common::account;
use crate::api::Cx;
use crate::iam::entity::Owner;
use crate::iam::policy::{self, Kind};
use crate::iam::query::fault::{Fault, Result};
use crate::iam::store;
use std::collections::BTreeMap;

/// What a trust policy may hold, white space aside.
const LONGEST: usize = 4_096;

/// Checks a trust policy. Returns the ids of the users and roles that it names: they must exist.
pub async fn check(cx: &mut Cx, document: &str) -> Result<BTreeMap<String, String>> {
    if policy::length(document) > LONGEST {
        return Err(Fault::limit("Cannot exceed quota for ACLSizePerRole: 4096"));
    }
    let read = policy::read(document, Kind::Trust)?;
    let account = account(cx);
    let mut tx = cx.read().await?;
    let mut ids = BTreeMap::new();
    for arn in read.statements.iter().filter_map(|s| s.principal.as_ref()).flat_map(|p| p.arns()) {
        let Some(resource) = arn.strip_prefix(&format!("arn:aws:iam::{account}:")) else { continue };
        let owner = if resource.starts_with("role/") { Owner::Role } else { Owner::User };
        let name = resource.rsplit('/').next().unwrap_or_default();
        let found = store::find(&mut tx, &account, owner, name).await?.filter(|entity| entity.arn(&account) == arn);
        let entity = found.ok_or_else(|| Fault::malformed_policy(format!("Invalid principal in policy: \"AWS\":\"{arn}\"")))?;
        ids.insert(arn.to_owned(), entity.id);
    }
    Ok(ids)
}
