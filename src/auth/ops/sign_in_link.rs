//! SendSignInLink and SignInWithLink, of Poolhouse's own service: links that sign in, for applications with pages of their own.

use crate::api::{ApiError, Cx, Door, Operation, Result, Service};
use crate::auth::answer::Answer;
use crate::auth::complete::{self, proceed};
use crate::auth::{history, link};
use crate::kit::{id, mac};
use crate::triggers::authentication;
use serde::{Deserialize, Serialize};

/// Sends a link to one of the client's callback addresses, with the secret as its parameter `sign_in_link`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendSignInLink {
    pub client_id: String,
    pub username: String,
    #[serde(default)]
    pub secret_hash: Option<String>,
    /// As it stands among the client's `CallbackURLs`.
    pub url: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Sent {
    /// What tells this browser or device from others when the link is opened. It is there whether or not a link was sent.
    pub session: String,
}

impl Operation for SendSignInLink {
    const NAME: &'static str = "SendSignInLink";
    const SERVICE: Service = Service::Operators;
    const DOOR: Door = Door::Public;
    type Output = Sent;

    async fn run(self, cx: &mut Cx) -> Result<Sent> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        client.check_secret_hash(&self.username, self.secret_hash.as_deref())?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        if !client.callback_urls.contains(&self.url) {
            return Err(ApiError::invalid_parameter("Url is not one of the client's callback URLs."));
        }
        history::refuse_blocked(cx, &pool, &client).await?;
        let session = id::token(cx.rng());
        let address = format!("{}{}sign_in_link=", self.url, if self.url.contains('?') { '&' } else { '?' });
        let browser = mac::sha256_hex(session.as_bytes());
        // No flow of the pages goes on with it.
        let asked = link::Asked { username: &self.username, address: &address, flow: "", browser: &browser };
        link::send(cx, &pool, &client, &asked).await?;
        Ok(Sent { session })
    }
}

/// Signs in with the secret of such a link: with the session that asked for it or, once the person was asked, without.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SignInWithLink {
    pub client_id: String,
    #[serde(default)]
    pub secret_hash: Option<String>,
    /// `sign_in_link` of the address that was opened.
    pub secret: String,
    #[serde(default)]
    pub session: Option<String>,
    /// The person was told that the link was asked for elsewhere, and wants to sign in here all the same.
    #[serde(default)]
    pub elsewhere: bool,
}

impl Operation for SignInWithLink {
    const NAME: &'static str = "SignInWithLink";
    const SERVICE: Service = Service::Operators;
    const DOOR: Door = Door::Public;
    type Output = Answer;

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        history::refuse_blocked(cx, &pool, &client).await?;
        let row = link::find(cx, &pool, &self.secret).await?.filter(|row| row.flow.is_empty() && row.client_id == client.id);
        let row = row.ok_or_else(link::spent)?;
        client.check_secret_hash(&row.username, self.secret_hash.as_deref())?;
        let asked_here =
            self.session.is_some_and(|session| mac::same(mac::sha256_hex(session.as_bytes()).as_bytes(), row.browser.as_bytes()));
        if !asked_here && !self.elsewhere {
            return Err(ApiError::precondition_not_met("The link was asked for elsewhere. Ask the person before signing in here."));
        }
        let (user, progress) = link::prove(cx, &pool, &client, &self.secret).await?;
        authentication::pre(cx, &pool, &client, Some(&user), &progress.username).await?;
        let step = proceed(cx, &pool, &client, user, progress, None).await?;
        complete::answer(cx, &pool, &client, step).await
    }
}
