//! `identity_provider` and `idp_identifier`: the application names the provider that the person is to sign in with.

use super::Parameters;
use super::checks::{Failure, Result, fail};
use crate::api::Cx;
use crate::clients::Client;

/// Refuses a provider that cannot sign anybody in. `COGNITO` is the pool itself.
pub async fn check(cx: &mut Cx, client: &Client, parameters: &Parameters) -> crate::api::Result<Result<()>> {
    let named = match (parameters.get("identity_provider"), parameters.get("idp_identifier")) {
        (None, None) => return Ok(Ok(())),
        (Some("COGNITO"), _) if client.offers_own_sign_in() => return Ok(Ok(())),
        (Some(name), _) => Some(name.to_owned()),
        (None, Some(identifier)) => {
            let found = crate::federation::store::find_by_identifier(&mut *cx.read().await?, &client.pool_id, identifier).await?;
            found.map(|provider| provider.name)
        }
    };
    let Some(name) = named.filter(|name| client.supported_identity_providers.iter().any(|p| p == name)) else {
        return Ok(fail("invalid_request", "The identity provider is not one of this client's"));
    };
    Ok(Err(Failure::new("temporarily_unavailable", format!("Signing in with the identity provider {name:.64} is not supported yet"))))
}
