//! The form that asks for a reset code, and the one that uses it.

use super::{Outcome, Slot, is_name, tell};
use crate::api::{Exception, Result};
use crate::hosted::answer::Page;
use crate::hosted::visit::Visit;
use crate::users::ops::{confirm_forgot_password, forgot_password};
use leptos::prelude::*;

#[server(prefix = "/hosted", endpoint = "forgot_password")]
pub async fn forgot_password(#[server(default)] username: String) -> Result<(), ServerFnError> {
    let (slot, mut visit) = Slot::enter()?;
    let outcome = ask(&mut visit, username.trim().to_owned()).await;
    slot.leave(visit, outcome)
}

async fn ask(visit: &mut Visit, username: String) -> Result<Outcome> {
    if visit.request().is_none() || !is_name(&username) {
        return Ok(Outcome::to(visit.say(Page::ForgotPassword, true, "notice.name").await?));
    }
    if visit.flow.username != username {
        visit.flow.signed_up = None;
    }
    visit.flow.username.clone_from(&username);
    let operation = forgot_password::ForgotPassword {
        client_id: visit.client.id.clone(),
        secret_hash: visit.client.secret_hash(&username),
        username,
        ..forgot_password::ForgotPassword::default()
    };
    match visit.cx.call(operation).await {
        Ok(delivered) => {
            visit.flow.destination = Some(delivered.code_delivery_details.destination);
            visit.flow.notice = None;
            Ok(Outcome::to(visit.go(Page::ResetPassword).await?))
        }
        Err(error) if error.is(Exception::UserNotFoundException) => {
            Ok(Outcome::to(visit.say(Page::ForgotPassword, true, "notice.no_such_account").await?))
        }
        Err(error) => tell(visit, Page::ForgotPassword, error).await,
    }
}

#[server(prefix = "/hosted", endpoint = "reset_password")]
pub async fn reset_password(#[server(default)] code: String, #[server(default)] password: String) -> Result<(), ServerFnError> {
    let (slot, mut visit) = Slot::enter()?;
    let outcome = reset(&mut visit, code, password).await;
    slot.leave(visit, outcome)
}

async fn reset(visit: &mut Visit, code: String, password: String) -> Result<Outcome> {
    let username = visit.flow.username.clone();
    if username.is_empty() || visit.request().is_none() {
        return Ok(Outcome::to(visit.go(Page::LogIn).await?));
    }
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if code.is_empty() || !code.bytes().all(|c| c.is_ascii_digit()) || password.is_empty() {
        return Ok(Outcome::to(visit.say(Page::ResetPassword, true, "notice.code_and_password").await?));
    }
    let operation = confirm_forgot_password::ConfirmForgotPassword {
        client_id: visit.client.id.clone(),
        secret_hash: visit.client.secret_hash(&username),
        username,
        confirmation_code: code,
        password,
        ..confirm_forgot_password::ConfirmForgotPassword::default()
    };
    match visit.cx.call(operation).await {
        Ok(_) => Ok(Outcome::to(visit.say(Page::LogIn, false, "notice.password_changed").await?)),
        Err(error) => tell(visit, Page::ResetPassword, error).await,
    }
}
