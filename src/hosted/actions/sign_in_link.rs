//! Links by mail: the button that asks for one, and the button on the page that one opens.

use super::{Outcome, Slot, go_on, tell};
use crate::api::{Exception, Result};
use crate::auth::ops::browser_begin::{BrowserLinkSignIn, BrowserSendLink};
use crate::hosted::answer::Page;
use crate::hosted::visit::Visit;
use crate::kit::mac;
use leptos::prelude::*;

/// Sends a link, and says nothing about who there is.
pub async fn send(visit: &mut Visit, username: String) -> Result<Outcome> {
    // The flow must be there before a link that goes on with it.
    visit.flow.notice = None;
    visit.go(Page::LogIn).await?;
    let operation = BrowserSendLink {
        client_id: visit.client.id.clone(),
        username,
        address: format!("{}?sign_in_link=", visit.absolute(Page::SignInLink)),
        flow: visit.flow_id.as_deref().map(|id| mac::sha256_hex(id.as_bytes())).unwrap_or_default(),
        browser: mac::sha256_hex(visit.browser.as_bytes()),
    };
    match visit.cx.call(operation).await {
        Ok(()) => Ok(Outcome::to(visit.say(Page::LogIn, false, "notice.link_sent").await?)),
        Err(error) => tell(visit, Page::LogIn, error).await,
    }
}

#[server(prefix = "/hosted", endpoint = "sign_in_link")]
pub async fn sign_in_link() -> Result<(), ServerFnError> {
    let (slot, mut visit) = Slot::enter()?;
    let outcome = run(&mut visit).await;
    slot.leave(visit, outcome)
}

async fn run(visit: &mut Visit) -> Result<Outcome> {
    let Some(link) = visit.sign_in_link.take() else {
        return Ok(Outcome::to(visit.go(Page::LogIn).await?));
    };
    let client_id = visit.client.id.clone();
    match visit.cx.call(BrowserLinkSignIn { client_id, secret: link.secret }).await {
        Ok(signed_in) => go_on(visit, signed_in).await,
        Err(error) if error.is(Exception::ExpiredCodeException) => {
            Ok(Outcome::to(visit.say(Page::LogIn, true, "refusal.used_link").await?))
        }
        Err(error) => tell(visit, Page::LogIn, error).await,
    }
}
