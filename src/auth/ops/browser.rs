//! Signing in through the hosted pages: the same checks as InitiateAuth and RespondToAuthChallenge, with a browser session in place of
//! tokens. No wire carries these.

use crate::api::{Cx, Door, Operation, Result};
use crate::auth::challenge::{self, NEW_PASSWORD_REQUIRED, Session};
use crate::auth::{complete, password, respond};
use crate::clients::Client;
use crate::hosted::session::{self, BrowserSession, Proof};
use crate::users::attributes::Attribute;
use crate::users::ops::confirm_sign_up::{claim_aliases, save_password};
use crate::users::{Status, User};

const BY_PASSWORD: Proof<'static> = Proof { amr: &["pwd"], event_id: None };

/// A password from the sign-in page.
pub struct BrowserSignIn {
    pub client_id: String,
    pub username: String,
    pub password: String,
}

/// What a sign-in page goes on with.
pub enum SignedIn {
    Session(BrowserSession),
    /// A password that an administrator chose must be replaced; the string is the challenge's session.
    NewPasswordRequired {
        session: String,
        missing: Vec<String>,
    },
}

impl Operation for BrowserSignIn {
    const NAME: &'static str = "BrowserSignIn";
    const DOOR: Door = Door::Public;
    type Output = SignedIn;

    async fn run(self, cx: &mut Cx) -> Result<SignedIn> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        let user = password::verify(cx, &pool, &client, &self.username, &self.password).await?;
        user.may_sign_in()?;
        if user.status == Status::ForceChangePassword {
            complete::refuse_stale(cx, &pool, &user)?;
            let missing = complete::missing_attributes(&pool, &user).into_iter().map(str::to_owned).collect();
            let state = Session {
                challenge: NEW_PASSWORD_REQUIRED.into(),
                username: user.username.clone(),
                sub: user.sub,
                password_set_at: user.password_set_at,
            };
            return Ok(SignedIn::NewPasswordRequired { session: challenge::session(cx, &client, state)?, missing });
        }
        Ok(SignedIn::Session(begin(cx, &client, &user).await?))
    }
}

async fn begin(cx: &mut Cx, client: &Client, user: &User) -> Result<BrowserSession> {
    let session = session::begin(cx, client, user, BY_PASSWORD).await?;
    let mut tx = cx.begin().await?;
    session.store(&mut tx).await?;
    tx.commit().await?;
    Ok(session)
}

/// The answer to the demand for a new password.
pub struct BrowserNewPassword {
    pub client_id: String,
    pub session: String,
    pub password: String,
    pub attributes: Vec<Attribute>,
}

impl Operation for BrowserNewPassword {
    const NAME: &'static str = "BrowserNewPassword";
    const DOOR: Door = Door::Public;
    type Output = BrowserSession;

    async fn run(self, cx: &mut Cx) -> Result<BrowserSession> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        let opened = challenge::open_session(cx, &client, Some(&self.session), NEW_PASSWORD_REQUIRED)?;
        let (user, opened) = respond::set_new_password(cx, &pool, &client, opened, &self.password, self.attributes).await?;
        let session = session::begin(cx, &client, &user, BY_PASSWORD).await?;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        opened.spend(&mut tx, &client, now).await?;
        claim_aliases(&mut tx, &pool, &user, false).await?;
        save_password(&mut tx, &pool, &user).await?;
        session.store(&mut tx).await?;
        tx.commit().await?;
        Ok(session)
    }
}

/// Goes on after a sign-up that was confirmed in the browser that chose its password.
pub struct BrowserContinue {
    pub client_id: String,
    pub sub: String,
}

impl Operation for BrowserContinue {
    const NAME: &'static str = "BrowserContinue";
    const DOOR: Door = Door::Public;
    type Output = BrowserSession;

    async fn run(self, cx: &mut Cx) -> Result<BrowserSession> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let user = crate::users::store::find_by_sub(&mut *cx.read().await?, &client.pool_id, &self.sub).await?;
        let user = user.ok_or_else(crate::api::ApiError::no_such_user)?;
        user.may_sign_in()?;
        begin(cx, &client, &user).await
    }
}
