//! GetCredentialsForIdentity: the enhanced flow.

use super::get_id::refuse_guests;
use super::open_id_token::authenticate;
use crate::api::{ApiError, Cx, Door, Operation, Result, Service};
use crate::identity::claims::Subject;
use crate::identity::credentials::{self, Credentials};
use crate::identity::identities::{self, Identity};
use crate::identity::verify::{self, Logins};
use crate::identity::{IdentityPool, load, roles, token};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetCredentialsForIdentity {
    pub identity_id: String,
    #[serde(default)]
    pub logins: Logins,
    #[serde(default)]
    pub custom_role_arn: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Got {
    pub identity_id: String,
    pub credentials: Credentials,
}

impl Operation for GetCredentialsForIdentity {
    const NAME: &'static str = "GetCredentialsForIdentity";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Public;
    type Output = Got;

    async fn run(self, cx: &mut Cx) -> Result<Got> {
        let identity = identities::find(cx, &self.identity_id).await?;
        let pool = load(cx, &identity.pool_id).await?;
        let custom = self.custom_role_arn.as_deref();
        let own = self.logins.iter().find(|(name, _)| verify::is_own(cx, name)).map(|(_, token)| token.clone());
        let (subject, role) = match own {
            Some(token) => {
                if self.logins.len() > 1 {
                    return Err(ApiError::invalid_parameter("An OpenID token of this service must be the only login."));
                }
                of_own_token(cx, &pool, &identity, &token, custom).await?
            }
            None => {
                let logins = verify::all(cx, &pool, &self.logins).await?;
                // The role first: whoever gets none should not be linked either.
                let role = match logins.is_empty() {
                    true => None,
                    false => Some(roles::of_logins(&pool, &logins, custom, &cx.app.config.public_url)?),
                };
                let subject = authenticate(cx, &pool, identity, &logins).await?;
                let role = role.map_or_else(|| roles::of_guest(&pool, custom), Ok)?;
                (subject, role)
            }
        };
        let credentials = credentials::issue(cx, &pool, role, &subject).await?;
        Ok(Got { identity_id: subject.identity_id, credentials })
    }
}

/// Whom a token of GetOpenIdToken or of a developer's proves.
async fn of_own_token(
    cx: &mut Cx,
    pool: &IdentityPool,
    identity: &Identity,
    token: &str,
    custom: Option<&str>,
) -> Result<(Subject, String)> {
    let subject = token::verify(cx, token).await?.map_err(|fault| verify::fault(cx, fault))?;
    if subject.pool_id != pool.id || subject.identity_id != identity.id {
        return Err(ApiError::not_authorized("Invalid login token. The token is not of this identity."));
    }
    if identity.disabled {
        return Err(identities::forbidden(&identity.id));
    }
    if subject.is_guest() {
        refuse_guests(pool)?;
        if identity.linked {
            return Err(identities::forbidden(&identity.id));
        }
        return Ok((subject, roles::of_guest(pool, custom)?));
    }
    let role = roles::of_authenticated(pool, custom)?;
    Ok((subject, role))
}
