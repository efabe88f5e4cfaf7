//! The choice between the accounts of a browser.

use super::{Outcome, Slot, proceed};
use crate::api::Result;
use crate::hosted::answer::Page;
use crate::hosted::visit::Visit;
use crate::hosted::{session, sso};
use crate::tokens::sessions;
use leptos::prelude::*;

#[server(prefix = "/hosted", endpoint = "select_account")]
pub async fn select_account(#[server(default)] account: String) -> Result<(), ServerFnError> {
    let (slot, mut visit) = Slot::enter()?;
    let outcome = run(&mut visit, &account).await;
    slot.leave(visit, outcome)
}

async fn run(visit: &mut Visit, account: &str) -> Result<Outcome> {
    let mut accounts = visit.accounts().await?;
    let Some(at) = accounts.iter().position(|s| s.session_id == account) else {
        // Another one, or one that has ended meanwhile.
        visit.flow.adds_account = true;
        visit.flow.username.clear();
        return Ok(Outcome::to(visit.go(Page::LogIn).await?));
    };
    let chosen = accounts.remove(at);
    accounts.insert(0, chosen.clone());
    let silent_for = sessions::silent_for(&mut visit.cx, &visit.pool, &visit.client).await?;
    let request = &visit.flow.request;
    if request.prompts.login || !sso::fresh_enough(&chosen, silent_for, request.max_age, visit.cx.now()) {
        visit.flow.adds_account = true;
        visit.flow.username.clone_from(&chosen.person.username);
        return Ok(Outcome::to(visit.go(Page::LogIn).await?).with_accounts(session::cookie(&accounts)));
    }
    proceed(visit, &chosen, session::cookie(&accounts)).await
}
