//! A request to a hosted page: whose pool, which client, which browser, and where the person stands.

use super::answer::{self, Page, Reader};
use super::cookies::{self, Own};
use super::device;
use super::flow::{self, FlowState, PageNotice};
use super::language::Wish;
use super::session::{self, BrowserSession};
use crate::api::{Cx, Result};
use crate::auth::link;
use crate::boot::app::App;
use crate::boot::hosts::ByHost;
use crate::branding::{self, Brand};
use crate::clients::Client;
use crate::kit::{id, mac};
use crate::languages::Words;
use crate::oauth::authorize::{self, AuthorizeRequest, Parameters, Refusal, Reply};
use crate::oauth::device::user_code;
use crate::pools::Pool;
use crate::ui::Look;
use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// What a request to a pool's pages says about itself.
pub struct Entry {
    pub cx: Cx,
    pub pool_id: String,
    /// `/{pool}` by path, nothing by host name.
    pub base: String,
    /// The host name by which the pool was found.
    pub host: Option<String>,
    /// Whether that host name shows the classic pages.
    pub is_classic: bool,
    pub query: String,
    pub headers: HeaderMap,
    pub wish: Wish,
}

impl FromRequestParts<Arc<App>> for Entry {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> std::result::Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |c| c.0.ip());
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
        let pool_id = path.ok().and_then(|mut path| path.0.remove("pool")).unwrap_or_default();
        let by_host = parts.extensions.get::<ByHost>();
        let (host, is_classic) = (by_host.map(|by| by.name.clone()), by_host.is_some_and(|by| by.is_classic));
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let wish = Wish::of(&query, &parts.headers);
        let mut cx = Cx::of_request(app.clone(), peer, &parts.headers);
        cx.language = wish.language;
        Ok(Self {
            cx,
            base: if host.is_some() { String::new() } else { format!("/{pool_id}") },
            host,
            is_classic,
            pool_id,
            query,
            headers: parts.headers.clone(),
            wish,
        })
    }
}

/// A visit that may go on.
pub struct Visit {
    pub cx: Cx,
    pub pool: Arc<Pool>,
    pub client: Arc<Client>,
    pub brand: Arc<Brand>,
    pub base: String,
    host: Option<String>,
    /// Whether the pages are those of the classic kind.
    is_classic: bool,
    /// The query that leads to the other pages of this visit.
    pub query: String,
    pub headers: HeaderMap,
    pub wish: Wish,
    /// The words of the pages.
    pub words: Words,
    /// The value of the browser cookie.
    pub browser: String,
    pub is_new_browser: bool,
    pub flow_id: Option<String>,
    pub flow: FlowState,
    /// The user and code of a confirmation link.
    pub link: Option<(String, String)>,
    /// The link by mail that the visit began with.
    pub sign_in_link: Option<SignInLink>,
}

/// A link that signs in, as it was opened.
pub struct SignInLink {
    pub secret: String,
    /// Whether it was asked for in another browser.
    pub elsewhere: bool,
}

impl Visit {
    /// Opens a visit, or says in a page why not.
    pub async fn open(entry: Entry) -> std::result::Result<Self, Response<Body>> {
        let Entry { mut cx, pool_id, base, host, is_classic, query, headers, wish } = entry;
        let pool = match crate::pools::load(&mut cx, &pool_id).await {
            Ok(pool) => pool,
            Err(error) => return Err(answer::no_pool(&error, wish)),
        };
        let own = Own::of(cx.app.config.is_https(), &pool.id, &base);
        let cookie = cookies::get(&headers, &own.browser).filter(|v| is_token(v)).map(str::to_owned);
        let is_new_browser = cookie.is_none();
        let browser = cookie.unwrap_or_else(|| id::token(cx.rng()));
        let parameters = Parameters::parse(&query);
        let (query, begun) = match resume(&mut cx, &pool, &parameters, &browser, wish).await? {
            Some(resumed) => resumed,
            None => {
                let begun = begin(&mut cx, &pool, &base, parameters, &browser).await;
                (query, begun.map_err(|r| answer::refusal(Reader::new(&pool, wish), r))?)
            }
        };
        let from = From { base, host, is_classic, headers, wish, browser, is_new_browser };
        let mut visit = Self::assemble(cx, pool, from, query, begun);
        let brand = branding::load(&mut visit.cx, &visit.pool.id, &visit.client.id).await;
        visit.brand = brand.map_err(|e| answer::failure(&visit, &e))?;
        Ok(visit)
    }

    fn assemble(cx: Cx, pool: Arc<Pool>, from: From, query: String, begun: Begun) -> Self {
        let From { base, host, is_classic, headers, wish, browser, is_new_browser } = from;
        let words = wish.words(Some(&pool));
        Self {
            cx,
            pool,
            client: begun.client,
            brand: Arc::default(),
            base,
            host,
            is_classic,
            query,
            headers,
            wish,
            words,
            browser,
            is_new_browser,
            flow_id: begun.flow_id,
            flow: begun.flow,
            link: begun.link,
            sign_in_link: begun.sign_in_link,
        }
    }

    /// The address of a page from anywhere, without its query: below the issuer, or at the host name by which this visit came.
    pub fn absolute(&self, page: Page) -> String {
        // Never from the request's own headers: anybody can write those.
        match &self.host {
            Some(host) => format!("{}/{}", self.cx.app.config.origin_of(host), page.path()),
            None => format!("{}/{}", self.cx.app.config.issuer(&self.pool.id), page.path()),
        }
    }

    /// The address of another page of this visit.
    pub fn address(&self, page: Page) -> String {
        format!("{}/{}?{}", self.base, page.path(), self.query)
    }

    /// How the client's pages are dressed in managed login, unless the domain shows the classic pages.
    pub fn look(&self) -> Option<&Look> {
        self.brand.look.as_ref().filter(|_| !self.is_classic)
    }

    /// What the application asked for; a confirmation link comes without it.
    pub fn request(&self) -> Option<&AuthorizeRequest> {
        Some(&self.flow.request).filter(|r| !r.redirect_uri.is_empty())
    }

    /// The cookies of these pages.
    pub fn cookies(&self) -> Own {
        Own::of(self.cx.app.config.is_https(), &self.pool.id, &self.base)
    }

    /// Who is signed in to this browser, the one of now first.
    pub async fn accounts(&mut self) -> Result<Vec<BrowserSession>> {
        let name = self.cookies().session;
        session::accounts(&mut self.cx, &self.pool.id, cookies::get(&self.headers, &name)).await
    }

    /// The notice for a page.
    pub fn notice(&self, page: Page) -> Option<&PageNotice> {
        self.flow.notice.as_ref().filter(|n| n.page == page.path())
    }

    /// Stores the flow with what is to be told on a page, and returns that page's address.
    pub async fn tell(&mut self, page: Page, is_error: bool, text: impl Into<String>) -> Result<String> {
        self.flow.notice = Some(PageNotice { page: page.path().to_owned(), is_error, text: text.into() });
        self.go(page).await
    }

    /// The same with the text of a key.
    pub async fn say(&mut self, page: Page, is_error: bool, key: &str) -> Result<String> {
        let text = self.words.get(key);
        self.tell(page, is_error, text).await
    }

    /// Stores the flow and returns a page's address.
    pub async fn go(&mut self, page: Page) -> Result<String> {
        let id = flow::save(&mut self.cx, &self.pool.id, self.flow_id.take(), &self.browser, self.flow.clone()).await?;
        self.query = format!("flow={id}");
        self.flow_id = Some(id);
        Ok(self.address(page))
    }
}

/// A value as [`id::token`] makes them: it goes into pages as it is.
pub fn is_token(value: &str) -> bool {
    value.len() == 43 && value.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
}

/// Where a visit comes from.
struct From {
    base: String,
    host: Option<String>,
    is_classic: bool,
    headers: HeaderMap,
    wish: Wish,
    browser: String,
    is_new_browser: bool,
}

struct Begun {
    client: Arc<Client>,
    flow: FlowState,
    flow_id: Option<String>,
    link: Option<(String, String)>,
    sign_in_link: Option<SignInLink>,
}

/// The flow that the address names.
async fn resume(
    cx: &mut Cx,
    pool: &Pool,
    parameters: &Parameters,
    browser: &str,
    wish: Wish,
) -> std::result::Result<Option<(String, Begun)>, Response<Body>> {
    let Some(id) = parameters.get("flow") else { return Ok(None) };
    let reader = || Reader::new(pool, wish);
    let found = flow::find(cx, &pool.id, id, browser).await.map_err(|e| answer::failure(reader(), &e))?;
    let Some(flow) = found else { return Err(answer::expired(reader())) };
    let client = authorize::known_client(cx, &pool.id, Some(&flow.request.client_id)).await.map_err(|r| answer::refusal(reader(), r))?;
    let query = format!("flow={id}");
    Ok(Some((query, Begun { client, flow, flow_id: Some(id.to_owned()), link: None, sign_in_link: None })))
}

/// A visit that lets somebody sign in for a device: it leads back to the device's page.
async fn begin_for_device(cx: &mut Cx, pool: &Pool, base: &str, typed: &str) -> std::result::Result<Begun, Refusal> {
    let code = user_code::read(typed).ok_or_else(|| Refusal::Reply(Reply::Redirect(format!("{base}/device"))))?;
    let redirect_uri = format!("{base}/device?user_code={code}");
    match device::look_up(cx, pool, &code).await.map_err(Refusal::Internal)? {
        device::Lookup::Pending(pending) => {
            let request = AuthorizeRequest { client_id: pending.client.id.clone(), redirect_uri, ..AuthorizeRequest::default() };
            let flow = FlowState { request, ..FlowState::default() };
            Ok(Begun { client: pending.client, flow, flow_id: None, link: None, sign_in_link: None })
        }
        _ => Err(Refusal::Reply(Reply::Redirect(redirect_uri))),
    }
}

/// A visit that an application, or a confirmation link, began.
async fn begin(cx: &mut Cx, pool: &Pool, base: &str, parameters: Parameters, browser: &str) -> std::result::Result<Begun, Refusal> {
    if let Some(typed) = parameters.get("user_code") {
        return begin_for_device(cx, pool, base, typed).await;
    }
    if let Some(secret) = parameters.get("sign_in_link") {
        return begin_by_link(cx, pool, secret, browser).await;
    }
    if let (Some(user), Some(code)) = (parameters.get("user_name"), parameters.get("confirmation_code")) {
        let link = (user.to_owned(), code.to_owned());
        let client = authorize::known_client(cx, &pool.id, parameters.get("client_id")).await?;
        let request = AuthorizeRequest { client_id: client.id.clone(), ..AuthorizeRequest::default() };
        let flow = FlowState { request, username: link.0.clone(), ..FlowState::default() };
        return Ok(Begun { client, flow, flow_id: None, link: Some(link), sign_in_link: None });
    }
    let (client, request) = authorize::check(cx, &pool.id, parameters).await?;
    let username = request.login_hint.clone().unwrap_or_default();
    Ok(Begun { client, flow: FlowState { request, username, ..FlowState::default() }, flow_id: None, link: None, sign_in_link: None })
}

/// A visit that a link by mail began: it goes on with what the application asked for, in this browser, whichever that is.
async fn begin_by_link(cx: &mut Cx, pool: &Pool, secret: &str, browser: &str) -> std::result::Result<Begun, Refusal> {
    let found = link::find(cx, pool, secret).await.map_err(Refusal::Internal)?;
    let asked = match &found {
        Some(row) => flow::find_request(cx, &pool.id, &row.flow).await.map_err(Refusal::Internal)?,
        None => None,
    };
    let (Some(row), Some(request)) = (found, asked) else {
        return Err(Refusal::Page { title: "error.used_link", message: "error.used_link_message", detail: String::new() });
    };
    let client = authorize::known_client(cx, &pool.id, Some(&row.client_id)).await?;
    let elsewhere = !mac::same(mac::sha256_hex(browser.as_bytes()).as_bytes(), row.browser.as_bytes());
    let flow = FlowState { request, username: row.username, ..FlowState::default() };
    let sign_in_link = Some(SignInLink { secret: secret.to_owned(), elsewhere });
    Ok(Begun { client, flow, flow_id: None, link: None, sign_in_link })
}
