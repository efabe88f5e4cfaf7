//! `GET /{pool}/preview`: every page with made-up data, dressed in a style that is not published.
//!
//! Whoever holds the token, which an operator asked for, sees them for an hour. They are nobody's sign-in: they say so, nothing on them can be
//! used (`inert`), their policy lets no form go anywhere, and they set and read no cookie but the one of the language.

use super::answer;
use super::view::{self, Chrome, Field, Notice, attribute};
use super::visit::Entry;
use crate::api::Result;
use crate::boot::{assets, headers};
use crate::branding::managed::{look, preview};
use crate::languages::Words;
use crate::oauth::authorize::Parameters;
use crate::pools::Pool;
use crate::ui::{Look, Preview, render};
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// The pages, by the names that their addresses have.
const PAGES: [&str; 12] = [
    "login",
    "signup",
    "confirmUser",
    "forgotPassword",
    "confirmForgotPassword",
    "changePassword",
    "mfa",
    "mfa-choice",
    "mfa-app",
    "mfa-email",
    "logout",
    "error",
];

pub async fn serve(mut entry: Entry) -> Response<Body> {
    let pool = match crate::pools::load(&mut entry.cx, &entry.pool_id).await {
        Ok(pool) => pool,
        Err(error) => return answer::no_pool(&error, entry.wish),
    };
    let parameters = Parameters::parse(&entry.query);
    let token = parameters.get("token").unwrap_or_default().to_owned();
    let page = parameters.get("page").filter(|page| PAGES.contains(page)).unwrap_or("login").to_owned();
    match found(&mut entry, &token).await {
        Ok(Some(look)) => shown(draw(&page, chrome(&entry, &pool, look, &token), &pool)),
        Ok(None) => answer::error_page(
            answer::Reader::new(&pool, entry.wish),
            StatusCode::NOT_FOUND,
            "error.not_found",
            "error.not_found_message",
            None,
        ),
        Err(error) => answer::failure(answer::Reader::new(&pool, entry.wish), &error),
    }
}

/// `GET /{pool}/preview/style.css`
pub async fn style(mut entry: Entry) -> Response<Body> {
    let parameters = Parameters::parse(&entry.query);
    let token = parameters.get("token").unwrap_or_default().to_owned();
    let css = match preview::find(&mut entry.cx, &entry.pool_id, &token).await {
        Ok(Some((style, names))) => {
            let folder = format!("../brand/{}/asset", style.client_id);
            Some(look::css_below(&style, names, &folder))
        }
        _ => None,
    };
    let mut response = crate::branding::http::answer(css.map(|css| (css.into_bytes(), "text/css; charset=utf-8".to_owned())));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn found(entry: &mut Entry, token: &str) -> Result<Option<Look>> {
    let Some((style, names)) = preview::find(&mut entry.cx, &entry.pool_id, token).await? else { return Ok(None) };
    let css = format!("preview/style.css?token={token}");
    Ok(Some(Look { css, ..look::of(&style, names) }.below(&entry.base)))
}

fn shown(html: String) -> Response<Body> {
    let mut response = Response::new(Body::from(html));
    headers::page(response.headers_mut(), POLICY);
    headers::common(response.headers_mut());
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

fn chrome(entry: &Entry, pool: &Pool, look: Look, token: &str) -> Chrome {
    let words = entry.wish.words(Some(pool));
    let link = |page: &&str| ((*page).to_owned(), format!("{}/preview?token={token}&page={page}", entry.base));
    Chrome {
        pool_name: pool.name.clone(),
        look: Some(look),
        preview: Some(Preview { text: words.get("preview.banner"), links: PAGES.iter().map(link).collect() }),
        base_css_url: assets::stylesheet().to_owned(),
        words,
        ..Chrome::default()
    }
}

/// A page, with data of nobody's.
fn draw(page: &str, chrome: Chrome, pool: &Pool) -> String {
    let words = chrome.words.clone();
    let (nowhere, destination) = (|| "#".to_owned(), || "j***@e***".to_owned());
    let password_rules = super::model::password_rules(&words, pool);
    let noticed = |key: &str| Chrome { notice: Some(Notice::Error(words.get(key).into_owned())), ..chrome.clone() };
    match page {
        "signup" => render(view::sign_up::view(view::sign_up::SignUp {
            fields: fields(&words, pool),
            password_rules,
            log_in_url: nowhere(),
            terms: Some(view::sign_up::Terms { terms_of_use: nowhere(), privacy_policy: nowhere() }),
            chrome,
        })),
        "confirmUser" => render(view::confirm::view(view::confirm::Confirm {
            username: "jane".into(),
            destination: Some(destination()),
            code: String::new(),
            log_in_url: Some(nowhere()),
            chrome,
        })),
        "forgotPassword" => render(view::forgot_password::view(view::forgot_password::ForgotPassword {
            username_label: super::model::username_label(&words, pool),
            username: String::new(),
            log_in_url: nowhere(),
            chrome,
        })),
        "confirmForgotPassword" => render(view::reset_password::view(view::reset_password::ResetPassword {
            destination: Some(destination()),
            password_rules,
            log_in_url: nowhere(),
            chrome: noticed("refusal.wrong_code"),
        })),
        "changePassword" => {
            render(view::new_password::view(view::new_password::NewPassword { fields: Vec::new(), password_rules, chrome }))
        }
        "logout" => render(view::signed_out::view(view::signed_out::SignedOut { log_in_url: Some(nowhere()), chrome })),
        "error" => render(view::error::view(view::error::ErrorPage {
            title: words.get("error.expired"),
            message: words.get("error.expired_message"),
            status: 400,
            detail: None,
            chrome,
        })),
        "login" => render(view::log_in::view(view::log_in::LogIn {
            username_label: super::model::username_label(&words, pool),
            forgot_url: nowhere(),
            sign_up_url: Some(nowhere()),
            chrome,
            ..view::log_in::LogIn::default()
        })),
        second => draw_second(second, chrome, &words),
    }
}

/// A page of the second step.
fn draw_second(page: &str, chrome: Chrome, words: &Words) -> String {
    let (step, log_in_url) = (String::new(), "#".to_owned());
    match page {
        "mfa-choice" => {
            let factors = [crate::users::mfa::Factor::SoftwareToken, crate::users::mfa::Factor::Sms, crate::users::mfa::Factor::Email];
            let options = factors.into_iter().filter_map(|factor| super::model::second_factor::option(words, factor, false)).collect();
            render(view::mfa_choice::view(view::mfa_choice::MfaChoice { chrome, step, sets_up: false, options, log_in_url }))
        }
        "mfa-app" => {
            // The example key of the format's description.
            let uri = "otpauth://totp/Example:jane?secret=JBSWY3DPEHPK3PXP&issuer=Example".to_owned();
            let (qr, key) = (view::qr::Qr::of(&uri), "JBSW Y3DP EHPK 3PXP".to_owned());
            render(view::mfa_app::view(view::mfa_app::MfaApp { chrome, step, qr, uri, key, has_others: true, log_in_url }))
        }
        "mfa-email" => {
            render(view::mfa_email::view(view::mfa_email::MfaEmail { chrome, step, email: String::new(), has_others: true, log_in_url }))
        }
        _ => {
            let destination = "+*******0100".to_owned();
            render(view::mfa_code::view(view::mfa_code::MfaCode { chrome, step, app: None, destination, log_in_url }))
        }
    }
}

fn fields(words: &Words, pool: &Pool) -> Vec<Field> {
    let mut fields = super::model::sign_up_fields(words, pool);
    if !fields.iter().any(|field| field.name == "email") {
        fields.push(attribute::field(words, "email", true));
    }
    fields.push(view::new_password_field(words.get("page.password")));
    fields
}
