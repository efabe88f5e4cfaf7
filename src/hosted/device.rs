//! `/device`: where a signed-in person lets a device in, or not (RFC 8628, 3.3).
//!
//! A device belongs to no application in the browser, so that this page is none of a visit's: it knows the pool, the browser and its session.
//! Wrong codes count against the address that they come from, until that has to wait.

use super::answer::{self, Reader};
use super::cookies::{self, Own};
use super::guard;
use super::session::{self, BrowserSession};
use super::sso;
use super::view::device::{self as view, DeviceCode, DeviceDecision, DeviceDone};
use super::view::{Chrome, Notice};
use super::visit::{Entry, is_token};
use crate::api::{Cx, Result};
use crate::boot::{assets, headers};
use crate::branding;
use crate::clients::{Client, resource_server};
use crate::kit::id;
use crate::languages::Words;
use crate::oauth::authorize::Parameters;
use crate::oauth::authorize::claims::ClaimsRequest;
use crate::oauth::consent;
use crate::oauth::device::store::{self, APPROVED, DENIED, Grant, PENDING};
use crate::oauth::device::user_code;
use crate::pools::Pool;
use crate::tokens::sessions;
use crate::users::attempts::{self, Action};
use axum::body::{Body, Bytes};
use axum::http::{Response, header};
use std::sync::Arc;

/// Keys of texts.
const UNKNOWN: &str = "device.unknown_code";
const EXHAUSTED: &str = "device.too_many";

/// A request to the page.
struct Request {
    entry: Entry,
    pool: Arc<Pool>,
    /// The value of the browser cookie, and whether it is new.
    browser: (String, bool),
    session: Option<BrowserSession>,
}

/// A grant that waits for a decision, and whose it is.
pub struct Pending {
    pub grant: Grant,
    pub client: Arc<Client>,
}

/// What a code stands for.
pub enum Lookup {
    Pending(Box<Pending>),
    /// This person decided.
    Decided {
        by: Option<String>,
        allowed: bool,
    },
    Unknown,
    Exhausted,
}

/// `GET /device`
pub async fn get(entry: Entry) -> Response<Body> {
    let typed = Parameters::parse(&entry.query).get("user_code").map(str::to_owned);
    serve(entry, async |request| match typed {
        None => Ok(request.code_page("", None)),
        Some(typed) => show(request, &typed).await,
    })
    .await
}

/// `POST /device`: a code that was typed, or a decision.
pub async fn post(entry: Entry, body: Bytes) -> Response<Body> {
    let field = |name: &str| form_urlencoded::parse(&body).find(|(n, _)| n == name).map(|(_, v)| v.into_owned()).unwrap_or_default();
    let (typed, action) = (field("user_code"), field("action"));
    serve(entry, async |request| {
        let config = &request.entry.cx.app.config;
        let own = Own::of(config.is_https(), &request.pool.id, &request.entry.base);
        if !guard::is_own(config, &request.entry.headers, &own.browser, &body) {
            return Ok(guard::refusal(Reader::new(&request.pool, request.entry.wish)));
        }
        match (action.as_str(), user_code::read(&typed)) {
            ("allow" | "deny", Some(code)) => decide(request, &code, action == "allow").await,
            (_, Some(code)) => Ok(answer::redirect(&format!("{}/device?user_code={code}", request.entry.base))),
            (_, None) => Ok(request.code_page(&typed, Some(UNKNOWN))),
        }
    })
    .await
}

async fn serve(mut entry: Entry, handle: impl AsyncFnOnce(&mut Request) -> Result<Response<Body>>) -> Response<Body> {
    let pool = match crate::pools::load(&mut entry.cx, &entry.pool_id).await {
        Ok(pool) => pool,
        Err(error) => return answer::no_pool(&error, entry.wish),
    };
    let own = Own::of(entry.cx.app.config.is_https(), &pool.id, &entry.base);
    let cookie = cookies::get(&entry.headers, &own.browser).filter(|v| is_token(v)).map(str::to_owned);
    let is_new = cookie.is_none();
    let browser = cookie.unwrap_or_else(|| id::token(entry.cx.rng()));
    let held = cookies::get(&entry.headers, &own.session);
    let mut request = match session::accounts(&mut entry.cx, &pool.id, held).await {
        Ok(accounts) => Request { entry, pool, browser: (browser, is_new), session: accounts.into_iter().next() },
        Err(error) => return answer::failure(Reader::new(&pool, entry.wish), &error),
    };
    match handle(&mut request).await {
        Ok(response) => request.with_cookies(response),
        Err(error) => answer::failure(Reader::new(&request.pool, request.entry.wish), &error),
    }
}

/// What a code leads to: signing in, the decision, or what was decided.
async fn show(request: &mut Request, typed: &str) -> Result<Response<Body>> {
    let Some(code) = user_code::read(typed) else { return Ok(request.code_page(typed, Some(UNKNOWN))) };
    let found = look_up(&mut request.entry.cx, &request.pool, &code).await?;
    let sub = request.session.as_ref().map(|s| s.sub.clone());
    match found {
        Lookup::Pending(pending) => match sub {
            Some(sub) if request.serves(&pending.client).await? => request.decision_page(*pending, &code, &sub).await,
            _ => Ok(answer::redirect(&format!("{}/login?user_code={code}", request.entry.base))),
        },
        Lookup::Decided { by, allowed } if sub.is_some() && by == sub => {
            let chrome = request.chrome(None);
            Ok(page(crate::ui::render(view::done(DeviceDone { chrome, allowed }))))
        }
        Lookup::Exhausted => Ok(request.code_page(&code, Some(EXHAUSTED))),
        _ => Ok(request.code_page(&code, Some(UNKNOWN))),
    }
}

async fn decide(request: &mut Request, code: &str, allowed: bool) -> Result<Response<Body>> {
    let here = format!("{}/device?user_code={code}", request.entry.base);
    let Some(session) = request.session.clone() else { return Ok(answer::redirect(&here)) };
    let pending = match look_up(&mut request.entry.cx, &request.pool, code).await? {
        Lookup::Pending(pending) => pending,
        // Decided, expired or wrong: the page tells.
        _ => return Ok(answer::redirect(&here)),
    };
    if !request.serves(&pending.client).await? {
        return Ok(answer::redirect(&here));
    }
    let decided = Grant {
        status: if allowed { APPROVED } else { DENIED }.to_owned(),
        sub: Some(session.sub.clone()),
        auth_time: Some(session.auth_time),
        amr: Some(session.amr.clone()),
        event_id: session.event_id.clone(),
        origin_session_id: Some(session.session_id.clone()).filter(|id| !id.is_empty()),
        ..pending.grant
    };
    let cx = &mut request.entry.cx;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    match session.hold(&mut tx, now).await {
        Ok(()) => {}
        // Ended at this very moment: the page asks to sign in again.
        Err(error) if error.exception().is_some() => return Ok(answer::redirect(&here)),
        Err(error) => return Err(error),
    }
    store::decide(&mut tx, &decided, now).await?;
    tx.commit().await?;
    Ok(answer::redirect(&here))
}

/// What stands behind a code, as it was shown.
pub async fn look_up(cx: &mut Cx, pool: &Pool, code: &str) -> Result<Lookup> {
    let (subject, now) = (format!("@{}", cx.network()), cx.now());
    if attempts::is_exhausted(cx, pool, &subject, Action::DeviceCode).await? {
        return Ok(Lookup::Exhausted);
    }
    let found = store::find_by_user_code(&mut *cx.read().await?, &pool.id, &user_code::hash(code)).await?;
    let Some(grant) = found.filter(|g| g.expires_at > now) else {
        return match attempts::count(cx, pool, &subject, Action::DeviceCode).await {
            Ok(()) => Ok(Lookup::Unknown),
            Err(error) if error.exception().is_some() => Ok(Lookup::Exhausted),
            Err(error) => Err(error),
        };
    };
    if grant.status != PENDING {
        return Ok(Lookup::Decided { by: grant.sub, allowed: grant.status != DENIED });
    }
    let client = crate::clients::load(cx, &grant.client_id).await?;
    Ok(Lookup::Pending(Box::new(Pending { grant, client })))
}

impl Request {
    /// Whether somebody signed in lately enough for the client.
    async fn serves(&mut self, client: &Client) -> Result<bool> {
        let silent_for = sessions::silent_for(&mut self.entry.cx, &self.pool, client).await?;
        let now = self.entry.cx.now();
        Ok(self.session.as_ref().is_some_and(|session| sso::fresh_enough(session, silent_for, None, now)))
    }

    /// `notice` is the key of a text.
    fn chrome(&self, notice: Option<&str>) -> Chrome {
        let words = self.entry.wish.words(Some(&self.pool));
        Chrome {
            pool_name: self.pool.name.clone(),
            base_css_url: assets::stylesheet().to_owned(),
            csrf: self.browser.0.clone(),
            notice: notice.map(|key| Notice::Error(words.get(key).into_owned())),
            words,
            ..Chrome::default()
        }
    }

    fn code_page(&self, typed: &str, wrong: Option<&str>) -> Response<Body> {
        let model = DeviceCode { chrome: self.chrome(wrong), user_code: typed.chars().take(32).collect() };
        page(crate::ui::render(view::code(model)))
    }

    async fn decision_page(&mut self, pending: Pending, code: &str, sub: &str) -> Result<Response<Body>> {
        let cx = &mut self.entry.cx;
        let user = crate::users::store::find_by_sub(&mut *cx.read().await?, &self.pool.id, sub).await?;
        let Some(user) = user else { return Ok(answer::expired(Reader::new(&self.pool, self.entry.wish))) };
        let words = self.entry.wish.words(Some(&self.pool));
        let scopes = describe(cx, &self.pool, &words, &consent::asked(&pending.grant.scope, &ClaimsRequest::default())).await?;
        let brand = branding::load(cx, &self.pool.id, &pending.client.id).await?;
        let at = |path: &Option<String>| path.as_ref().map(|p| format!("{}/{p}", self.entry.base));
        let chrome = Chrome { logo_url: at(&brand.logo), css_url: at(&brand.css), ..self.chrome(None) };
        let log_in_url = format!("{}/login?user_code={code}", self.entry.base);
        let model = DeviceDecision {
            chrome,
            client_name: pending.client.client_name.clone(),
            user_code: code.to_owned(),
            username: user.attributes.get("email").cloned().unwrap_or(user.username),
            scopes,
            log_in_url,
        };
        Ok(page(crate::ui::render(view::decision(model))))
    }

    fn with_cookies(&self, mut response: Response<Body>) -> Response<Body> {
        let own = Own::of(self.entry.cx.app.config.is_https(), &self.pool.id, &self.entry.base);
        let scope = own.scope();
        if let Some(cookie) = self.browser.1.then(|| cookies::set(scope, &own.browser, &self.browser.0, None)).flatten() {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        if let Some(cookie) = self.entry.wish.cookie(scope) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

fn page(html: String) -> Response<Body> {
    let mut response = Response::new(Body::from(html));
    headers::page(response.headers_mut(), &headers::policy(""));
    headers::common(response.headers_mut());
    response
}

/// What scopes let an application do, in words.
pub async fn describe(cx: &mut Cx, pool: &Pool, words: &Words, scope: &str) -> Result<Vec<String>> {
    let scopes: Vec<&str> = scope.split(' ').filter(|s| !s.is_empty()).collect();
    let servers = match scopes.iter().any(|s| resource_server::is_custom(s)) {
        true => crate::clients::store::servers_of(&mut *cx.read().await?, &pool.id, &scopes).await?,
        false => Vec::new(),
    };
    let in_words = |scope: &str| match scope {
        "openid" => words.get("device.scope_openid").into_owned(),
        "email" => words.get("device.scope_email").into_owned(),
        "phone" => words.get("device.scope_phone").into_owned(),
        "profile" => words.get("device.scope_profile").into_owned(),
        crate::api::door::USER_ADMIN_SCOPE => words.get("device.scope_account").into_owned(),
        custom => servers.iter().find_map(|server| server.description(custom)).unwrap_or(custom).to_owned(),
    };
    Ok(scopes.into_iter().map(in_words).collect())
}
