//! Answers to requests for hosted pages.

use super::cookies;
use super::language::Wish;
use super::view::{Chrome, error, form_post};
use super::visit::Visit;
use crate::api::ApiError;
use crate::boot::{assets, headers};
use crate::languages::Words;
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
    SignInLink,
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
            Self::SignInLink => "signInLink",
        }
    }
}

/// A page of a visit. Its policy names the application's origin: what follows a form may lead there.
pub fn page(visit: &Visit, html: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(html.into());
    let source = visit.request().and_then(|r| r.redirect_source()).map(|s| format!(" {s}")).unwrap_or_default();
    let image = visit.flow.second_step.as_ref().and_then(|step| step.form.as_ref()?.image_origin());
    let policy = headers::policy(&source);
    let policy = image.map(|origin| policy.replace("img-src 'self'", &format!("img-src 'self' {origin}"))).unwrap_or(policy);
    headers::page(response.headers_mut(), &policy);
    headers::common(response.headers_mut());
    set_browser(visit, &mut response);
    let own = visit.cookies();
    if let Some(cookie) = visit.wish.cookie(own.scope()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
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
pub fn reply<'a>(reader: impl Into<Reader<'a>>, reply: Reply) -> Response<Body> {
    let (address, fields) = match reply {
        Reply::Redirect(location) => return redirect(&location),
        Reply::Post { address, fields } => (address, fields),
    };
    let origin = url::Url::parse(&address).map(|url| match url.scheme() {
        "http" | "https" => url.origin().ascii_serialization(),
        scheme => format!("{scheme}:"),
    });
    let policy = headers::policy_with_script(&format!(" {}", origin.unwrap_or_default()));
    let Reader { pool_name, words } = reader.into();
    let chrome = Chrome { pool_name: pool_name.to_owned(), base_css_url: assets::stylesheet().to_owned(), words, ..Chrome::default() };
    let model = form_post::FormPost { chrome, address, fields, script_url: assets::versioned("assets/form-post.js") };
    let mut response = Response::new(Body::from(crate::ui::render(form_post::view(model))));
    headers::page(response.headers_mut(), &policy);
    headers::common(response.headers_mut());
    response
}

/// Who reads an error page: at which pool, in which language. A name alone means English.
pub struct Reader<'a> {
    pool_name: &'a str,
    words: Words,
}

impl<'a> Reader<'a> {
    pub fn new(pool: &'a Pool, wish: Wish) -> Self {
        Self { pool_name: &pool.name, words: wish.words(Some(pool)) }
    }

    /// Where no pool is known.
    pub fn anywhere(wish: Wish) -> Self {
        Self { pool_name: "Poolhouse", words: wish.words(None) }
    }
}

impl<'a> From<&'a Visit> for Reader<'a> {
    fn from(visit: &'a Visit) -> Self {
        Self { pool_name: &visit.pool.name, words: visit.words.clone() }
    }
}

impl<'a> From<&'a str> for Reader<'a> {
    fn from(pool_name: &'a str) -> Self {
        Self { pool_name, words: Words::default() }
    }
}

impl<'a> From<&'a String> for Reader<'a> {
    fn from(pool_name: &'a String) -> Self {
        Self::from(pool_name.as_str())
    }
}

/// An error page. Title and message are keys of texts, such as `error.expired`.
pub fn error_page<'a>(
    reader: impl Into<Reader<'a>>,
    status: StatusCode,
    title: &str,
    message: &str,
    detail: Option<String>,
) -> Response<Body> {
    let Reader { pool_name, words } = reader.into();
    let (title, message) = (words.get(title), words.get(message));
    let chrome = Chrome { pool_name: pool_name.to_owned(), base_css_url: assets::stylesheet().to_owned(), words, ..Chrome::default() };
    let model = error::ErrorPage { chrome, title, message, status: status.as_u16(), detail };
    let mut response = Response::new(Body::from(crate::ui::render(error::view(model))));
    *response.status_mut() = status;
    headers::page(response.headers_mut(), &headers::policy(""));
    headers::common(response.headers_mut());
    response
}

/// A request that did not pass the checks of `/oauth2/authorize`.
pub fn refusal<'a>(reader: impl Into<Reader<'a>>, refusal: Refusal) -> Response<Body> {
    match refusal {
        Refusal::Reply(answer) => reply(reader, answer),
        Refusal::Page { title, message, detail } => error_page(reader, StatusCode::BAD_REQUEST, title, message, Some(detail)),
        Refusal::Internal(error) => failure(reader, &error),
    }
}

/// Something that is not the visitor's doing.
pub fn failure<'a>(reader: impl Into<Reader<'a>>, error: &ApiError) -> Response<Body> {
    if let ApiError::Internal(cause) = error {
        tracing::error!(cause = format!("{cause:#}"), "a hosted page failed");
    }
    error_page(reader, StatusCode::INTERNAL_SERVER_ERROR, "error.failed", "error.failed_message", None)
}

pub fn no_pool(error: &ApiError, wish: Wish) -> Response<Body> {
    if error.exception().is_none() {
        return failure(Reader::anywhere(wish), error);
    }
    not_found(wish)
}

/// Nothing is at this address.
pub fn not_found(wish: Wish) -> Response<Body> {
    error_page(Reader::anywhere(wish), StatusCode::NOT_FOUND, "error.not_found", "error.not_found_message", None)
}

/// A flow that has expired, or began in another browser.
pub fn expired<'a>(reader: impl Into<Reader<'a>>) -> Response<Body> {
    error_page(reader, StatusCode::BAD_REQUEST, "error.expired", "error.expired_message", None)
}
