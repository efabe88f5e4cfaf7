//! SetIdentityPoolRoles and GetIdentityPoolRoles

use crate::api::door::pass_role;
use crate::api::{Cx, Door, Empty, Operation, Result, Service};
use crate::identity::roles::{RoleMapping, check, named};
use crate::identity::{load, pool, provider};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetIdentityPoolRoles {
    pub identity_pool_id: String,
    pub roles: BTreeMap<String, String>,
    #[serde(default)]
    pub role_mappings: BTreeMap<String, RoleMapping>,
}

impl Operation for SetIdentityPoolRoles {
    const NAME: &'static str = "SetIdentityPoolRoles";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let old = load(cx, &self.identity_pool_id).await?;
        check(&self.roles, &self.role_mappings)?;
        for role in named(&self.roles, &self.role_mappings) {
            pass_role(cx, role, provider::OWN)?;
        }
        let mut document = old.document.clone();
        (document.roles, document.role_mappings) = (self.roles, self.role_mappings);
        pool::replace(cx, &old, old.name.clone(), document).await?;
        Ok(Empty {})
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetIdentityPoolRoles {
    pub identity_pool_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Got {
    pub identity_pool_id: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub role_mappings: BTreeMap<String, RoleMapping>,
}

impl Operation for GetIdentityPoolRoles {
    const NAME: &'static str = "GetIdentityPoolRoles";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Got;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Got> {
        let pool = load(cx, &self.identity_pool_id).await?;
        let document = &pool.document;
        Ok(Got { identity_pool_id: pool.id.clone(), roles: document.roles.clone(), role_mappings: document.role_mappings.clone() })
    }
}
