//! DescribeIdentityPool

use crate::api::{Cx, Door, Operation, Result, Service};
use crate::identity::settings::Settings;
use crate::identity::{IdentityPool, load};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeIdentityPool {
    pub identity_pool_id: String,
}

/// `IdentityPool`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    pub identity_pool_id: String,
    pub identity_pool_name: String,
    #[serde(flatten)]
    pub settings: Settings,
}

impl From<&IdentityPool> for Described {
    fn from(pool: &IdentityPool) -> Self {
        let mut settings = pool.settings().clone();
        settings.identity_pool_tags.get_or_insert_default();
        Self { identity_pool_id: pool.id.clone(), identity_pool_name: pool.name.clone(), settings }
    }
}

impl Operation for DescribeIdentityPool {
    const NAME: &'static str = "DescribeIdentityPool";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.identity_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        Ok(Described::from(&*load(cx, &self.identity_pool_id).await?))
    }
}
