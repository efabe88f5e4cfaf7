//! The sign-up form.

use super::{Outcome, Slot, confirm, is_name, tell};
use crate::api::Result;
use crate::hosted::answer::Page;
use crate::hosted::flow::SignedUp;
use crate::hosted::model;
use crate::hosted::visit::Visit;
use crate::users::attributes::Attribute;
use crate::users::ops::sign_up;
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(prefix = "/hosted", endpoint = "sign_up")]
pub async fn sign_up(#[server(flatten)] form: BTreeMap<String, String>) -> Result<(), ServerFnError> {
    let (slot, mut visit) = Slot::enter()?;
    let outcome = run(&mut visit, form).await;
    slot.leave(visit, outcome)
}

async fn run(visit: &mut Visit, mut form: BTreeMap<String, String>) -> Result<Outcome> {
    if visit.request().is_none() || !model::has_sign_up(&visit.pool) {
        return Ok(Outcome::to(visit.go(Page::LogIn).await?));
    }
    let password = form.remove("password").unwrap_or_default();
    // Only what the page asks for counts, whatever else was sent.
    let names: Vec<String> = model::sign_up_fields(&visit.words, &visit.pool).into_iter().map(|f| f.name).collect();
    visit.flow.values = names.iter().filter_map(|name| Some((name.clone(), form.get(name)?.trim().to_owned()))).collect();
    let empty = names.iter().any(|name| visit.flow.values.get(name).is_none_or(|v| v.is_empty() || v.contains('\0')));
    if empty || password.is_empty() {
        return Ok(Outcome::to(visit.say(Page::SignUp, true, "notice.fill_in_every_field").await?));
    }
    let username = username(visit);
    if !is_name(&username) {
        visit.flow.values.clear();
        return Ok(Outcome::to(visit.say(Page::SignUp, true, "notice.bad_name").await?));
    }
    let attributes = visit.flow.values.iter().filter(|(name, _)| *name != "username");
    let operation = sign_up::SignUp {
        client_id: visit.client.id.clone(),
        secret_hash: visit.client.secret_hash(&username),
        username: username.clone(),
        password: Some(password),
        user_attributes: attributes.map(|(name, value)| Attribute { name: name.clone(), value: value.clone() }).collect(),
        ..sign_up::SignUp::default()
    };
    match visit.cx.call(operation).await {
        Ok(signed_up) => {
            visit.flow.username = username;
            visit.flow.values.clear();
            visit.flow.notice = None;
            visit.flow.destination = signed_up.code_delivery_details.map(|d| d.destination);
            visit.flow.signed_up = Some(SignedUp { sub: signed_up.user_sub, at: visit.cx.now() });
            if signed_up.user_confirmed {
                return confirm::confirmed(visit, false).await;
            }
            Ok(Outcome::to(visit.go(Page::Confirm).await?))
        }
        Err(error) => tell(visit, Page::SignUp, error).await,
    }
}

/// The name to sign up under: a field of its own, or the address where addresses are names.
fn username(visit: &Visit) -> String {
    let kinds = ["username", "email", "phone_number"];
    let counts = |kind: &&str| *kind == "username" || visit.pool.is_username_attribute(kind);
    kinds.into_iter().filter(counts).find_map(|kind| visit.flow.values.get(kind).cloned()).unwrap_or_default()
}
