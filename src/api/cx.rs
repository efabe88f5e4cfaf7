//! The context that carries a request's authority, time, randomness and database through every layer.

use super::door::{self, Caller};
use super::{ApiError, Operation, Result};
use crate::boot::app::App;
use crate::kit::clock::Millis;
use crate::kit::hasher::Turn;
use crate::kit::rng::Rng;
use crate::store::Tx;
use crate::tokens::access::Bearer;
use axum::http::HeaderMap;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

/// One request, wherever it came in: the wire, an OAuth endpoint or a hosted page.
pub struct Cx {
    pub app: Arc<App>,
    pub caller: Caller,
    /// The connection's other end.
    pub address: IpAddr,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// The language of the page that the person is on, if it is a page.
    pub language: Option<crate::languages::Language>,
    /// Where a sign-in comes from, as far as the application says more than the connection tells.
    pub context: Option<crate::risk::Context>,
    /// What the application sent along for functions.
    pub metadata: crate::triggers::Metadata,
    request_id: OnceLock<String>,
    pub(super) bearer: Option<Bearer>,
}

/// An open transaction. It borrows the context, so that nothing slow (a hash, a trigger, a mail server) can be reached while it is open.
pub struct CxTx<'a> {
    tx: Tx,
    _context: PhantomData<&'a mut Cx>,
}

impl Deref for CxTx<'_> {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for CxTx<'_> {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

impl CxTx<'_> {
    /// Returns once the writes are durable.
    pub async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}

impl Cx {
    pub fn new(app: Arc<App>, address: IpAddr) -> Self {
        Self {
            app,
            caller: Caller::Anonymous,
            address,
            user_agent: None,
            language: None,
            context: None,
            metadata: crate::triggers::Metadata::default(),
            request_id: OnceLock::new(),
            bearer: None,
        }
    }

    /// The context of an HTTP request.
    pub fn of_request(app: Arc<App>, address: IpAddr, headers: &HeaderMap) -> Self {
        Self { user_agent: super::wire::user_agent(headers), ..Self::new(app, address) }
    }

    /// A context for work that no request asked for.
    pub fn internal(app: Arc<App>) -> Self {
        Self::new(app, IpAddr::V4(Ipv4Addr::LOCALHOST))
    }

    /// Runs an operation: its door, then its body. There is no second path to an operation.
    pub async fn call<O: Operation>(&mut self, operation: O) -> Result<O::Output> {
        tracing::debug!(operation = O::NAME, pool = operation.pool_id(), request_id = self.request_id(), "called");
        let result = match self.admit(&operation).await {
            Ok(()) => operation.run(self).await,
            Err(refusal) => Err(refusal),
        };
        record(O::NAME, self, result.as_ref().err());
        result
    }

    /// Who may not call costs nobody else their share of the rate.
    async fn admit<O: Operation>(&mut self, operation: &O) -> Result<()> {
        door::pass(operation, self).await?;
        crate::limits::admit(self, O::NAME).await
    }

    pub(super) fn set_bearer(&mut self, bearer: Bearer) {
        self.bearer = Some(bearer);
    }

    /// What the answer and the log name this request by. Made when it is first asked for: most requests never are.
    pub fn request_id(&self) -> &str {
        self.request_id.get_or_init(|| crate::kit::id::uuid(&self.app.rng))
    }

    pub fn now(&self) -> Millis {
        self.app.clock.now()
    }

    pub fn rng(&self) -> &Rng {
        &self.app.rng
    }

    /// What counts as one address: an IPv6 host has a whole /64 to itself.
    pub fn network(&self) -> IpAddr {
        network(self.address)
    }

    /// The turn that hashing for an account takes.
    pub fn turn(&self, pool_id: &str, account: &str) -> Turn {
        Turn { address: network(self.address), account: format!("{pool_id}/{account}") }
    }

    /// Committed rows, to read only.
    pub async fn read(&mut self) -> Result<CxTx<'_>> {
        Ok(CxTx { tx: self.app.db.read().await?, _context: PhantomData })
    }

    /// A transaction to write in.
    pub async fn begin(&mut self) -> Result<CxTx<'_>> {
        Ok(CxTx { tx: self.app.db.begin().await?, _context: PhantomData })
    }
}

/// What counts as one address: an IPv6 host has a whole /64 to itself.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn record(operation: &'static str, cx: &Cx, error: Option<&ApiError>) {
    let outcome = match error {
        None => "ok",
        Some(error) => error.exception().map_or("InternalErrorException", |e| e.name()),
    };
    metrics::counter!("poolhouse_operations_total", "operation" => operation, "outcome" => outcome).increment(1);
    match error {
        Some(ApiError::Internal(cause)) => {
            tracing::error!(operation, request_id = cx.request_id(), cause = format!("{cause:#}"), "operation failed")
        }
        _ => tracing::debug!(operation, request_id = cx.request_id(), outcome, "operation"),
    }
}
