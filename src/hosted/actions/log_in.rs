//! The sign-in form.

use super::{Outcome, Slot, go_on, is_name, sign_in_link, tell};
use crate::api::{Exception, Result};
use crate::auth::ops::browser::BrowserSignIn;
use crate::auth::ops::browser_begin::BrowserCustom;
use crate::hosted::answer::Page;
use crate::hosted::visit::Visit;
use leptos::prelude::*;

#[server(prefix = "/hosted", endpoint = "log_in")]
pub async fn log_in(
    #[server(default)] username: String,
    #[server(default)] password: String,
    #[server(default)] action: String,
) -> Result<(), ServerFnError> {
    let (slot, mut visit) = Slot::enter()?;
    let username = username.trim().to_owned();
    let outcome = match action.as_str() {
        "link" | "custom" => without_password(&mut visit, username, &action).await,
        _ => run(&mut visit, username, password).await,
    };
    slot.leave(visit, outcome)
}

/// Whose sign-in this is from now on.
fn named(visit: &mut Visit, username: &str) {
    if visit.flow.username != username {
        visit.flow.signed_up = None;
    }
    username.clone_into(&mut visit.flow.username);
    visit.flow.second_step = None;
}

/// A link by mail, or what the pool's functions ask.
async fn without_password(visit: &mut Visit, username: String, action: &str) -> Result<Outcome> {
    if !is_name(&username) {
        return Ok(Outcome::to(visit.say(Page::LogIn, true, "notice.enter_name").await?));
    }
    if visit.request().is_none() {
        return Ok(Outcome::to(visit.go(Page::LogIn).await?));
    }
    named(visit, &username);
    if action == "link" {
        return sign_in_link::send(visit, username).await;
    }
    let client_id = visit.client.id.clone();
    match visit.cx.call(BrowserCustom { client_id, username }).await {
        Ok(signed_in) => go_on(visit, signed_in).await,
        Err(error) => tell(visit, Page::LogIn, error).await,
    }
}

async fn run(visit: &mut Visit, username: String, password: String) -> Result<Outcome> {
    if password.is_empty() || !is_name(&username) {
        return Ok(Outcome::to(visit.say(Page::LogIn, true, "notice.name_and_password").await?));
    }
    named(visit, &username);
    let client_id = visit.client.id.clone();
    match visit.cx.call(BrowserSignIn { client_id, username, password }).await {
        Ok(signed_in) => go_on(visit, signed_in).await,
        Err(error) if error.is(Exception::UserNotConfirmedException) => {
            Ok(Outcome::to(visit.say(Page::Confirm, true, "notice.not_confirmed").await?))
        }
        Err(error) if error.is(Exception::PasswordResetRequiredException) => {
            Ok(Outcome::to(visit.say(Page::ForgotPassword, true, "notice.must_reset").await?))
        }
        Err(error) => tell(visit, Page::LogIn, error).await,
    }
}
