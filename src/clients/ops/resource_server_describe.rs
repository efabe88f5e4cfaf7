//! DescribeResourceServer

use crate::api::{Cx, Door, Operation, Result};
use crate::clients::resource_server::{Described, ResourceServer};
use crate::clients::store;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeResourceServer {
    pub user_pool_id: String,
    pub identifier: String,
}

impl Operation for DescribeResourceServer {
    const NAME: &'static str = "DescribeResourceServer";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let server = store::find_server(&mut *cx.read().await?, &pool.id, &self.identifier).await?;
        Ok(Described { resource_server: server.ok_or_else(ResourceServer::missing)? })
    }
}
