//! GetSigningCertificate: what SAML providers verify the pool's requests with.

use crate::api::{Cx, Door, Operation, Result};
use crate::federation::certificate::{self, Use};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetSigningCertificate {
    pub user_pool_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Signing {
    pub certificate: String,
}

impl Operation for GetSigningCertificate {
    const NAME: &'static str = "GetSigningCertificate";
    const DOOR: Door = Door::Iam;
    type Output = Signing;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Signing> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        Ok(Signing { certificate: certificate::text(cx, &pool.id, Use::Signing).await? })
    }
}
