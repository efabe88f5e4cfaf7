//! A request to a hosted page: whose pool, which client, which browser, and where the person stands.

use super::answer::{self, Page};
use super::cookies::{self, Own};
use super::flow::{self, FlowState, PageNotice};
use super::session::{self, BrowserSession};
use crate::api::{Cx, Result};
use crate::boot::app::App;
use crate::boot::hosts::ByHost;
use crate::branding::{self, Brand};
use crate::clients::Client;
use crate::kit::id;
use crate::oauth::authorize::{self, AuthorizeRequest, Parameters, Refusal};
use crate::pools::Pool;
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
    pub query: String,
    pub headers: HeaderMap,
}

impl FromRequestParts<Arc<App>> for Entry {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> std::result::Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |c| c.0.ip());
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
        let pool_id = path.ok().and_then(|mut path| path.0.remove("pool")).unwrap_or_default();
        let by_host = parts.extensions.get::<ByHost>().is_some();
        Ok(Self {
            cx: Cx::of_request(app.clone(), peer, &parts.headers),
            base: if by_host { String::new() } else { format!("/{pool_id}") },
            pool_id,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers.clone(),
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
    /// The query that leads to the other pages of this visit.
    pub query: String,
    pub headers: HeaderMap,
    /// The value of the browser cookie.
    pub browser: String,
    pub is_new_browser: bool,
    pub flow_id: Option<String>,
    pub flow: FlowState,
    /// The user and code of a confirmation link.
    pub link: Option<(String, String)>,
}

impl Visit {
    /// Opens a visit, or says in a page why not.
    pub async fn open(entry: Entry) -> std::result::Result<Self, Response<Body>> {
        let Entry { mut cx, pool_id, base, query, headers } = entry;
        let pool = match crate::pools::load(&mut cx, &pool_id).await {
            Ok(pool) => pool,
            Err(error) => return Err(answer::no_pool(&error)),
        };
        let own = Own::of(cx.app.config.is_https(), &pool.id, &base);
        let cookie = cookies::get(&headers, &own.browser).filter(|v| is_token(v)).map(str::to_owned);
        let is_new_browser = cookie.is_none();
        let browser = cookie.unwrap_or_else(|| id::token(cx.rng()));
        let parameters = Parameters::parse(&query);
        let mut visit = match resume(&mut cx, &pool, &parameters, &browser).await {
            Ok(Some(resumed)) => Self::assemble(cx, pool, base, headers, (browser, is_new_browser), resumed),
            Ok(None) => match begin(&mut cx, &pool, parameters).await {
                Ok(begun) => Self::assemble(cx, pool, base, headers, (browser, is_new_browser), (query, begun)),
                Err(refusal) => return Err(answer::refusal(&pool, refusal)),
            },
            Err(response) => return Err(response),
        };
        visit.brand =
            branding::load(&mut visit.cx, &visit.pool.id, &visit.client.id).await.map_err(|e| answer::failure(&visit.pool.name, &e))?;
        Ok(visit)
    }

    fn assemble(cx: Cx, pool: Arc<Pool>, base: String, headers: HeaderMap, browser: (String, bool), state: (String, Begun)) -> Self {
        let (query, begun) = state;
        Self {
            cx,
            pool,
            client: begun.client,
            brand: Arc::default(),
            base,
            query,
            headers,
            browser: browser.0,
            is_new_browser: browser.1,
            flow_id: begun.flow_id,
            flow: begun.flow,
            link: begun.link,
        }
    }

    /// The address of another page of this visit.
    pub fn address(&self, page: Page) -> String {
        format!("{}/{}?{}", self.base, page.path(), self.query)
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

    /// Stores the flow and returns a page's address.
    pub async fn go(&mut self, page: Page) -> Result<String> {
        let id = flow::save(&mut self.cx, &self.pool.id, self.flow_id.take(), &self.browser, self.flow.clone()).await?;
        self.query = format!("flow={id}");
        self.flow_id = Some(id);
        Ok(self.address(page))
    }
}

/// A value as [`id::token`] makes them: it goes into pages as it is.
fn is_token(value: &str) -> bool {
    value.len() == 43 && value.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
}

struct Begun {
    client: Arc<Client>,
    flow: FlowState,
    flow_id: Option<String>,
    link: Option<(String, String)>,
}

/// The flow that the address names.
async fn resume(
    cx: &mut Cx,
    pool: &Pool,
    parameters: &Parameters,
    browser: &str,
) -> std::result::Result<Option<(String, Begun)>, Response<Body>> {
    let Some(id) = parameters.get("flow") else { return Ok(None) };
    let found = flow::find(cx, &pool.id, id, browser).await.map_err(|e| answer::failure(&pool.name, &e))?;
    let Some(flow) = found else { return Err(answer::expired(&pool.name)) };
    let client = authorize::known_client(cx, &pool.id, Some(&flow.request.client_id)).await.map_err(|r| answer::refusal(pool, r))?;
    let query = format!("flow={id}");
    Ok(Some((query, Begun { client, flow, flow_id: Some(id.to_owned()), link: None })))
}

/// A visit that an application, or a confirmation link, began.
async fn begin(cx: &mut Cx, pool: &Pool, parameters: Parameters) -> std::result::Result<Begun, Refusal> {
    if let (Some(user), Some(code)) = (parameters.get("user_name"), parameters.get("confirmation_code")) {
        let link = (user.to_owned(), code.to_owned());
        let client = authorize::known_client(cx, &pool.id, parameters.get("client_id")).await?;
        let request = AuthorizeRequest { client_id: client.id.clone(), ..AuthorizeRequest::default() };
        let flow = FlowState { request, username: link.0.clone(), ..FlowState::default() };
        return Ok(Begun { client, flow, flow_id: None, link: Some(link) });
    }
    let (client, request) = authorize::check(cx, &pool.id, parameters).await?;
    let username = request.login_hint.clone().unwrap_or_default();
    Ok(Begun { client, flow: FlowState { request, username, ..FlowState::default() }, flow_id: None, link: None })
}
