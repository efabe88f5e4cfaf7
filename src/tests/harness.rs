//! A whole server in a test: its own database, a clock that stands still, a seeded stream of randomness, and hashing that costs nothing.
//!
//! Requests go through the router that serves the network, so that what is tested is what a client meets.

use crate::api::sigv4::Signer;
use crate::api::{Door, Service, dispatch};
use crate::boot::app::App;
use crate::boot::config::Settings;
use crate::boot::serve::router;
use crate::kit::clock::{Clock, Millis, SECOND};
use crate::kit::password::Cost;
use crate::kit::rng::Rng;
use crate::kit::seal::Sealer;
use crate::messaging::message::{Content, PURPOSE};
use crate::store::{Db, Engine};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Uri, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt as _;

/// 2026-01-01T00:00:00Z.
pub const START: Millis = 1_767_225_600_000;
pub const HOST: &str = "localhost:8080";
pub const TARGET: &str = "AWSCognitoIdentityProviderService.";
const ROOT: (&str, &str) = ("AKIAROOT", "root-secret-for-tests");
/// Every table that a request may write.
const TABLES: &[&str] = &[
    "pools",
    "pool_keys",
    "domains",
    "clients",
    "client_secrets",
    "resource_servers",
    "ui_customizations",
    "managed_login_styles",
    "style_previews",
    "managed_login_assets",
    "terms",
    "users",
    "user_aliases",
    "user_search",
    "user_groups",
    "group_members",
    "devices",
    "codes",
    "attempts",
    "sessions",
    "authorization_codes",
    "consents",
    "logout_notices",
    "pushed_requests",
    "browser_sessions",
    "flows",
    "spent",
    "software_tokens",
    "passkeys",
    "webauthn_challenges",
    "risk_configurations",
    "auth_events",
    "log_deliveries",
    "client_session_configurations",
    "outbox",
    "sender_events",
    "pool_migrations",
    "sign_in_links",
    "identity_providers",
    "identity_provider_identifiers",
    "linked_identities",
    "signing_certificates",
    "password_history",
    "pool_replicas",
    "provisioned_limits",
    "import_jobs",
    "identity_pools",
    "identities",
    "identity_logins",
    "identity_keys",
    "import_chunks",
    "import_failures",
    "iam_access_keys",
    "iam_attachments",
    "iam_group_members",
    "iam_inline_policies",
    "iam_policies",
    "iam_policy_versions",
    "iam_principals",
    "iam_providers",
    "functions",
    "function_versions",
    "function_aliases",
    "device_grants",
    "registrations",
    "certificates",
    "certificate_orders",
    "certificate_challenges",
    "certificate_accounts",
];

/// Runs a test body on a fresh server, once on each database.
macro_rules! site_test {
    ($name:ident, $body:expr) => {
        $crate::store::testing::db_test!($name, |db: $crate::store::Db| async move {
            let body = $body;
            body($crate::tests::harness::Site::new(db).await).await;
        });
    };
}
pub(crate) use site_test;

/// A server.
pub struct Site {
    pub app: Arc<App>,
    router: Router,
}

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().expect("a header of ASCII"))
    }

    /// Where a redirect leads.
    #[track_caller]
    pub fn location(&self) -> &str {
        assert_eq!(self.status, 302, "{}", self.body);
        self.header("location")
    }

    /// `(exception, message)` of a refused operation.
    pub fn refusal(&self) -> (String, String) {
        let body = self.json();
        (body["__type"].as_str().unwrap_or_default().to_owned(), body["message"].as_str().unwrap_or_default().to_owned())
    }

    #[track_caller]
    pub fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn expect_refusal(&self, exception: &str, message: &str) {
        assert_eq!(self.refusal(), (exception.to_owned(), message.to_owned()));
        let status = if exception == "InternalErrorException" { 500 } else { 400 };
        assert_eq!(self.status, status);
        assert_eq!(self.header("x-amzn-errortype"), format!("{exception}:"));
    }
}

/// A request before it is sent.
pub struct Sent<'a> {
    pub method: Method,
    pub path: &'a str,
    pub headers: Vec<(&'a str, String)>,
    pub body: Vec<u8>,
}

impl Site {
    pub async fn new(db: Db) -> Self {
        Self::with(db, Settings::default()).await
    }

    /// With settings of its own.
    pub async fn with(db: Db, settings: Settings) -> Self {
        Self::costing(db, settings, Cost { memory: 64, passes: 1 }).await
    }

    /// With hashes that cost this much.
    pub async fn costing(db: Db, settings: Settings, cost: Cost) -> Self {
        let settings = Settings {
            root_access_key_id: Some(ROOT.0.into()),
            root_secret_access_key: Some(ROOT.1.into()),
            hash_queue: Some(settings.hash_queue.unwrap_or(10_000)),
            ..settings
        };
        let config = settings.resolve(false).expect("settings that work");
        let rng = Rng::seeded(2026);
        let sealer = Sealer::new(&[rng.bytes()]).expect("a sealer");
        let app = App::assemble(config, db, Clock::fixed(START), rng, sealer, cost).await.expect("a server");
        Self { router: router(app.clone()), app }
    }

    pub fn advance(&self, by: Millis) {
        self.app.clock.advance(by);
    }

    pub fn now(&self) -> Millis {
        self.app.clock.now()
    }

    /// Sends a request as it is.
    pub async fn send(&self, sent: Sent<'_>) -> Answer {
        let mut request = Request::builder().method(sent.method).uri(sent.path);
        if !sent.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request = request.header(header::HOST, HOST);
        }
        for (name, value) in &sent.headers {
            request = request.header(*name, HeaderValue::from_bytes(value.as_bytes()).expect("a header value"));
        }
        let mut request = request.body(Body::from(sent.body)).expect("a request");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 7], 40_000))));
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let headers = headers.iter().map(|(n, v)| (*n, (*v).to_owned())).collect();
        self.send(Sent { method: Method::GET, path, headers, body: Vec::new() }).await
    }

    /// A form as an application posts it.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes();
        let mut headers: Vec<_> = headers.iter().map(|(n, v)| (*n, (*v).to_owned())).collect();
        headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        self.send(Sent { method: Method::POST, path, headers, body }).await
    }

    /// Calls an operation, signed with the root key where it needs a signature. A name that both services have is a user pool's; the other is
    /// called by its whole target.
    pub async fn api(&self, operation: &str, input: Value) -> Answer {
        let signed = dispatch::of_target(&target(operation)).is_some_and(|entry| entry.door == Door::Iam);
        self.call(operation, input.to_string().into_bytes(), signed.then_some(ROOT)).await
    }

    /// Calls an operation with this body, signed with this key or not at all.
    pub async fn call(&self, operation: &str, body: Vec<u8>, key: Option<(&str, &str)>) -> Answer {
        let target = target(operation);
        let service = dispatch::of_target(&target).map_or(Service::UserPools, |entry| entry.service).name();
        let mut headers = vec![("content-type", "application/x-amz-json-1.1".to_owned()), ("x-amz-target", target)];
        if let Some((access_key_id, secret_access_key)) = key {
            let signer = Signer { access_key_id, secret_access_key, session_token: None, region: "us-east-1", service };
            let mut map = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(HOST))]);
            for (name, value) in &headers {
                map.insert(header::HeaderName::try_from(*name).expect("a name"), value.parse().expect("a value"));
            }
            let now = self.now() / SECOND;
            signer.sign(&Method::POST, &Uri::from_static("/"), &mut map, &body, now).expect("a signature");
            headers.extend(["authorization", "x-amz-date"].map(|name| (name, map[name].to_str().expect("ASCII").to_owned())));
        }
        self.send(Sent { method: Method::POST, path: "/", headers, body }).await
    }

    /// The answer of an operation that succeeds.
    #[track_caller]
    pub fn ok(&self, operation: &'static str, input: Value) -> impl Future<Output = Value> {
        let at = std::panic::Location::caller();
        async move {
            let answer = self.api(operation, input.clone()).await;
            assert_eq!(answer.status, 200, "{operation} at {at}: {} to {input}", answer.body);
            answer.json()
        }
    }

    /// An operation that is refused, with this exception and message, and changes nothing but the counts of attempts.
    #[track_caller]
    pub fn refused(&self, operation: &'static str, input: Value, exception: &str, message: &str) -> impl Future<Output = ()> {
        let at = std::panic::Location::caller();
        async move {
            let before = self.rows().await;
            let answer = self.api(operation, input.clone()).await;
            let expected = (exception.to_owned(), message.to_owned());
            assert_eq!(answer.refusal(), expected, "{operation} at {at}: {input}");
            assert_eq!(answer.status, 400, "{operation} at {at}");
            assert_eq!(self.rows().await, before, "{operation} at {at} was refused and yet wrote");
        }
    }

    /// How many rows each table holds; counts of attempts are left out, since a refusal may add one.
    pub async fn rows(&self) -> BTreeMap<&'static str, i64> {
        let mut out = BTreeMap::new();
        for table in TABLES.iter().copied().filter(|t| *t != "attempts") {
            out.insert(table, self.count(table).await);
        }
        out
    }

    pub async fn count(&self, table: &str) -> i64 {
        let text = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let mut tx = self.app.db.read().await.expect("a connection");
        match tx.engine() {
            Engine::Sqlite(c) => sqlx::query_scalar::<sqlx::Sqlite, i64>(text).fetch_one(c).await,
            Engine::Postgres(c) => sqlx::query_scalar::<sqlx::Postgres, i64>(text).fetch_one(c).await,
        }
        .expect("a count")
    }

    /// The messages that were queued, the newest first.
    pub async fn outbox(&self) -> Vec<Content> {
        let mut tx = self.app.db.read().await.expect("a connection");
        let rows = crate::messaging::store::newest(&mut tx, 1_000).await.expect("messages");
        let open = |row: crate::messaging::store::Row| {
            let plain = self.app.sealer.open(PURPOSE, &row.message).expect("a message that opens");
            serde_json::from_slice(&plain).expect("a message")
        };
        rows.into_iter().map(open).collect()
    }

    /// The code in the one message that was sent to an address since the last look at it.
    #[track_caller]
    pub fn code(&self, to: &str) -> impl Future<Output = String> {
        let at = std::panic::Location::caller();
        async move {
            let sent: Vec<_> = self.outbox().await.into_iter().filter(|m| m.to == to).collect();
            let message = sent.first().unwrap_or_else(|| panic!("nothing was sent to {to} (at {at})"));
            let code = message.text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6);
            code.unwrap_or_else(|| panic!("no code in {}", message.text)).to_owned()
        }
    }

    /// Forgets every message.
    pub async fn empty_outbox(&self) {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        crate::messaging::store::empty(&mut tx).await.expect("an empty outbox");
        tx.commit().await.expect("a commit");
    }
}

/// The target of an operation's name, or of what is a target already.
fn target(operation: &str) -> String {
    let of = |service: Service| format!("{}.{operation}", service.model().target);
    let has = |service: &Service| dispatch::find(*service, operation).is_some();
    match operation.contains('.') {
        true => operation.to_owned(),
        false => of(Service::ALL.into_iter().find(has).unwrap_or(Service::UserPools)),
    }
}

/// Merges two objects, the second over the first.
pub fn merged(mut base: Value, over: Value) -> Value {
    for (name, value) in over.as_object().cloned().unwrap_or_default() {
        base[name] = value;
    }
    base
}

/// `[{Name, Value}, …]`
pub fn attributes(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect()
}

/// The value of an attribute in an answer's list.
pub fn attribute<'a>(answer: &'a Value, name: &str) -> Option<&'a str> {
    answer["UserAttributes"].as_array()?.iter().find(|a| a["Name"] == name)?["Value"].as_str()
}
