//! GetTokensFromRefreshToken

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::auth::answer::AuthenticationResult;
use crate::tokens::issue;
use crate::tokens::refresh::Holder;
use crate::triggers::Metadata;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetTokensFromRefreshToken {
    pub refresh_token: String,
    pub client_id: String,
    #[serde(default)]
    pub client_secret: Option<String>,
    #[serde(default)]
    pub device_key: Option<String>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Refreshed {
    pub authentication_result: AuthenticationResult,
}

impl Operation for GetTokensFromRefreshToken {
    const NAME: &'static str = "GetTokensFromRefreshToken";
    const DOOR: Door = Door::Public;
    type Output = Refreshed;

    async fn run(self, cx: &mut Cx) -> Result<Refreshed> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let client = crate::clients::load(cx, &self.client_id).await?;
        if !client.knows_secret(self.client_secret.as_deref()) {
            return Err(ApiError::not_authorized(format!("Unable to verify the secret of client {}", client.id)));
        }
        let tokens = issue::refresh(cx, &client, &self.refresh_token, self.device_key.as_deref(), Holder::Api).await?;
        Ok(Refreshed { authentication_result: tokens.into() })
    }
}
