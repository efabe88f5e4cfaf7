//! SetPrincipalTagAttributeMap and GetPrincipalTagAttributeMap

use crate::api::{ApiError, Cx, Door, Operation, Result, Service};
use crate::identity::provider::Provider;
use crate::identity::tags::{TagMap, reserved};
use crate::identity::{IdentityPool, load, pool, provider};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetPrincipalTagAttributeMap {
    pub identity_pool_id: String,
    pub identity_provider_name: String,
    #[serde(default)]
    pub use_defaults: bool,
    #[serde(default)]
    pub principal_tags: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetPrincipalTagAttributeMap {
    pub identity_pool_id: String,
    pub identity_provider_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Map {
    pub identity_pool_id: String,
    pub identity_provider_name: String,
    #[serde(flatten)]
    pub map: TagMap,
}

impl Operation for SetPrincipalTagAttributeMap {
    const NAME: &'static str = "SetPrincipalTagAttributeMap";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Map;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Map> {
        let old = load(cx, &self.identity_pool_id).await?;
        let key = key(cx, &old, &self.identity_provider_name)?;
        if let Some(tag) = reserved(&self.principal_tags) {
            return Err(ApiError::invalid_parameter(format!("The tag key {tag} begins with aws:, which is reserved.")));
        }
        if self.use_defaults && !self.principal_tags.is_empty() {
            return Err(ApiError::invalid_parameter("PrincipalTags must be left out where UseDefaults is true."));
        }
        let tags = if self.use_defaults { TagMap::defaults() } else { self.principal_tags };
        let map = TagMap { use_defaults: self.use_defaults, principal_tags: tags };
        let mut document = old.document.clone();
        document.principal_tags.insert(key, map.clone());
        pool::replace_or_ask_again(cx, &old, document).await?;
        Ok(Map { identity_pool_id: self.identity_pool_id, identity_provider_name: self.identity_provider_name, map })
    }
}

impl Operation for GetPrincipalTagAttributeMap {
    const NAME: &'static str = "GetPrincipalTagAttributeMap";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Map;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Map> {
        let pool = load(cx, &self.identity_pool_id).await?;
        let key = key(cx, &pool, &self.identity_provider_name)?;
        let map = pool.document.principal_tags.get(&key).cloned().ok_or_else(|| {
            ApiError::resource_not_found(format!("There is no principal tag attribute map for {}.", self.identity_provider_name))
        })?;
        Ok(Map { identity_pool_id: self.identity_pool_id, identity_provider_name: self.identity_provider_name, map })
    }
}

/// The name that a provider's map is kept under.
fn key(cx: &Cx, pool: &IdentityPool, name: &str) -> Result<String> {
    match Provider::find(pool, name, &cx.app.config.public_url) {
        Some(Provider::UserPool { pool_id, .. }) => Ok(provider::user_pool_name(&cx.app.config.region, pool_id)),
        Some(Provider::OpenId { arn, .. }) => Ok(arn.to_owned()),
        Some(Provider::Public { host, .. }) => Ok(host.to_owned()),
        None => Err(ApiError::resource_not_found(format!("{name} is not a provider of this identity pool."))),
    }
}
