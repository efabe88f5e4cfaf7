//! What the forms do: server functions, behind the pages' own addresses.
//!
//! A server function that fails without script would send the browser to its `Referer` with the error in the query, where anyone could have
//! written it. So these always succeed: what went wrong is told on the flow row, and the answer is made here.

mod confirm;
mod consent;
mod log_in;
mod new_password;
mod password_reset;
mod second_factor;
mod select_account;
mod sign_in_link;
mod sign_up;

use super::answer::{self, Page};
use super::session::{self, BrowserSession};
use super::sso::{self, Next};
use super::visit::{Entry, Visit};
use super::{cookies, guard};
use crate::api::{ApiError, Result, shape};
use crate::auth::ops::browser::SignedIn;
use crate::kit::clock::{Millis, SECOND};
use crate::oauth::authorize::Reply;
use crate::pools::attributes::MAX_VALUE;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use leptos::prelude::{ServerFnError, expect_context, provide_context};
use std::sync::{Arc, Mutex, PoisonError};

/// Where a form leads.
pub struct Outcome {
    reply: Reply,
    /// What the cookie of the signed-in sessions holds from now on, and until when.
    accounts: Option<(String, Millis)>,
}

impl Outcome {
    /// To another page, or to the same one with a notice.
    pub fn to(location: String) -> Self {
        Self { reply: Reply::Redirect(location), accounts: None }
    }

    fn with_accounts(self, accounts: (String, Millis)) -> Self {
        Self { accounts: Some(accounts), ..self }
    }
}

/// Carries the visit into a server function, and its outcome out.
#[derive(Clone, Default)]
pub struct Slot(Arc<Mutex<Carried>>);

/// The visit, and what came of it.
type Carried = (Option<Visit>, Option<Result<Outcome>>);

impl Slot {
    /// The visit of the form that is being handled.
    fn enter() -> std::result::Result<(Self, Visit), ServerFnError> {
        let slot: Self = expect_context();
        let visit = slot.0.lock().unwrap_or_else(PoisonError::into_inner).0.take();
        visit.map(|visit| (slot, visit)).ok_or_else(|| ServerFnError::new("no visit"))
    }

    fn leave(&self, visit: Visit, outcome: Result<Outcome>) -> std::result::Result<(), ServerFnError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (Some(visit), Some(outcome));
        Ok(())
    }
}

/// Declares the `POST` handler of a page: the checks that every form passes, then the server function.
macro_rules! action {
    ($name:ident, $function:path) => {
        pub async fn $name(entry: Entry, body: Bytes) -> Response<Body> {
            post(<$function as leptos::server_fn::ServerFn>::PATH, entry, body).await
        }
    };
}

action!(log_in, log_in::LogIn);
action!(sign_up, sign_up::SignUp);
action!(confirm, confirm::Confirm);
action!(forgot_password, password_reset::ForgotPassword);
action!(reset_password, password_reset::ResetPassword);
action!(new_password, new_password::NewPassword);
action!(second_factor, second_factor::SecondFactor);
action!(select_account, select_account::SelectAccount);
action!(consent, consent::Consent);
action!(sign_in_link, sign_in_link::SignInLink);

async fn post(path: &'static str, entry: Entry, body: Bytes) -> Response<Body> {
    let visit = match Visit::open(entry).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    if let Err(response) = guard::check(&visit, &body) {
        return *response;
    }
    let (pool, wish) = (visit.pool.clone(), visit.wish);
    let reader = || answer::Reader::new(&pool, wish);
    if form_urlencoded::parse(&body).any(|(_, value)| value.len() > MAX_VALUE) {
        return not_this_form(reader());
    }
    let slot = Slot(Arc::new(Mutex::new((Some(visit), None))));
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = axum::http::Uri::from_static(path);
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let context = slot.clone();
    let _ = leptos_axum::handle_server_fns_with_context(move || provide_context(context.clone()), request).await;
    let (visit, outcome) = std::mem::take(&mut *slot.0.lock().unwrap_or_else(PoisonError::into_inner));
    match (visit, outcome) {
        (Some(visit), Some(Ok(outcome))) => respond(&visit, outcome),
        (_, Some(Err(error))) => answer::failure(reader(), &error),
        // The form's fields were not the page's: nothing was done.
        _ => not_this_form(reader()),
    }
}

fn not_this_form(reader: answer::Reader<'_>) -> Response<Body> {
    answer::error_page(reader, StatusCode::BAD_REQUEST, "error.bad_form", "error.bad_form_message", None)
}

/// Whether a text can be a user's name, by the rules of the API: a name that it could not take would be out of everyone's reach.
fn is_name(text: &str) -> bool {
    let input = serde_json::json!({ "UserPoolId": "us-east-1_A", "Username": text });
    !text.is_empty() && shape::check("AdminGetUser", &input).is_ok()
}

fn respond(visit: &Visit, outcome: Outcome) -> Response<Body> {
    let mut response = answer::reply(visit, outcome.reply);
    let own = visit.cookies();
    if let Some((value, expires_at)) = &outcome.accounts
        && let Some(cookie) = cookies::set(own.scope(), &own.session, value, Some((expires_at - visit.cx.now()) / SECOND))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Goes on with what a sign-in came to: the application, or the page of the next challenge.
async fn go_on(visit: &mut Visit, signed_in: SignedIn) -> Result<Outcome> {
    match signed_in {
        SignedIn::Session(session) => finish(visit, *session).await,
        SignedIn::NewPasswordRequired { session, missing } => {
            visit.flow.challenge = Some(session);
            visit.flow.missing = missing;
            visit.flow.notice = None;
            Ok(Outcome::to(visit.go(Page::NewPassword).await?))
        }
        SignedIn::Challenge(answer) => second_factor::ask(visit, *answer).await,
    }
}

/// Signs the browser in and goes on to the application. Whoever was signed in before makes place, unless the person came to add an account.
async fn finish(visit: &mut Visit, mut session: BrowserSession) -> Result<Outcome> {
    if visit.request().is_none() {
        let location = visit.go(Page::LogIn).await?;
        return Ok(Outcome::to(location));
    }
    let adds = visit.flow.adds_account;
    let (own, others): (Vec<_>, Vec<_>) = visit.accounts().await?.into_iter().partition(|s| s.sub == session.sub);
    let (mut stay, go) = if adds { (others, Vec::new()) } else { (Vec::new(), others) };
    session::end(&mut visit.cx, &go).await?;
    if let Some(before) = own.first() {
        session::succeed(&mut visit.cx, &mut session, before).await?;
    }
    stay.insert(0, session.clone());
    stay.truncate(session::MOST_ACCOUNTS);
    proceed(visit, &session, session::cookie(&stay)).await
}

/// Goes on with a session, and has the browser keep it.
async fn proceed(visit: &mut Visit, session: &BrowserSession, accounts: (String, Millis)) -> Result<Outcome> {
    let outcome = match sso::go_on(visit, session).await? {
        Next::Page(page) => Outcome::to(visit.go(page).await?),
        Next::Reply(reply) => {
            end_flow(visit).await?;
            Outcome { reply, accounts: None }
        }
    };
    Ok(outcome.with_accounts(accounts))
}

/// Forgets a flow that has led to the application.
async fn end_flow(visit: &mut Visit) -> Result<()> {
    match visit.flow_id.take() {
        Some(id) => super::flow::end(&mut visit.cx, &visit.pool.id, &id).await,
        None => Ok(()),
    }
}

/// Tells a refusal on a page; what went wrong inside is passed on.
async fn tell(visit: &mut Visit, page: Page, error: ApiError) -> Result<Outcome> {
    if error.exception().is_none() {
        return Err(error);
    }
    let text = super::wording::of(&visit.words, &error);
    Ok(Outcome::to(visit.tell(page, true, text).await?))
}
