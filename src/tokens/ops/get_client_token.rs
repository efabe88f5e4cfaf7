//! GetClientToken: a machine token through the API, without a domain.

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::clients::flows::CLIENT_TOKEN;
use crate::tokens::machine::{self, Bounds, Refusal};
use crate::triggers::Metadata;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetClientToken {
    pub client_id: String,
    pub secret: String,
    #[serde(default)]
    pub scopes: Vec<String>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Got {
    pub client_authentication_result: ClientAuthenticationResult,
}

/// `ClientAuthenticationResultType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClientAuthenticationResult {
    pub access_token: String,
    pub expires_in: i64,
    pub token_type: &'static str,
}

impl Operation for GetClientToken {
    const NAME: &'static str = "GetClientToken";
    const DOOR: Door = Door::ClientOrIam;
    type Output = Got;

    /// A signature takes the place of no secret here.
    async fn run(self, cx: &mut Cx) -> Result<Got> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let client = crate::clients::load(cx, &self.client_id).await?;
        if !client.knows_secret(Some(&self.secret)) {
            return Err(ApiError::not_authorized(format!("Unable to verify the secret of client {}", client.id)));
        }
        if client.proves_by_key() || client.oauth().require_dpop {
            return Err(ApiError::not_authorized("The client gets tokens at the token endpoint only"));
        }
        if !client.allows(&[CLIENT_TOKEN]) {
            return Err(ApiError::invalid_parameter(format!("{CLIENT_TOKEN} flow not enabled for this client")));
        }
        let scopes: Vec<&str> = self.scopes.iter().map(String::as_str).collect();
        let token = machine::issue(cx, &client, &scopes, Bounds::default()).await.map_err(refused)?;
        let result = ClientAuthenticationResult { access_token: token.access_token, expires_in: token.expires_in, token_type: "Bearer" };
        Ok(Got { client_authentication_result: result })
    }
}

fn refused(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::UnknownScope(scope) => ApiError::invalid_parameter(format!("Invalid scope requested: {scope}")),
        Refusal::ForbiddenScope(scope) => ApiError::not_authorized(format!("The client is not allowed the scope {scope}")),
        Refusal::NoScopes | Refusal::Resource => ApiError::invalid_parameter("The client has no custom scopes."),
        Refusal::Other(error) => error,
    }
}
