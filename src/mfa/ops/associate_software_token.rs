//! AssociateSoftwareToken: by an access token, or inside a sign-in whose challenge is MFA_SETUP.

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::auth::challenge::{self, Detail, MFA_SETUP};
use crate::auth::second_factor;
use crate::clients::Client;
use crate::mfa::software_token;
use crate::pools::Pool;
use crate::users::User;
use crate::users::lookup;
use crate::users::mfa::Factor;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssociateSoftwareToken {
    #[serde(default)]
    pub access_token: Option<String>,
    #[serde(default)]
    pub session: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Associated {
    pub secret_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

impl Operation for AssociateSoftwareToken {
    const NAME: &'static str = "AssociateSoftwareToken";
    const DOOR: Door = Door::TokenOrSession;
    type Output = Associated;

    fn access_token(&self) -> Option<&str> {
        self.access_token.as_deref()
    }

    async fn run(self, cx: &mut Cx) -> Result<Associated> {
        if self.access_token.is_some() {
            let user = lookup::bearer(cx).await?;
            let pool = crate::pools::load(cx, &user.pool_id).await?;
            refuse_unless_offered(&pool)?;
            return Ok(Associated { secret_code: software_token::associate(cx, &user, None).await?, session: None });
        }
        let (client, user, opened) = open(cx, self.session.as_deref()).await?;
        let secret_code = software_token::associate(cx, &user, Some(&opened.seal)).await?;
        let session = challenge::session(cx, &client, MFA_SETUP, opened.state.progress, opened.state.detail)?;
        Ok(Associated { secret_code, session: Some(session) })
    }
}

pub fn refuse_unless_offered(pool: &Pool) -> Result<()> {
    if pool.offers_software_token_mfa() {
        return Ok(());
    }
    Err(ApiError::software_token_mfa_not_found("Software Token MFA has not been enabled by the userPool"))
}

type Setup = (Arc<Client>, User, challenge::Opened<challenge::Session>);

/// The session of an MFA_SETUP challenge in which an authenticator app may be set up, as long as its user still has to.
pub async fn open(cx: &mut Cx, given: Option<&str>) -> Result<Setup> {
    let given = given.ok_or_else(|| ApiError::not_authorized("Invalid Access Token"))?;
    let client_id = challenge::client_of(cx, given).ok_or_else(challenge::invalid)?;
    let client = crate::clients::load(cx, &client_id).await.map_err(|e| if e.exception().is_some() { challenge::invalid() } else { e })?;
    let pool = crate::pools::load(cx, &client.pool_id).await?;
    let opened = challenge::open_session(cx, &client, Some(given), MFA_SETUP)?;
    opened.seal.refuse_spent(cx, &pool.id).await?;
    let user = opened.state.progress.user(cx, &pool).await?;
    user.may_sign_in()?;
    let offered = matches!(&opened.state.detail, Detail::Factors(factors) if factors.contains(&Factor::SoftwareToken));
    second_factor::refuse_unless_to_set_up(&pool, &user)?;
    if offered { Ok((client, user, opened)) } else { Err(challenge::invalid()) }
}
