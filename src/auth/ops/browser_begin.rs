//! Signing in through the hosted pages without a password: by a link, or as the pool's functions define. No wire carries these.

use super::browser::{SignedIn, refuse_closed, signed_in};
use crate::api::{Cx, Door, Operation, Result};
use crate::auth::complete::proceed;
use crate::auth::progress::Progress;
use crate::auth::{custom, history, link};
use crate::triggers::authentication;

/// A custom sign-in, from the name alone.
pub struct BrowserCustom {
    pub client_id: String,
    pub username: String,
}

impl Operation for BrowserCustom {
    const NAME: &'static str = "BrowserCustom";
    const DOOR: Door = Door::Public;
    type Output = SignedIn;

    async fn run(self, cx: &mut Cx) -> Result<SignedIn> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        refuse_closed(&client)?;
        custom::refuse_unless_offered(&pool, &client)?;
        history::refuse_blocked(cx, &pool, &client).await?;
        let progress = Progress { username: self.username, ..Progress::default() };
        let (user, progress) = custom::start(cx, &pool, &client, progress).await?;
        let step = custom::next(cx, &pool, &client, user, progress).await?;
        signed_in(cx, &pool, &client, step, Vec::new()).await
    }
}

/// A link by mail.
pub struct BrowserSendLink {
    pub client_id: String,
    pub username: String,
    /// Where the link leads, up to its secret.
    pub address: String,
    /// Hashes of the flow and the browser.
    pub flow: String,
    pub browser: String,
}

impl Operation for BrowserSendLink {
    const NAME: &'static str = "BrowserSendLink";
    const DOOR: Door = Door::Public;
    type Output = ();

    async fn run(self, cx: &mut Cx) -> Result<()> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        refuse_closed(&client)?;
        history::refuse_blocked(cx, &pool, &client).await?;
        let asked = link::Asked { username: &self.username, address: &self.address, flow: &self.flow, browser: &self.browser };
        link::send(cx, &pool, &client, &asked).await
    }
}

/// The button on the page of such a link.
pub struct BrowserLinkSignIn {
    pub client_id: String,
    pub secret: String,
}

impl Operation for BrowserLinkSignIn {
    const NAME: &'static str = "BrowserLinkSignIn";
    const DOOR: Door = Door::Public;
    type Output = SignedIn;

    async fn run(self, cx: &mut Cx) -> Result<SignedIn> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        refuse_closed(&client)?;
        history::refuse_blocked(cx, &pool, &client).await?;
        let (user, progress) = link::prove(cx, &pool, &client, &self.secret).await?;
        authentication::pre(cx, &pool, &client, Some(&user), &progress.username).await?;
        let step = proceed(cx, &pool, &client, user, progress, None).await?;
        signed_in(cx, &pool, &client, step, Vec::new()).await
    }
}
