//! The grant `client_credentials` (RFC 6749, 4.4).

use super::client_auth::Form;
use super::error::{OAuthError, Result};
use crate::api::Cx;
use crate::clients::Client;
use crate::tokens::machine::{self, Bounds, MachineToken, Refusal};
use crate::triggers::Metadata;

pub async fn grant(cx: &mut Cx, client: &Client, form: &Form, jkt: Option<&str>) -> Result<MachineToken> {
    if !client.proves_itself() || !(client.has_client_credentials() || client.has_client_tokens()) {
        return Err(OAuthError::new("unauthorized_client", "The client is not allowed the client_credentials flow"));
    }
    let asked: Vec<&str> = form.get("scope").unwrap_or_default().split(' ').filter(|s| !s.is_empty()).collect();
    if let Some(given) = form.get("aws_client_metadata") {
        let given =
            serde_json::from_str(given).map_err(|_| OAuthError::invalid_request("aws_client_metadata is not an object of texts"))?;
        cx.metadata = Metadata::client(&given);
    }
    machine::issue(cx, client, &asked, Bounds { jkt, resource: form.get("resource") }).await.map_err(|refusal| match refusal {
        Refusal::UnknownScope(scope) => OAuthError::new("invalid_scope", format!("The scope {scope:.64} does not exist")),
        // Cognito's answer, where RFC 6749 would have invalid_scope.
        Refusal::ForbiddenScope(scope) => OAuthError::invalid_grant(format!("The client is not allowed the scope {scope:.64}")),
        Refusal::Resource => OAuthError::new("invalid_target", "The scopes are not all of the resource"),
        Refusal::NoScopes => OAuthError::invalid_grant("The client has no custom scopes"),
        Refusal::Other(error) => error.into(),
    })
}
