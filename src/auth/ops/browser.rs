//! Signing in through the hosted pages: the same checks as InitiateAuth and RespondToAuthChallenge, with a browser session in place of
//! tokens. No wire carries these.

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::auth::answer::Answer;
use crate::auth::challenge::{self, Detail, EMAIL_OTP, NEW_PASSWORD_REQUIRED, SMS_MFA};
use crate::auth::complete::{Passed, Step, missing_attributes, proceed};
use crate::auth::progress::{self, Progress};
use crate::auth::respond::{self, Response};
use crate::auth::{custom, history, new_password, otp, password};
use crate::clients::Client;
use crate::hosted::session::{self, BrowserSession, Proof};
use crate::kit::clock::Millis;
use crate::pools::Pool;
use crate::triggers::authentication;
use crate::users::attributes::Attribute;
use crate::users::{lookup, store};
use std::collections::BTreeMap;

/// A password from the sign-in page.
pub struct BrowserSignIn {
    pub client_id: String,
    pub username: String,
    pub password: String,
}

/// What a page goes on with.
pub enum SignedIn {
    Session(Box<BrowserSession>),
    /// A password that an administrator chose must be replaced; the string is the challenge's session.
    NewPasswordRequired {
        session: String,
        missing: Vec<String>,
    },
    /// Another challenge must be answered.
    Challenge(Box<Answer>),
}

impl Operation for BrowserSignIn {
    const NAME: &'static str = "BrowserSignIn";
    const DOOR: Door = Door::Public;
    type Output = SignedIn;

    async fn run(self, cx: &mut Cx) -> Result<SignedIn> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        refuse_closed(&client)?;
        if custom::is_the_only_way(&pool, &client) {
            return Err(ApiError::not_authorized("This application takes no passwords here."));
        }
        history::refuse_blocked(cx, &pool, &client).await?;
        let user = password::verify(cx, &pool, &client, &self.username, &self.password, true).await?;
        let missing = missing_attributes(&pool, &user).into_iter().map(str::to_owned).collect();
        let progress = Progress { username: self.username, sub: user.sub.clone(), ..Progress::default() };
        let progress = progress.proved(progress::PASSWORD, &user);
        let step = proceed(cx, &pool, &client, user, progress, None).await?;
        signed_in(cx, &pool, &client, step, missing).await
    }
}

/// Whose SupportedIdentityProviders leave COGNITO out takes no passwords on the pages. The API is not asked.
pub(super) fn refuse_closed(client: &Client) -> Result<()> {
    if client.offers_own_sign_in() { Ok(()) } else { Err(ApiError::not_authorized("This application takes no passwords here.")) }
}

pub(super) async fn signed_in(cx: &mut Cx, pool: &Pool, client: &Client, step: Step, missing: Vec<String>) -> Result<SignedIn> {
    match step {
        Step::Passed(passed) => Ok(SignedIn::Session(Box::new(begin(cx, pool, client, *passed).await?))),
        Step::Challenge(answer) if answer.challenge_name == Some(NEW_PASSWORD_REQUIRED) => {
            Ok(SignedIn::NewPasswordRequired { session: answer.session.unwrap_or_default(), missing })
        }
        Step::Challenge(answer) => Ok(SignedIn::Challenge(answer)),
    }
}

async fn begin(cx: &mut Cx, pool: &Pool, client: &Client, passed: Passed) -> Result<BrowserSession> {
    let methods = passed.progress.methods();
    let amr: Vec<&str> = methods.iter().map(String::as_str).collect();
    authentication::post(cx, pool, client, &passed.user, false).await?;
    let event = history::passed(cx, pool, client, &passed.progress);
    let session = session::begin(cx, client, &passed.user, Proof { amr: &amr, event_id: Some(&event.id) }).await?;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    if let Some(seal) = passed.seal {
        seal.spend(&mut tx, &pool.id, now).await?;
    }
    store::hold(&mut tx, &passed.user).await?;
    session.store(&mut tx).await?;
    event.store(&mut tx, &passed.user.sub).await?;
    tx.commit().await?;
    Ok(session)
}

/// The answer to a challenge that a page showed.
pub struct BrowserAnswer {
    pub client_id: String,
    pub challenge: String,
    pub session: String,
    pub answers: BTreeMap<String, String>,
}

impl Operation for BrowserAnswer {
    const NAME: &'static str = "BrowserAnswer";
    const DOOR: Door = Door::Public;
    type Output = SignedIn;

    async fn run(self, cx: &mut Cx) -> Result<SignedIn> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        let response = Response { challenge: &self.challenge, session: Some(&self.session), answers: &self.answers };
        let opened = challenge::open_session(cx, &client, Some(&self.session), &self.challenge)?;
        let username = opened.state.progress.username;
        let step = respond::prove(cx, &pool, &client, &response, &username).await?;
        signed_in(cx, &pool, &client, step, Vec::new()).await
    }
}

/// Another code for a challenge whose code did not arrive. The one before is worthless then.
pub struct BrowserAnotherCode {
    pub client_id: String,
    pub challenge: String,
    pub session: String,
}

impl Operation for BrowserAnotherCode {
    const NAME: &'static str = "BrowserAnotherCode";
    const DOOR: Door = Door::Public;
    type Output = Answer;

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        let opened = challenge::open_session(cx, &client, Some(&self.session), &self.challenge)?;
        opened.seal.refuse_spent(cx, &pool.id).await?;
        let (challenge, attribute) = match self.challenge.as_str() {
            EMAIL_OTP => (EMAIL_OTP, "email"),
            SMS_MFA => (SMS_MFA, "phone_number"),
            _ => return Err(challenge::invalid()),
        };
        let Detail::Code { sets_up, .. } = opened.state.detail else { return Err(challenge::invalid()) };
        // A code that is the only proof is another matter, and longer.
        if opened.state.progress.amr.is_empty() {
            return Err(challenge::invalid());
        }
        let user = opened.state.progress.user(cx, &pool).await?;
        let (sets_up, own) = (sets_up.is_some(), sets_up.or_else(|| user.attribute(attribute).map(str::to_owned)));
        let address = own.ok_or_else(challenge::invalid)?;
        let code = otp::Code { challenge, attribute, address, digits: otp::SECOND_FACTOR_DIGITS, sets_up };
        otp::send(cx, &pool, &client, Some(&user), opened.state.progress, code, Some(opened.seal)).await
    }
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
    type Output = SignedIn;

    async fn run(self, cx: &mut Cx) -> Result<SignedIn> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        let opened = challenge::open_session(cx, &client, Some(&self.session), NEW_PASSWORD_REQUIRED)?;
        let step = new_password::set(cx, &pool, &client, opened, &self.password, self.attributes).await?;
        signed_in(cx, &pool, &client, step, Vec::new()).await
    }
}

/// Goes on after a sign-up that was confirmed in the browser that chose its password.
pub struct BrowserContinue {
    pub client_id: String,
    /// Whose sign-up was confirmed just now.
    pub username: String,
    /// The account that this browser made, and when.
    pub sub: String,
    pub signed_up_at: Millis,
    /// Whether a code confirmed it, and not a function.
    pub by_code: bool,
}

impl Operation for BrowserContinue {
    const NAME: &'static str = "BrowserContinue";
    const DOOR: Door = Door::Public;
    type Output = SignedIn;

    async fn run(self, cx: &mut Cx) -> Result<SignedIn> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        refuse_closed(&client)?;
        // The account that was confirmed must be the one that this browser made, with the password that it chose.
        let user = lookup::find(cx, &pool, &self.username).await?.filter(|u| u.sub == self.sub);
        let user = user.filter(|u| u.password_set_at.is_some_and(|at| at <= self.signed_up_at)).ok_or_else(challenge::invalid)?;
        authentication::pre(cx, &pool, &client, Some(&user), &self.username).await?;
        // The code that confirmed the account counts as its second factor.
        let begun = Progress { username: user.username.clone(), sub: user.sub.clone(), ..Progress::default() };
        let progress = Progress { second_factor: self.by_code, ..begun };
        let progress = progress.proved(progress::PASSWORD, &user);
        let step = proceed(cx, &pool, &client, user, progress, None).await?;
        signed_in(cx, &pool, &client, step, Vec::new()).await
    }
}
