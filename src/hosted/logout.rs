//! `/logout`: ends the browser's sessions, then leads to a registered address, to a new sign-in, or says that it is done.
//!
//! Two protocols meet here. Cognito's (`client_id` with `logout_uri`, or with `redirect_uri` and `response_type`) signs out at once. OpenID Connect's
//! (RP-Initiated Logout) does so for an `id_token_hint` of who is signed in; without one, any page could have sent the person here, so that they
//! are asked.

use super::answer::{self, Reader, redirect};
use super::cookies::{self, Own};
use super::session::{self, BrowserSession};
use super::visit::Entry;
use super::{guard, pages, view};
use crate::api::Result;
use crate::boot::{assets, headers};
use crate::clients::Client;
use crate::kit::clock::SECOND;
use crate::kit::id;
use crate::oauth::authorize::hint::{self, Hint};
use crate::oauth::authorize::{Parameters, known_client};
use crate::pools::Pool;
use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode, header};
use std::sync::Arc;

/// A request to sign out.
struct Leaving {
    entry: Entry,
    pool: Arc<Pool>,
    parameters: Parameters,
    own: Own,
    accounts: Vec<BrowserSession>,
    hint: Option<Hint>,
    client: Option<Arc<Client>>,
}

pub async fn serve(entry: Entry) -> Response<Body> {
    match Leaving::open(entry).await {
        Ok(mut leaving) => {
            let decided = leaving.decide().await;
            decided.unwrap_or_else(|error| answer::failure(leaving.reader(), &error))
        }
        Err(response) => *response,
    }
}

/// The page's own form, which answers the question; or an application's request as a form. That comes from another site, so that the browser
/// sends no cookies: it is sent round once.
pub async fn posted(entry: Entry, body: Bytes) -> Response<Body> {
    let field = |name: &str| form_urlencoded::parse(&body).find(|(n, _)| n == name).map(|(_, value)| value.into_owned());
    if field("_csrf").is_none() {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(form_urlencoded::parse(&body)).finish();
        return redirect(&format!("{}/logout?{query}", entry.base));
    }
    let mut leaving = match Leaving::open(entry).await {
        Ok(leaving) => leaving,
        Err(response) => return *response,
    };
    if !guard::is_own(&leaving.entry.cx.app.config, &leaving.entry.headers, &leaving.own.browser, &body) {
        return guard::refusal(leaving.reader());
    }
    if field("decision").as_deref() != Some("out") {
        return leaving.page(true);
    }
    let everyone = std::mem::take(&mut leaving.accounts);
    let ended = leaving.end(everyone).await;
    ended.unwrap_or_else(|error| answer::failure(leaving.reader(), &error))
}

impl Leaving {
    async fn open(mut entry: Entry) -> std::result::Result<Self, Box<Response<Body>>> {
        let pool = crate::pools::load(&mut entry.cx, &entry.pool_id).await.map_err(|error| answer::no_pool(&error, entry.wish))?;
        let wish = entry.wish;
        let failure = |error| Box::new(answer::failure(Reader::new(&pool, wish), &error));
        let parameters = Parameters::parse(&entry.query);
        let own = Own::of(entry.cx.app.config.is_https(), &pool.id, &entry.base);
        let cookie = cookies::get(&entry.headers, &own.session);
        let accounts = session::accounts(&mut entry.cx, &pool.id, cookie).await.map_err(failure)?;
        let hint = match parameters.get("id_token_hint") {
            Some(token) => hint::read(&mut entry.cx, &pool.id, token).await.map_err(failure)?,
            None => None,
        };
        // RP-Initiated Logout, 2: a client id must be the one that the token was issued to.
        let named = parameters.get("client_id");
        let hint = hint.filter(|hint| named.is_none_or(|id| id == hint.client_id));
        let client = match named.or(hint.as_ref().map(|h| h.client_id.as_str())) {
            // Cognito's form is a client's.
            None if parameters.get("logout_uri").is_none() => None,
            id => Some(
                known_client(&mut entry.cx, &pool.id, id).await.map_err(|refusal| answer::refusal(Reader::new(&pool, wish), refusal))?,
            ),
        };
        Ok(Self { entry, pool, parameters, own, accounts, hint, client })
    }

    async fn decide(&mut self) -> Result<Response<Body>> {
        let everyone = std::mem::take(&mut self.accounts);
        if self.client.is_some() && (self.parameters.get("logout_uri").is_some() || self.parameters.get("redirect_uri").is_some()) {
            return self.end(everyone).await;
        }
        let Some(hint) = &self.hint else {
            // With nobody signed in there is nothing to ask.
            if everyone.is_empty() || self.is_misdirected() {
                self.accounts = everyone;
                return self.end(Vec::new()).await;
            }
            self.accounts = everyone;
            return Ok(self.page(false));
        };
        let sub = hint.sub.clone();
        let (go, stay): (Vec<_>, Vec<_>) = everyone.into_iter().partition(|s| s.sub == sub);
        let is_other = go.is_empty() && !stay.is_empty();
        self.accounts = stay;
        if is_other { Ok(self.page(false)) } else { self.end(go).await }
    }

    /// The address to lead to, if it is one of the client's.
    fn destination(&self) -> Option<&str> {
        let wanted = self.wanted()?;
        self.client.as_ref().filter(|client| client.logout_urls.iter().any(|url| url == wanted)).map(|_| wanted)
    }

    fn wanted(&self) -> Option<&str> {
        self.parameters.get("logout_uri").or_else(|| self.parameters.get("post_logout_redirect_uri"))
    }

    /// Whether a client asks for an address that is not one of its own.
    fn is_misdirected(&self) -> bool {
        self.client.is_some() && self.wanted().is_some() && self.destination().is_none()
    }

    /// Ends these sessions and leads on.
    async fn end(&mut self, sessions: Vec<BrowserSession>) -> Result<Response<Body>> {
        session::end(&mut self.entry.cx, &sessions).await?;
        let mut response = match (self.destination(), self.parameters.get("redirect_uri").filter(|_| self.client.is_some())) {
            (Some(uri), _) => redirect(&with_state(uri, self.parameters.get("state"))),
            (None, _) if self.is_misdirected() => self.nowhere(),
            (None, Some(_)) => redirect(&format!("{}/login?{}", self.entry.base, self.entry.query)),
            (None, None) => pages::signed_out(&self.entry, &self.pool),
        };
        let (value, expires_at) = session::cookie(&self.accounts);
        let age = (expires_at - self.entry.cx.now()).max(0) / SECOND;
        if let Some(cookie) = cookies::set(self.own.scope(), &self.own.session, &value, Some(age)) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        headers::common(response.headers_mut());
        Ok(response)
    }

    fn reader(&self) -> Reader<'_> {
        Reader::new(&self.pool, self.entry.wish)
    }

    fn nowhere(&self) -> Response<Body> {
        let client = self.client.as_ref().map_or("", |client| client.id.as_str());
        let detail = format!("{:.256} is not a sign-out URL of client {client}", self.wanted().unwrap_or_default());
        answer::error_page(self.reader(), StatusCode::BAD_REQUEST, "error.not_sent_back", "error.not_sent_back_message", Some(detail))
    }

    /// Asks, or says that nothing was done.
    fn page(&self, stays: bool) -> Response<Body> {
        let known = cookies::get(&self.entry.headers, &self.own.browser).map(str::to_owned);
        let csrf = known.clone().unwrap_or_else(|| id::token(self.entry.cx.rng()));
        let chrome = view::Chrome {
            pool_name: self.pool.name.clone(),
            base_css_url: assets::stylesheet().to_owned(),
            csrf: csrf.clone(),
            words: self.entry.wish.words(Some(&self.pool)),
            ..view::Chrome::default()
        };
        let people = self.accounts.iter().map(|s| s.person.name().to_owned()).collect();
        let html = crate::ui::render(view::sign_out::view(view::sign_out::SignOut { chrome, people, stays }));
        let mut response = Response::new(Body::from(html));
        let source = self.destination().and_then(|uri| url::Url::parse(uri).ok()).map(|url| match url.scheme() {
            "http" | "https" => format!(" {}", url.origin().ascii_serialization()),
            scheme => format!(" {scheme}:"),
        });
        headers::page(response.headers_mut(), &headers::policy(&source.unwrap_or_default()));
        headers::common(response.headers_mut());
        if known.is_none()
            && let Some(cookie) = cookies::set(self.own.scope(), &self.own.browser, &csrf, None)
        {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// RP-Initiated Logout, 2: the state comes back.
fn with_state(uri: &str, state: Option<&str>) -> String {
    let Some(state) = state else { return uri.to_owned() };
    let separator = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{separator}{}", form_urlencoded::Serializer::new(String::new()).append_pair("state", state).finish())
}
