//! The forms of the second step: a code, the choice of how to get one, and the set-up of an authenticator app or an e-mail address.

use super::{Outcome, Slot, go_on};
use crate::api::{ApiError, Exception, Result};
use crate::auth::answer::Answer;
use crate::auth::challenge::{CUSTOM_CHALLENGE, EMAIL_OTP, MFA_SETUP, SELECT_MFA_TYPE, SMS_MFA};
use crate::auth::ops::browser::{BrowserAnotherCode, BrowserAnswer, SignedIn};
use crate::hosted::answer::Page;
use crate::hosted::flow;
use crate::hosted::second_step::SecondStep;
use crate::hosted::visit::Visit;
use crate::hosted::wording;
use crate::mfa::ops::associate_software_token::AssociateSoftwareToken;
use crate::mfa::ops::verify_software_token::VerifySoftwareToken;
use crate::users::mfa::Factor;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// What the forms of all steps post.
struct Form {
    step: String,
    code: String,
    factor: String,
    email: String,
    answer: String,
    action: String,
}

#[server(prefix = "/hosted", endpoint = "second_factor")]
pub async fn second_factor(
    #[server(default)] step: String,
    #[server(default)] code: String,
    #[server(default)] factor: String,
    #[server(default)] email: String,
    #[server(default)] answer: String,
    #[server(default)] action: String,
) -> Result<(), ServerFnError> {
    let (slot, mut visit) = Slot::enter()?;
    let outcome = run(&mut visit, Form { step, code, factor, email, answer, action }).await;
    slot.leave(visit, outcome)
}

/// Shows the page of a challenge.
pub async fn ask(visit: &mut Visit, answer: Answer) -> Result<Outcome> {
    let Some(mut step) = SecondStep::of(answer) else {
        return Ok(Outcome::to(visit.say(Page::LogIn, true, "notice.unknown_second_step").await?));
    };
    if step.challenge == MFA_SETUP
        && let [only] = step.factors[..]
        && let Err(error) = begin_set_up(visit, &mut step, only).await
    {
        return refuse(visit, error).await;
    }
    visit.flow.challenge = None;
    show(visit, step).await
}

async fn show(visit: &mut Visit, step: SecondStep) -> Result<Outcome> {
    visit.flow.notice = None;
    visit.flow.second_step = Some(step);
    Ok(Outcome::to(visit.go(Page::SecondFactor).await?))
}

async fn run(visit: &mut Visit, form: Form) -> Result<Outcome> {
    let (Some(step), Some(_)) = (visit.flow.second_step.clone(), visit.request()) else {
        return Ok(Outcome::to(visit.go(Page::LogIn).await?));
    };
    if form.step != step.tag() {
        return again(visit, "notice.page_changed").await;
    }
    let outcome = match (step.challenge.as_str(), step.chosen) {
        (CUSTOM_CHALLENGE, _) => answer_custom(visit, step, &form.answer).await,
        (SELECT_MFA_TYPE, _) => choose(visit, step, &form.factor).await,
        (MFA_SETUP, None) => choose_set_up(visit, step, &form.factor).await,
        (MFA_SETUP, Some(_)) if form.action == "other" => show(visit, SecondStep { chosen: None, ..step }).await,
        (MFA_SETUP, Some(Factor::Email)) => set_up_email(visit, step, form.email.trim()).await,
        (MFA_SETUP, Some(_)) => set_up_app(visit, step, &form.code).await,
        (EMAIL_OTP | SMS_MFA, _) if form.action == "resend" => resend(visit, step).await,
        _ => prove(visit, step, &form.code).await,
    };
    match outcome {
        Err(error) if error.exception().is_some() => refuse(visit, error).await,
        outcome => outcome,
    }
}

/// Tells what is wrong: here where the person can put it right here, and where they sign in otherwise.
async fn refuse(visit: &mut Visit, error: ApiError) -> Result<Outcome> {
    let Some(exception) = error.exception() else { return Err(error) };
    let text = wording::of_second_step(&visit.words, &error);
    match exception {
        Exception::CodeMismatchException
        | Exception::EnableSoftwareTokenMFAException
        | Exception::ExpiredCodeException
        | Exception::CodeDeliveryFailureException
        | Exception::InvalidParameterException
        | Exception::LimitExceededException
        | Exception::TooManyRequestsException
            if visit.flow.second_step.is_some() =>
        {
            Ok(Outcome::to(visit.tell(Page::SecondFactor, true, text).await?))
        }
        Exception::NotAuthorizedException if is_custom(visit) && error.message() == "Incorrect username or password." => {
            visit.flow.second_step = None;
            Ok(Outcome::to(visit.say(Page::LogIn, true, "notice.wrong_answer").await?))
        }
        _ if moved_on(visit).await? => Ok(Outcome::to(visit.address(Page::SecondFactor))),
        _ => {
            visit.flow.second_step = None;
            Ok(Outcome::to(visit.tell(Page::LogIn, true, text).await?))
        }
    }
}

fn is_custom(visit: &Visit) -> bool {
    visit.flow.second_step.as_ref().is_some_and(|step| step.form.is_some())
}

/// What was asked by the pool's functions, and is verified by them.
async fn answer_custom(visit: &mut Visit, step: SecondStep, given: &str) -> Result<Outcome> {
    let Some(given) = step.form.as_ref().and_then(|form| form.answer(given)) else {
        return again(visit, "notice.answer").await;
    };
    let signed_in = answer(visit, step, &[("ANSWER", &given)]).await?;
    go_on(visit, signed_in).await
}

/// Whether a second press of the button, or another tab, has led the flow on meanwhile; it is then taken up from there.
async fn moved_on(visit: &mut Visit) -> Result<bool> {
    let Some(id) = visit.flow_id.clone() else { return Ok(false) };
    let stored = flow::find(&mut visit.cx, &visit.pool.id, &id, &visit.browser).await?;
    let moved = stored.filter(|flow| flow.second_step.is_some() && flow.second_step != visit.flow.second_step);
    let has_moved = moved.is_some();
    visit.flow = moved.unwrap_or_else(|| visit.flow.clone());
    Ok(has_moved)
}

async fn again(visit: &mut Visit, key: &'static str) -> Result<Outcome> {
    Ok(Outcome::to(visit.say(Page::SecondFactor, true, key).await?))
}

async fn answer(visit: &mut Visit, step: SecondStep, answers: &[(&str, &str)]) -> Result<SignedIn> {
    let answers: BTreeMap<String, String> = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let client_id = visit.client.id.clone();
    visit.cx.call(BrowserAnswer { client_id, challenge: step.challenge, session: step.session, answers }).await
}

/// The digits of a code, however they were typed.
fn digits(code: &str) -> Option<String> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    (code.len() == 6 && code.bytes().all(|c| c.is_ascii_digit())).then_some(code)
}

async fn prove(visit: &mut Visit, step: SecondStep, code: &str) -> Result<Outcome> {
    let Some(code) = digits(code) else { return again(visit, "notice.six_digits").await };
    let name = format!("{}_CODE", step.challenge);
    let signed_in = answer(visit, step, &[(&name, &code)]).await?;
    go_on(visit, signed_in).await
}

async fn resend(visit: &mut Visit, step: SecondStep) -> Result<Outcome> {
    let client_id = visit.client.id.clone();
    let sent = visit.cx.call(BrowserAnotherCode { client_id, challenge: step.challenge, session: step.session }).await?;
    if let Some(step) = SecondStep::of(sent) {
        let text = match &step.destination {
            Some(destination) => visit.words.fill("notice.new_code", &[("destination", destination)]),
            None => visit.words.get("notice.new_code_sent").into_owned(),
        };
        visit.flow.second_step = Some(step);
        return Ok(Outcome::to(visit.tell(Page::SecondFactor, false, text).await?));
    }
    Ok(Outcome::to(visit.go(Page::SecondFactor).await?))
}

async fn choose(visit: &mut Visit, step: SecondStep, factor: &str) -> Result<Outcome> {
    if !step.factors.iter().any(|f| f.as_str() == factor) {
        return again(visit, "notice.choose_one").await;
    }
    let signed_in = answer(visit, step, &[("ANSWER", factor)]).await?;
    go_on(visit, signed_in).await
}

async fn choose_set_up(visit: &mut Visit, mut step: SecondStep, factor: &str) -> Result<Outcome> {
    let Some(factor) = step.factors.iter().copied().find(|f| f.as_str() == factor) else {
        return again(visit, "notice.choose_one").await;
    };
    begin_set_up(visit, &mut step, factor).await?;
    show(visit, step).await
}

/// An authenticator app gets its key, which this flow keeps.
async fn begin_set_up(visit: &mut Visit, step: &mut SecondStep, factor: Factor) -> Result<()> {
    step.chosen = Some(factor);
    if factor == Factor::SoftwareToken && step.seed.is_none() {
        let associate = AssociateSoftwareToken { access_token: None, session: Some(step.session.clone()) };
        let associated = visit.cx.call(associate).await?;
        step.keep_seed(&visit.cx, &associated.secret_code);
        step.session = associated.session.unwrap_or_default();
    }
    Ok(())
}

async fn set_up_app(visit: &mut Visit, step: SecondStep, code: &str) -> Result<Outcome> {
    let Some(user_code) = digits(code) else { return again(visit, "notice.six_digits_of_app").await };
    let verify = VerifySoftwareToken { access_token: None, session: Some(step.session.clone()), user_code, friendly_device_name: None };
    let verified = visit.cx.call(verify).await?;
    let step = SecondStep { session: verified.session.unwrap_or_default(), ..step };
    let signed_in = answer(visit, step, &[]).await?;
    go_on(visit, signed_in).await
}

async fn set_up_email(visit: &mut Visit, step: SecondStep, email: &str) -> Result<Outcome> {
    visit.flow.values = BTreeMap::from([("email".to_owned(), email.to_owned())]);
    if !crate::kit::text::is_email(email) {
        return again(visit, "refusal.bad_email").await;
    }
    let signed_in = answer(visit, step, &[("EMAIL", email)]).await?;
    visit.flow.values.clear();
    go_on(visit, signed_in).await
}
