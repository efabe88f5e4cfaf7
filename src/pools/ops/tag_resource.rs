//! TagResource, UntagResource and ListTagsForResource: the same tags as `UserPoolTags`.

use super::update::replace_or_ask_again;
use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::iam::policy::Context;
use crate::pools::tags::{self, Tags};
use crate::pools::{Pool, load};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResource {
    pub resource_arn: String,
    pub tags: Tags,
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
    pub tags: Tags,
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        pool_id(&self.resource_arn)
    }

    fn condition_keys(&self, context: &mut Context) {
        context.set_request_tags(&self.tags);
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = pool(cx, &self.resource_arn).await?;
        let mut tags = pool.settings().user_pool_tags.clone();
        tags.extend(self.tags);
        if let Some(message) = tags::refusal(&tags) {
            return Err(ApiError::invalid_parameter(message));
        }
        store(cx, &pool, tags).await
    }
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        pool_id(&self.resource_arn)
    }

    fn condition_keys(&self, context: &mut Context) {
        context.set_many("aws:TagKeys", self.tag_keys.clone());
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = pool(cx, &self.resource_arn).await?;
        let mut tags = pool.settings().user_pool_tags.clone();
        tags.retain(|key, _| !self.tag_keys.contains(key));
        store(cx, &pool, tags).await
    }
}

impl Operation for ListTagsForResource {
    const NAME: &'static str = "ListTagsForResource";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        pool_id(&self.resource_arn)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        Ok(Listed { tags: pool(cx, &self.resource_arn).await?.settings().user_pool_tags.clone() })
    }
}

fn pool_id(arn: &str) -> Option<&str> {
    arn.split_once(":userpool/").map(|(_, id)| id)
}

/// The pool of an ARN of this account and region.
async fn pool(cx: &mut Cx, arn: &str) -> Result<Arc<Pool>> {
    let foreign = || ApiError::resource_not_found(format!("Resource {arn} does not exist."));
    let pool = load(cx, pool_id(arn).ok_or_else(foreign)?).await?;
    let own = pool.arn(&cx.app.config.region, &cx.app.config.account_id);
    if own == arn { Ok(pool) } else { Err(foreign()) }
}

async fn store(cx: &mut Cx, pool: &Pool, tags: Tags) -> Result<Empty> {
    if tags != pool.settings().user_pool_tags {
        let mut document = pool.document.clone();
        document.settings.user_pool_tags = tags;
        replace_or_ask_again(cx, pool, document).await?;
    }
    Ok(Empty {})
}
