//! The token service: temporary credentials.

mod assume;
mod identity_pools;
mod issue;
mod saml;
mod signer;
mod web;
mod web_token;

use super::query::fault::Fault;
use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::Millis;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

pub use web::Vouched;
pub use web_token::{Verified, tags, without_scheme};

super::query::actions! {
    "sts":
    "AssumeRole" => assume::assume_role,
    "AssumeRoleWithSAML" => saml::assume_role_with_saml,
    "AssumeRoleWithWebIdentity" => web::assume_role_with_web_identity,
    "DecodeAuthorizationMessage" => signer::decode_authorization_message,
    "GetAccessKeyInfo" => signer::get_access_key_info,
    "GetCallerIdentity" => signer::get_caller_identity,
    "GetFederationToken" => signer::get_federation_token,
    "GetSessionToken" => signer::get_session_token,
}

/// Somebody whom an identity provider vouches for: what is said of them was verified before.
#[derive(Debug, Clone, Default)]
pub struct WebIdentity {
    pub role_arn: String,
    pub session_name: String,
    /// What a trust policy names as its federated principal, such as `cognito-identity.amazonaws.com`.
    pub provider: String,
    /// Condition keys, such as `cognito-identity.amazonaws.com:aud`, `:sub` and `:amr`.
    pub context: BTreeMap<String, Vec<String>>,
    pub session_policy: Option<String>,
    /// Managed policies that limit the session together with `session_policy`: what any of them allows.
    pub policy_arns: Vec<String>,
    /// Session tags; the role's trust policy must allow `sts:TagSession` where there are any.
    pub tags: BTreeMap<String, String>,
    pub duration_seconds: i64,
}

/// What a session signs with.
#[derive(Clone)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: Zeroizing<String>,
    pub session_token: String,
    pub expires_at: Millis,
}

/// Credentials of a role for somebody whom an identity provider vouches for. `AccessDeniedException` when there is no such role or its
/// trust policy does not allow it, `InvalidParameterException` when the session policy or the duration is not as it must be.
pub async fn assume_with_web_identity(cx: &mut Cx, identity: WebIdentity) -> Result<Credentials> {
    let passed = issue::Passed {
        policy: identity.session_policy,
        policy_arns: identity.policy_arns,
        tags: identity.tags,
        duration_seconds: Some(identity.duration_seconds),
        ..issue::Passed::default()
    };
    let vouched = web::Vouched { provider: identity.provider, context: identity.context };
    let issued = web::assume(cx, &identity.role_arn, &identity.session_name, vouched, passed).await.map_err(refused)?;
    Ok(issued.credentials)
}

fn refused(fault: Fault) -> ApiError {
    match fault {
        Fault::Refused { code: "AccessDenied", message, .. } => ApiError::access_denied(message),
        Fault::Refused { message, .. } => ApiError::invalid_parameter(message),
        Fault::Internal(cause) => ApiError::Internal(cause),
    }
}
