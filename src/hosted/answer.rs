//! Answers to requests for hosted pages.

use super::cookies;
use super::view::{Chrome, error, form_post};
use super::visit::Visit;
use crate::api::ApiError;
use crate::boot::{assets, headers};
use crate::oauth::authorize::{Refusal, Reply};
use crate::pools::Pool;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

/// The pages, by the names that Cognito gave them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    LogIn,
    SignUp,
    Confirm,
    ForgotPassword,
    ResetPassword,
    NewPassword,
    SecondFactor,
    SelectAccount,
    Consent,
}

impl Page {
    pub fn path(self) -> &'static str {
        match self {
            Self::LogIn => "login",
            Self::SignUp => "signup",
            Self::Confirm => "confirmUser",
            Self::ForgotPassword => "forgotPassword",
            Self::ResetPassword => "confirmForgotPassword",
            Self::NewPassword => "changePassword",
            Self::SecondFactor => "mfa",
            Self::SelectAccount => "selectAccount",
            Self::Consent => "consent",
        }
    }
}

/// A page of a visit. Its policy names the application's origin: what follows a form may lead there.
pub fn page(visit: &Visit, html: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(html.into());
    let source = visit.request().and_then(|r| r.redirect_source()).map(|s| format!(" {s}")).unwrap_or_default();
    headers::page(response.headers_mut(), &headers::policy(&source));
    headers::common(response.headers_mut());
    set_browser(visit, &mut response);
    response
}

/// Gives a browser that has none its cookie.
pub fn set_browser(visit: &Visit, response: &mut Response<Body>) {
    if visit.is_new_browser
        && let own = visit.cookies()
        && let Some(cookie) = cookies::set(own.scope(), &own.browser, &visit.browser, None)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// Leads on. 302 as Cognito answers; after a form, browsers go on with GET.
pub fn redirect(location: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    match HeaderValue::try_from(location) {
        Ok(value) => {
            response.headers_mut().insert(header::LOCATION, value);
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        Err(_) => *response.status_mut() = StatusCode::BAD_REQUEST,
    }
    headers::common(response.headers_mut());
    response
}

/// Takes an answer to the application.
pub fn reply(pool_name: &str, reply: Reply) -> Response<Body> {
    let (address, fields) = match reply {
        Reply::Redirect(location) => return redirect(&location),
        Reply::Post { address, fields } => (address, fields),
    };
    let origin = url::Url::parse(&address).map(|url| match url.scheme() {
        "http" | "https" => url.origin().ascii_serialization(),
        scheme => format!("{scheme}:"),
    });
    let policy = headers::policy_with_script(&format!(" {}", origin.unwrap_or_default()));
    let chrome = Chrome { pool_name: pool_name.to_owned(), base_css_url: assets::stylesheet().to_owned(), ..Chrome::default() };
    let model = form_post::FormPost { chrome, address, fields, script_url: assets::versioned("assets/form-post.js") };
    let mut response = Response::new(Body::from(crate::ui::render(form_post::view(model))));
    headers::page(response.headers_mut(), &policy);
    headers::common(response.headers_mut());
    response
}

/// An error page.
pub fn error_page(pool_name: &str, status: StatusCode, title: &str, message: &str, detail: Option<String>) -> Response<Body> {
    let chrome = Chrome { pool_name: pool_name.to_owned(), base_css_url: assets::stylesheet().to_owned(), ..Chrome::default() };
    let model = error::ErrorPage { chrome, title: title.into(), message: message.into(), status: status.as_u16(), detail };
    let mut response = Response::new(Body::from(crate::ui::render(error::view(model))));
    *response.status_mut() = status;
    headers::page(response.headers_mut(), &headers::policy(""));
    headers::common(response.headers_mut());
    response
}

/// A request that did not pass the checks of `/oauth2/authorize`.
pub fn refusal(pool: &Pool, refusal: Refusal) -> Response<Body> {
    match refusal {
        Refusal::Reply(answer) => reply(&pool.name, answer),
        Refusal::Page { title, message, detail } => error_page(&pool.name, StatusCode::BAD_REQUEST, title, message, Some(detail)),
        Refusal::Internal(error) => failure(&pool.name, &error),
    }
}

/// Something that is not the visitor's doing.
pub fn failure(pool_name: &str, error: &ApiError) -> Response<Body> {
    if let ApiError::Internal(cause) = error {
        tracing::error!(cause = format!("{cause:#}"), "a hosted page failed");
    }
    let message = "This did not work, and it is not your fault. Try again in a moment.";
    error_page(pool_name, StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong", message, None)
}

pub fn no_pool(error: &ApiError) -> Response<Body> {
    if error.exception().is_none() {
        return failure("Poolhouse", error);
    }
    let message = "There is nothing at this address. Check it, or go back to the application that you came from.";
    error_page("Poolhouse", StatusCode::NOT_FOUND, "Page not found", message, None)
}

/// A flow that has expired, or began in another browser.
pub fn expired(pool_name: &str) -> Response<Body> {
    let message = "You took a while, or opened this page in another browser. Go back to the application and sign in again.";
    error_page(pool_name, StatusCode::BAD_REQUEST, "This page has expired", message, None)
}
