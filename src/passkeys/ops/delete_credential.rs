//! DeleteWebAuthnCredential

use super::bearer;
use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::kit::text;
use crate::passkeys::store;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteWebAuthnCredential {
    pub access_token: String,
    pub credential_id: String,
}

impl Operation for DeleteWebAuthnCredential {
    const NAME: &'static str = "DeleteWebAuthnCredential";
    const DOOR: Door = Door::AccessToken;
    type Output = Empty;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let unknown = || ApiError::resource_not_found("The WebAuthn credential does not exist.");
        let user = bearer(cx).await?;
        let id = text::from_base64url(&self.credential_id).map(|id| text::base64url(&id)).ok_or_else(unknown)?;
        let mut tx = cx.begin().await?;
        if !store::delete(&mut tx, &user.pool_id, &user.sub, &id).await? {
            return Err(unknown());
        }
        tx.commit().await?;
        Ok(Empty {})
    }
}
