//! TagResource, UntagResource and ListTagsForResource: the same tags as `IdentityPoolTags`.

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result, Service};
use crate::iam::policy::Context;
use crate::identity::{IdentityPool, load, pool, tags};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResource {
    pub resource_arn: String,
    pub tags: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagResource {
    pub resource_arn: String,
    pub tag_keys: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagsForResource {
    pub resource_arn: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub tags: BTreeMap<String, String>,
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        pool_id(&self.resource_arn)
    }

    fn condition_keys(&self, context: &mut Context) {
        context.set_request_tags(&self.tags);
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = of_arn(cx, &self.resource_arn).await?;
        let mut tags = pool.settings().tags();
        tags.extend(self.tags);
        if let Some(message) = tags::refusal(&tags) {
            return Err(ApiError::invalid_parameter(message));
        }
        keep(cx, &pool, tags).await
    }
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        pool_id(&self.resource_arn)
    }

    fn condition_keys(&self, context: &mut Context) {
        context.set_many("aws:TagKeys", self.tag_keys.clone());
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = of_arn(cx, &self.resource_arn).await?;
        let mut tags = pool.settings().tags();
        tags.retain(|key, _| !self.tag_keys.contains(key));
        keep(cx, &pool, tags).await
    }
}

impl Operation for ListTagsForResource {
    const NAME: &'static str = "ListTagsForResource";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        pool_id(&self.resource_arn)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        Ok(Listed { tags: of_arn(cx, &self.resource_arn).await?.settings().tags() })
    }
}

fn pool_id(arn: &str) -> Option<&str> {
    arn.split_once(":identitypool/").map(|(_, id)| id)
}

/// The pool of an ARN of this account and region.
async fn of_arn(cx: &mut Cx, arn: &str) -> Result<Arc<IdentityPool>> {
    let foreign = || ApiError::resource_not_found(format!("Resource {arn} does not exist."));
    let id = pool_id(arn).filter(|id| !id.contains('\0')).ok_or_else(foreign)?;
    let pool = load(cx, id).await?;
    if pool.arn(cx) == arn { Ok(pool) } else { Err(foreign()) }
}

async fn keep(cx: &mut Cx, old: &IdentityPool, tags: BTreeMap<String, String>) -> Result<Empty> {
    if tags != old.settings().tags() {
        let mut document = old.document.clone();
        document.settings.identity_pool_tags = Some(tags);
        pool::replace_or_ask_again(cx, old, document).await?;
    }
    Ok(Empty {})
}
