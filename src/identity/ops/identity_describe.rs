//! DescribeIdentity

use crate::api::{Cx, Door, Operation, Result, Service};
use crate::identity::identities::{self, Description};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeIdentity {
    pub identity_id: String,
}

impl Operation for DescribeIdentity {
    const NAME: &'static str = "DescribeIdentity";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Iam;
    type Output = Description;

    async fn run(self, cx: &mut Cx) -> Result<Description> {
        Ok(identities::find(cx, &self.identity_id).await?.into())
    }
}
