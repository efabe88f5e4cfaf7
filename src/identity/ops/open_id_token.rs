//! GetOpenIdToken: the classic flow, in which the application asks a token service itself.

use super::get_id::refuse_guests;
use crate::api::{ApiError, Cx, Door, Operation, Result, Service};
use crate::identity::claims::Subject;
use crate::identity::identities::{self, Identity};
use crate::identity::login::Login;
use crate::identity::resolve::{Wish, resolve};
use crate::identity::verify::{self, Logins};
use crate::identity::{IdentityPool, load, tags, token};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetOpenIdToken {
    pub identity_id: String,
    #[serde(default)]
    pub logins: Logins,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Got {
    pub identity_id: String,
    pub token: String,
}

impl Operation for GetOpenIdToken {
    const NAME: &'static str = "GetOpenIdToken";
    const SERVICE: Service = Service::IdentityPools;
    const DOOR: Door = Door::Public;
    type Output = Got;

    async fn run(self, cx: &mut Cx) -> Result<Got> {
        let identity = identities::find(cx, &self.identity_id).await?;
        let pool = load(cx, &identity.pool_id).await?;
        refuse_classic(&pool)?;
        let logins = verify::all(cx, &pool, &self.logins).await?;
        let subject = authenticate(cx, &pool, identity, &logins).await?;
        let token = token::issue(cx, &pool, &subject, token::SECONDS).await?;
        Ok(Got { identity_id: subject.identity_id, token })
    }
}

fn refuse_classic(pool: &IdentityPool) -> Result<()> {
    let why = match pool.settings().allow_classic_flow {
        Some(false) => "not enabled",
        _ if !pool.document.role_mappings.is_empty() => "not supported with RoleMappings",
        _ => return Ok(()),
    };
    Err(ApiError::invalid_parameter(format!("Basic (classic) flow is {why}, please use enhanced flow.")))
}

/// Who an identity with these logins is: the guest that it always was, or whoever the logins prove.
pub async fn authenticate(cx: &mut Cx, pool: &IdentityPool, identity: Identity, logins: &[Login]) -> Result<Subject> {
    if logins.is_empty() {
        refuse_guests(pool)?;
        if identity.linked || identity.disabled {
            return Err(identities::forbidden(&identity.id));
        }
        return Ok(Subject::of(&pool.id, &identity.id, &[], Default::default()));
    }
    // The usual request changes nothing, and what it needs to know was read with the identity.
    let is_settled = !identity.disabled && logins.iter().all(|l| identity.has(&l.provider, &l.subject));
    let id = match is_settled {
        true => identity.id,
        false => resolve(cx, pool, &Wish::Identity(&identity.id), logins).await?,
    };
    Ok(Subject::of(&pool.id, &id, logins, tags::of_logins(&pool.document.principal_tags, logins)))
}
