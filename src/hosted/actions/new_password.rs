//! The form for a password of one's own, after an administrator's.

use super::{Outcome, Slot, go_on, tell};
use crate::api::{Exception, Result};
use crate::auth::ops::browser::BrowserNewPassword;
use crate::hosted::answer::Page;
use crate::hosted::visit::Visit;
use crate::users::attributes::Attribute;
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(prefix = "/hosted", endpoint = "new_password")]
pub async fn new_password(#[server(flatten)] form: BTreeMap<String, String>) -> Result<(), ServerFnError> {
    let (slot, mut visit) = Slot::enter()?;
    let outcome = run(&mut visit, form).await;
    slot.leave(visit, outcome)
}

async fn run(visit: &mut Visit, mut form: BTreeMap<String, String>) -> Result<Outcome> {
    let (Some(session), Some(_)) = (visit.flow.challenge.clone(), visit.request()) else {
        return Ok(Outcome::to(visit.go(Page::LogIn).await?));
    };
    let password = form.remove("password").unwrap_or_default();
    let missing = &visit.flow.missing;
    visit.flow.values = missing.iter().filter_map(|name| Some((name.clone(), form.get(name)?.trim().to_owned()))).collect();
    let empty = visit.flow.missing.iter().any(|name| visit.flow.values.get(name).is_none_or(|v| v.is_empty() || v.contains('\0')));
    if password.is_empty() || empty {
        return Ok(Outcome::to(visit.say(Page::NewPassword, true, "notice.fill_in_every_field").await?));
    }
    let attributes = visit.flow.values.iter().map(|(name, value)| Attribute { name: name.clone(), value: value.clone() }).collect();
    let client_id = visit.client.id.clone();
    match visit.cx.call(BrowserNewPassword { client_id, session, password, attributes }).await {
        Ok(signed_in) => go_on(visit, signed_in).await,
        // The challenge has had its time, or the account has changed: begin anew.
        Err(error) if error.is(Exception::NotAuthorizedException) => {
            visit.flow.challenge = None;
            tell(visit, Page::LogIn, error).await
        }
        Err(error) => tell(visit, Page::NewPassword, error).await,
    }
}
