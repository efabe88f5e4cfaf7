//! Temporary credentials of the enhanced flow: from this server's token service, or from the one that a pool names.

use super::claims::Subject;
use super::provider::OWN;
use super::{IdentityPool, guest, remote_sts, roles};
use crate::api::{ApiError, Cx, Exception, Result};
use crate::iam::sts::{self, WebIdentity};
use crate::kit::clock::epoch_seconds;
use serde::Serialize;

/// How long they are good for, in seconds.
pub const SECONDS: i64 = 3_600;
/// What their session is called.
pub const SESSION: &str = "CognitoIdentityCredentials";

/// `Credentials`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Credentials {
    pub access_key_id: String,
    pub secret_key: String,
    pub session_token: String,
    pub expiration: f64,
}

impl From<sts::Credentials> for Credentials {
    fn from(credentials: sts::Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id,
            secret_key: credentials.secret_access_key.to_string(),
            session_token: credentials.session_token,
            expiration: epoch_seconds(credentials.expires_at),
        }
    }
}

/// Credentials of a role for an identity.
pub async fn issue(cx: &mut Cx, pool: &IdentityPool, role: String, subject: &Subject) -> Result<Credentials> {
    if let Some(address) = pool.settings().poolhouse_sts.as_ref().and_then(|sts| sts.address()) {
        return remote_sts::assume(cx, pool, &address, &role, subject).await.map(Credentials::from);
    }
    let identity = WebIdentity {
        role_arn: role,
        session_name: SESSION.to_owned(),
        provider: OWN.to_owned(),
        context: subject.context(),
        session_policy: subject.is_guest().then(guest::policy),
        policy_arns: if subject.is_guest() { vec![guest::MANAGED.to_owned()] } else { Vec::new() },
        tags: subject.tags.clone(),
        duration_seconds: SECONDS,
    };
    sts::assume_with_web_identity(cx, identity).await.map(Credentials::from).map_err(refusal)
}

/// A role that is not there, or does not trust the pool, is the pool's fault.
fn refusal(error: ApiError) -> ApiError {
    if error.is(Exception::AccessDeniedException) { roles::misconfigured() } else { error }
}
