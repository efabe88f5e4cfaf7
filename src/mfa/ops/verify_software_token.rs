//! VerifySoftwareToken: proves an authenticator app by a code of it.

use super::associate_software_token::{open, refuse_unless_offered};
use crate::api::{Cx, Door, Operation, Result};
use crate::auth::challenge::{self, Detail, MFA_SETUP, Seal};
use crate::mfa::software_token::{self, Proved};
use crate::pools::Pool;
use crate::users::mfa::Factor;
use crate::users::{User, lookup, store};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VerifySoftwareToken {
    #[serde(default)]
    pub access_token: Option<String>,
    #[serde(default)]
    pub session: Option<String>,
    pub user_code: String,
    #[serde(default)]
    pub friendly_device_name: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Verified {
    pub status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

impl Operation for VerifySoftwareToken {
    const NAME: &'static str = "VerifySoftwareToken";
    const DOOR: Door = Door::TokenOrSession;
    type Output = Verified;

    fn access_token(&self) -> Option<&str> {
        self.access_token.as_deref()
    }

    async fn run(self, cx: &mut Cx) -> Result<Verified> {
        let name = self.friendly_device_name.as_deref();
        if self.access_token.is_some() {
            let user = lookup::bearer(cx).await?;
            let pool = crate::pools::load(cx, &user.pool_id).await?;
            refuse_unless_offered(&pool)?;
            let proved = software_token::prove(cx, &user, &self.user_code, name).await?;
            keep(cx, &pool, user, &proved, None).await?;
            return Ok(Verified { status: "SUCCESS", session: None });
        }
        let (client, user, opened) = open(cx, self.session.as_deref()).await?;
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        let proved = software_token::prove(cx, &user, &self.user_code, name).await?;
        // Whoever sets a factor up because the pool demands one has switched it on.
        keep(cx, &pool, user, &proved, Some(&opened.seal)).await?;
        let session = challenge::session(cx, &client, MFA_SETUP, opened.state.progress, Detail::SetUp)?;
        Ok(Verified { status: "SUCCESS", session: Some(session) })
    }
}

/// Keeps the app. Inside a sign-in, whose session is used up with it, the factor is switched on too.
async fn keep(cx: &mut Cx, pool: &Pool, mut user: User, proved: &Proved, session: Option<&Seal>) -> Result<()> {
    user.mfa.has_software_token = true;
    if session.is_some() {
        user.mfa.switch(Factor::SoftwareToken, true);
    }
    let now = cx.now();
    user.modified_at = now;
    let mut tx = cx.begin().await?;
    if let Some(session) = session {
        session.spend(&mut tx, &pool.id, now).await?;
    }
    proved.keep(&mut tx, &user).await?;
    store::update(&mut tx, pool, &user).await?;
    tx.commit().await
}
