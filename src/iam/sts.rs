//! Temporary credentials.

use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::Millis;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

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
/// trust policy does not allow it.
pub async fn assume_with_web_identity(_cx: &mut Cx, _identity: WebIdentity) -> Result<Credentials> {
    Err(ApiError::access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity"))
}
