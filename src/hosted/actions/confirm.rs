//! The form for a sign-up code, and the one that asks for another.

use super::{Outcome, Slot, go_on, tell};
use crate::api::{Exception, Result};
use crate::auth::custom;
use crate::auth::ops::browser::BrowserContinue;
use crate::hosted::answer::Page;
use crate::hosted::visit::Visit;
use crate::users::ops::confirm_sign_up::ConfirmSignUp;
use crate::users::ops::resend_confirmation_code::ResendConfirmationCode;
use leptos::prelude::*;

#[server(prefix = "/hosted", endpoint = "confirm")]
pub async fn confirm(#[server(default)] code: String, #[server(default)] action: String) -> Result<(), ServerFnError> {
    let (slot, mut visit) = Slot::enter()?;
    let outcome = if action == "resend" { resend(&mut visit).await } else { run(&mut visit, code).await };
    slot.leave(visit, outcome)
}

async fn run(visit: &mut Visit, code: String) -> Result<Outcome> {
    let username = visit.flow.username.clone();
    if username.is_empty() {
        return Ok(Outcome::to(visit.go(Page::LogIn).await?));
    }
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if code.is_empty() || !code.bytes().all(|c| c.is_ascii_digit()) {
        return Ok(Outcome::to(visit.say(Page::Confirm, true, "notice.six_digits").await?));
    }
    let operation = ConfirmSignUp {
        client_id: visit.client.id.clone(),
        secret_hash: visit.client.secret_hash(&username),
        username,
        confirmation_code: code,
        ..ConfirmSignUp::default()
    };
    match visit.cx.call(operation).await {
        Ok(_) => confirmed(visit, true).await,
        Err(error) if error.is(Exception::NotAuthorizedException) && visit.request().is_some() => {
            let text = crate::hosted::wording::of(&visit.words, &error);
            Ok(Outcome::to(visit.tell(Page::LogIn, false, text).await?))
        }
        Err(error) => tell(visit, Page::Confirm, error).await,
    }
}

/// Whoever made the account in this browser, with its password, is signed in now; anybody else may sign in.
pub(super) async fn confirmed(visit: &mut Visit, by_code: bool) -> Result<Outcome> {
    if visit.request().is_none() {
        visit.flow.confirmed = true;
        return Ok(Outcome::to(visit.go(Page::Confirm).await?));
    }
    // Where the pool's functions are the only way in, a password that was chosen just now is none.
    let by_functions = custom::is_the_only_way(&visit.pool, &visit.client);
    if let Some(made) = visit.flow.signed_up.take().filter(|_| !by_functions) {
        let (client_id, username) = (visit.client.id.clone(), visit.flow.username.clone());
        return match visit.cx.call(BrowserContinue { client_id, username, sub: made.sub, signed_up_at: made.at, by_code }).await {
            Ok(signed_in) => go_on(visit, signed_in).await,
            Err(error) => tell(visit, Page::LogIn, error).await,
        };
    }
    Ok(Outcome::to(visit.say(Page::LogIn, false, "notice.confirmed").await?))
}

async fn resend(visit: &mut Visit) -> Result<Outcome> {
    let username = visit.flow.username.clone();
    if username.is_empty() {
        return Ok(Outcome::to(visit.go(Page::LogIn).await?));
    }
    let operation = ResendConfirmationCode {
        client_id: visit.client.id.clone(),
        secret_hash: visit.client.secret_hash(&username),
        username,
        ..ResendConfirmationCode::default()
    };
    match visit.cx.call(operation).await {
        Ok(delivered) => {
            let destination = delivered.code_delivery_details.destination;
            let text = visit.words.fill("notice.new_code", &[("destination", &destination)]);
            visit.flow.destination = Some(destination);
            Ok(Outcome::to(visit.tell(Page::Confirm, false, text).await?))
        }
        Err(error) => tell(visit, Page::Confirm, error).await,
    }
}
