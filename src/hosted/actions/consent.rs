//! What a person lets an application have.

use super::{Outcome, Slot, end_flow};
use crate::api::Result;
use crate::hosted::answer::Page;
use crate::hosted::sso;
use crate::hosted::visit::Visit;
use crate::oauth::{code, consent as grants};
use leptos::prelude::*;

#[server(prefix = "/hosted", endpoint = "consent")]
pub async fn consent(#[server(default)] decision: String) -> Result<(), ServerFnError> {
    let (slot, mut visit) = Slot::enter()?;
    let outcome = run(&mut visit, decision == "allow").await;
    slot.leave(visit, outcome)
}

async fn run(visit: &mut Visit, allows: bool) -> Result<Outcome> {
    let Some(session) = sso::of_flow(visit).await? else {
        return Ok(Outcome::to(visit.say(Page::LogIn, true, "consent.signed_out").await?));
    };
    let reply = if allows {
        let asked = grants::asked(&visit.flow.request.scope, &visit.flow.request.claims);
        grants::grant(&mut visit.cx, &visit.client, &session.sub, &asked).await?;
        code::issue(&mut visit.cx, &visit.client, &visit.flow.request, &session).await?
    } else {
        grants::withdraw(&mut visit.cx, &visit.client, &session.sub).await?;
        sso::error(visit, "access_denied").await?
    };
    end_flow(visit).await?;
    Ok(Outcome { reply, accounts: None })
}
