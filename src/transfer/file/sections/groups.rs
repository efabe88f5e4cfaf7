//! Groups, and who is in them.

use super::{Owner, Place};
use crate::api::{ApiError, Cx, Result};
use crate::groups::group::Group;
use crate::groups::store;
use crate::pools::Pool;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct GroupPart {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    precedence: Option<i64>,
    created_at: i64,
    modified_at: i64,
}

/// Groups in a page.
const PAGE: i64 = 1_000;

pub async fn export(cx: &mut Cx, pool: &Pool) -> Result<Vec<GroupPart>> {
    let (mut out, mut after) = (Vec::new(), String::new());
    loop {
        let groups = store::list(&mut *cx.read().await?, &pool.id, &after, PAGE).await?;
        let Some(last) = groups.last() else { return Ok(out) };
        after.clone_from(&last.name);
        out.extend(groups.into_iter().map(|group| GroupPart {
            name: group.name,
            description: group.description,
            role_arn: group.role_arn,
            precedence: group.precedence,
            created_at: group.created_at,
            modified_at: group.modified_at,
        }));
    }
}

pub async fn import(place: Place<'_>, parts: Vec<GroupPart>) -> Result<()> {
    for part in parts {
        let group = Group {
            pool_id: place.pool.id.clone(),
            name: part.name,
            description: part.description,
            role_arn: part.role_arn,
            precedence: part.precedence,
            created_at: part.created_at,
            modified_at: part.modified_at,
        };
        if !store::insert(place.tx, &group).await? {
            return Err(ApiError::invalid_parameter("The file has more groups than a user pool may have."));
        }
    }
    Ok(())
}

pub async fn export_memberships(cx: &mut Cx, pool: &Pool, subs: &[String]) -> Result<Vec<(String, String)>> {
    Ok(store::names_of(&mut *cx.read().await?, &pool.id, subs).await?)
}

pub async fn import_memberships(owner: Owner<'_>, names: Vec<String>) -> Result<()> {
    for name in names {
        if !store::join(owner.tx, &owner.pool.id, &owner.user.sub, &name).await? {
            owner.notes.add(format!("There is no group {name}: nobody is put into it."));
        }
    }
    Ok(())
}
