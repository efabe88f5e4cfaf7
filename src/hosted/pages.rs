//! `GET` of each page.

use super::answer::{self, Page};
use super::template::{CSRF, QUERY, Template};
use super::view;
use super::visit::{Entry, Visit};
use super::{model, sso};
use crate::boot::assets;
use crate::oauth::consent;
use crate::pools::Pool;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use std::sync::Arc;

pub async fn log_in(entry: Entry) -> Response<Body> {
    let visit = match Visit::open(entry).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    if visit.flow_id.is_some() || !visit.flow.username.is_empty() {
        return answer::page(&visit, crate::ui::render(view::log_in::view(model::log_in(&visit))));
    }
    let html = first_log_in(&visit).fill(&visit.browser, &visit.query);
    answer::page(&visit, html)
}

/// The page that most visits begin with: drawn once for all that shows on it.
fn first_log_in(visit: &Visit) -> Arc<Template> {
    let key = [
        visit.pool.id.as_str(),
        &visit.pool.modified_at.to_string(),
        &visit.base,
        visit.words.language.tag(),
        visit.look().map(|look| look.css.as_str()).unwrap_or(&visit.brand.key()),
        if visit.client.offers_own_sign_in() { "" } else { "closed" },
        &format!("{:?}", model::ways(visit)),
    ]
    .join("\n");
    visit.cx.app.caches.pages.get_with(key, || {
        let mut page = model::log_in(visit);
        page.chrome.csrf = CSRF.to_owned();
        let at = |page: Page| format!("{}/{}?{QUERY}", visit.base, page.path());
        page.forgot_url = at(Page::ForgotPassword);
        page.sign_up_url = page.sign_up_url.map(|_| at(Page::SignUp));
        Arc::new(Template::new(&crate::ui::render(view::log_in::view(page))))
    })
}

/// Declares the handler of a page that needs what the application asked for.
macro_rules! page {
    ($name:ident, $needs:expr) => {
        pub async fn $name(entry: Entry) -> Response<Body> {
            let needs: fn(&Visit) -> bool = $needs;
            match Visit::open(entry).await {
                Ok(visit) if needs(&visit) => answer::page(&visit, crate::ui::render(view::$name::view(model::$name(&visit)))),
                Ok(visit) => answer::expired(&visit),
                Err(response) => response,
            }
        }
    };
}

page!(sign_up, |visit| visit.client.offers_own_sign_in() && visit.request().is_some() && model::has_sign_up(&visit.pool));

pub async fn confirm(entry: Entry) -> Response<Body> {
    match Visit::open(entry).await {
        Ok(visit) if visit.flow.confirmed => {
            let model = view::confirmed::Confirmed { chrome: model::chrome(&visit, Page::Confirm) };
            answer::page(&visit, crate::ui::render(view::confirmed::view(model)))
        }
        Ok(visit) if !visit.flow.username.is_empty() => {
            answer::page(&visit, crate::ui::render(view::confirm::view(model::confirm(&visit))))
        }
        Ok(visit) => answer::expired(&visit),
        Err(response) => response,
    }
}

/// The accounts of this browser, for a person to choose one. Without any, there is only signing in.
pub async fn select_account(entry: Entry) -> Response<Body> {
    let mut visit = match Visit::open(entry).await {
        Ok(visit) if visit.request().is_some() => visit,
        Ok(visit) => return answer::expired(&visit),
        Err(response) => return response,
    };
    match visit.accounts().await {
        Ok(accounts) if accounts.is_empty() => answer::redirect(&visit.address(Page::LogIn)),
        Ok(accounts) => answer::page(&visit, crate::ui::render(view::select_account::view(model::select_account(&visit, &accounts)))),
        Err(error) => answer::failure(&visit, &error),
    }
}

/// What the application asks for, of the person who was signed in or chosen just before.
pub async fn consent(entry: Entry) -> Response<Body> {
    let mut visit = match Visit::open(entry).await {
        Ok(visit) if visit.request().is_some() => visit,
        Ok(visit) => return answer::expired(&visit),
        Err(response) => return response,
    };
    match consent_model(&mut visit).await {
        Ok(Some(model)) => answer::page(&visit, crate::ui::render(view::consent::view(model))),
        Ok(None) => answer::redirect(&visit.address(Page::LogIn)),
        Err(error) => answer::failure(&visit, &error),
    }
}

async fn consent_model(visit: &mut Visit) -> crate::api::Result<Option<view::consent::Consent>> {
    let Some(account) = sso::of_flow(visit).await? else { return Ok(None) };
    let asked = consent::asked(&visit.flow.request.scope, &visit.flow.request.claims);
    let scopes = super::device::describe(&mut visit.cx, &visit.pool, &visit.words, &asked).await?;
    Ok(Some(model::consent(visit, &account, scopes)))
}

page!(sign_in_link, |visit| visit.sign_in_link.is_some());
page!(forgot_password, |visit| visit.client.offers_own_sign_in() && visit.request().is_some());
page!(reset_password, |visit| !visit.flow.username.is_empty() && visit.flow_id.is_some());
page!(new_password, |visit| visit.flow.challenge.is_some());

/// Whatever the second step has come to. Who has none, or is done with it, is led to where it begins.
pub async fn second_factor(entry: Entry) -> Response<Body> {
    match Visit::open(entry).await {
        Ok(visit) if visit.request().is_none() => answer::expired(&visit),
        Ok(visit) => match model::second_factor::draw(&visit) {
            Some(html) => answer::page(&visit, html),
            None => answer::redirect(&visit.address(Page::LogIn)),
        },
        Err(response) => response,
    }
}

/// `/error`: where an application may send people whom it cannot help. What the address says is not shown: anyone could have written it.
pub async fn error(mut entry: Entry) -> Response<Body> {
    match crate::pools::load(&mut entry.cx, &entry.pool_id).await {
        Ok(pool) => {
            let reader = answer::Reader::new(&pool, entry.wish);
            answer::error_page(reader, StatusCode::BAD_REQUEST, "error.failed", "error.requested", None)
        }
        Err(error) => answer::no_pool(&error, entry.wish),
    }
}

/// The page after signing out where no application is to be returned to.
pub fn signed_out(entry: &Entry, pool: &Pool) -> Response<Body> {
    let chrome = view::Chrome {
        pool_name: pool.name.clone(),
        base_css_url: assets::stylesheet().to_owned(),
        words: entry.wish.words(Some(pool)),
        ..view::Chrome::default()
    };
    let html = crate::ui::render(view::signed_out::view(view::signed_out::SignedOut { chrome, log_in_url: None }));
    let mut response = Response::new(Body::from(html));
    crate::boot::headers::page(response.headers_mut(), &crate::boot::headers::policy(""));
    crate::boot::headers::common(response.headers_mut());
    response
}
