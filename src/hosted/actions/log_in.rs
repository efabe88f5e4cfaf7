//! The sign-in form.

use super::{Outcome, Slot, go_on, is_name, tell};
use crate::api::{Exception, Result};
use crate::auth::ops::browser::BrowserSignIn;
use crate::hosted::answer::Page;
use crate::hosted::visit::Visit;
use leptos::prelude::*;

#[server(prefix = "/hosted", endpoint = "log_in")]
pub async fn log_in(#[server(default)] username: String, #[server(default)] password: String) -> Result<(), ServerFnError> {
    let (slot, mut visit) = Slot::enter()?;
    let outcome = run(&mut visit, username.trim().to_owned(), password).await;
    slot.leave(visit, outcome)
}

async fn run(visit: &mut Visit, username: String, password: String) -> Result<Outcome> {
    if password.is_empty() || !is_name(&username) {
        return Ok(Outcome::to(visit.say(Page::LogIn, true, "notice.name_and_password").await?));
    }
    if visit.flow.username != username {
        visit.flow.signed_up = None;
    }
    visit.flow.username.clone_from(&username);
    visit.flow.second_step = None;
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
