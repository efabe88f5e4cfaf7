//! Finding a function, calling it where it runs, and keeping what came of it.

use super::error::{LambdaError, Result};
use super::function::{PURPOSE, Secrets, Target, Version};
use super::invocation::{self, Invocation};
use super::name::{LATEST, Named, arn};
use super::sandbox::protocol::{Invoke, Line, Load, Outcome};
use super::sandbox::{Called, Ended, Fetcher, Pool};
use super::targets::{self, Reply, Sent};
use super::{code, folder, store};
use crate::api::Cx;
use crate::boot::app::App;
use crate::kit::clock::{Millis, iso8601};
use anyhow::Context as _;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a function that was found is not looked for again.
const FRESH: Duration = Duration::from_secs(2);
/// Functions whose calls wait to be written: of each the newest, since no more are kept. Those of more functions are dropped.
const MAX_WAITING: usize = 1_000;
const MAX_ANSWER: usize = 6 * 1024 * 1024;

/// The part of the room that every request can reach.
pub struct Functions {
    pub pool: Pool,
    /// By name and qualifier.
    found: moka::sync::Cache<(String, String), Arc<Version>>,
    waiting: Mutex<HashMap<String, VecDeque<Invocation>>>,
    /// Orders calls of one moment.
    count: AtomicI64,
}

/// How a call ended, for whoever called.
#[derive(Debug)]
pub struct Ran {
    pub request_id: String,
    pub version: String,
    pub reply: Reply,
    /// As Lambda would write it.
    pub log: String,
    pub timed_out: bool,
}

impl Functions {
    pub fn new(workers: usize) -> Self {
        let found = moka::sync::Cache::builder().max_capacity(10_000).time_to_live(FRESH).build();
        Self { pool: Pool::new(workers), found, waiting: Mutex::default(), count: AtomicI64::new(0) }
    }

    /// Forgets what was found of a function that changed.
    pub fn forget(&self) {
        self.found.invalidate_all();
    }

    fn queue(&self, name: &str, invocation: Invocation) {
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_WAITING && !all.contains_key(name) {
            return;
        }
        let waiting = all.entry(name.to_owned()).or_default();
        if waiting.len() as i64 >= invocation::KEEP {
            waiting.pop_front();
        }
        waiting.push_back(invocation);
    }

    fn take(&self) -> HashMap<String, VecDeque<Invocation>> {
        std::mem::take(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The version that a name means. Of a folder for development first, since that is what its owner works on.
pub async fn find(cx: &mut Cx, named: &Named) -> Result<Arc<Version>> {
    let app = cx.app.clone();
    let missing = || {
        let arn = arn(&app.config.region, &app.config.account_id, &named.name, named.qualifier.as_deref());
        LambdaError::no_function(&arn)
    };
    if let Some(folder) = &app.config.functions.folder
        && let Some(found) = folder::find(folder, &named.name)
    {
        return Ok(Arc::new(found));
    }
    let qualifier = named.qualifier.clone().unwrap_or_else(|| LATEST.to_owned());
    let key = (named.name.clone(), qualifier);
    if let Some(found) = app.functions_here.found.get(&key) {
        return Ok(found);
    }
    let mut tx = cx.read().await?;
    let number = match store::alias(&mut tx, &key.0, &key.1).await? {
        Some(alias) => alias.version,
        None => key.1.clone(),
    };
    let row = store::version(&mut tx, &key.0, &number).await?.ok_or_else(missing)?;
    drop(tx);
    let found = Arc::new(open(&app, row)?);
    app.functions_here.found.insert(key, found.clone());
    Ok(found)
}

/// A stored version with its secrets.
pub fn open(app: &App, row: store::Row) -> Result<Version> {
    let plain = app.sealer.open(PURPOSE, &row.sealed).context("a function's secrets do not open")?;
    let secrets: Secrets = serde_json::from_slice(&plain).context("a function's secrets are malformed")?;
    Ok(row.with(secrets))
}

/// One call, as it is asked for.
pub struct Asked<'a> {
    pub version: &'a Version,
    pub qualifier: Option<&'a str>,
    pub event: String,
    /// No longer than this, however long the function may take.
    pub limit: Duration,
    pub client_context: Value,
}

/// Calls a function, and keeps the call.
pub async fn run(cx: &mut Cx, asked: Asked<'_>) -> Ran {
    let (app, version) = (cx.app.clone(), asked.version);
    let request_id = crate::kit::id::uuid(cx.rng());
    let timeout = asked.limit.min(Duration::from_secs(version.settings.timeout.into()));
    let function_arn = arn(&app.config.region, &app.config.account_id, &version.name, asked.qualifier);
    let sent = Sent { arn: &function_arn, request_id: &request_id, event: &asked.event, timeout };
    let (at, begun) = (cx.now(), Instant::now());
    let (reply, lines, memory, timed_out) = match &version.settings.target {
        Target::Here => here(cx, &asked, &sent).await,
        Target::Url(url) => {
            let key = version.secrets.key.as_deref().unwrap_or_default();
            (targets::post(&app, url, key, &sent).await, Vec::new(), 0, false)
        }
        Target::Lambda(arn) => (targets::invoke(&app, &app.config.functions.remote, &Sent { arn, ..sent }).await, Vec::new(), 0, false),
    };
    let millis = begun.elapsed().as_secs_f64() * 1_000.0;
    let log = written(&request_id, version, at, millis, memory, &lines);
    let outcome = match &reply {
        _ if timed_out => "TimedOut",
        Reply::Answer(_) => "Succeeded",
        Reply::Error(_) => "Failed",
        Reply::Unreachable(_) => "Unreachable",
    };
    report(version, &request_id, millis, outcome);
    let result = match &reply {
        Reply::Answer(json) | Reply::Error(json) => serde_json::from_str(json).unwrap_or_default(),
        Reply::Unreachable(why) => Value::from(why.as_str()),
    };
    let kept = Invocation {
        request_id: request_id.clone(),
        version: version.version.clone(),
        at,
        millis,
        outcome: outcome.to_owned(),
        event: serde_json::from_str(&asked.event).ok(),
        result: Some(result),
        log: log.clone(),
    };
    app.functions_here.queue(&version.name, kept.redact());
    Ran { request_id, version: version.version.clone(), reply, log, timed_out }
}

/// In a worker of this server.
async fn here(cx: &mut Cx, asked: &Asked<'_>, sent: &Sent<'_>) -> (Reply, Vec<Line>, u64, bool) {
    let (app, version) = (cx.app.clone(), asked.version);
    let millis = u64::try_from(sent.timeout.as_millis()).unwrap_or(u64::MAX);
    let context = json!({
        "functionName": version.name, "functionVersion": version.version, "invokedFunctionArn": sent.arn,
        "memoryLimitInMB": version.settings.memory.to_string(), "awsRequestId": sent.request_id,
        "logGroupName": format!("/aws/lambda/{}", version.name), "logStreamName": version.revision_id,
        "clientContext": asked.client_context,
    });
    let called =
        Called { name: &version.name, revision: &version.revision_id, invoke: Invoke { event: asked.event.clone(), millis, context } };
    let fetcher = Fetcher { outbound: &app.outbound, hosts: &app.config.functions.fetch_hosts };
    let (ended, lines) = app.functions_here.pool.call(called, fetcher, || load(cx, version, millis)).await;
    let error = |kind: &str, message: String| Reply::Error(json!({ "errorType": kind, "errorMessage": message, "trace": [] }).to_string());
    let failed = |what: &str| format!("RequestId: {} Error: {what}", sent.request_id);
    match ended {
        Ended::With { outcome: Outcome::Answer(json), memory } if json.len() > MAX_ANSWER => {
            let message = format!("Response payload size exceeded maximum allowed payload size ({MAX_ANSWER} bytes).");
            (error("Function.ResponseSizeTooLarge", message), lines, memory, false)
        }
        Ended::With { outcome: Outcome::Answer(json), memory } => (Reply::Answer(json), lines, memory, false),
        Ended::With { outcome: Outcome::Error(json), memory } => (Reply::Error(json), lines, memory, false),
        Ended::With { outcome: Outcome::TimedOut, memory } => {
            let message = failed(&format!("Task timed out after {:.2} seconds", sent.timeout.as_secs_f64()));
            (error("Sandbox.Timedout", message), lines, memory, true)
        }
        Ended::Crashed => (error("Runtime.ExitError", failed("Runtime exited with error: signal: killed")), lines, 0, false),
        Ended::Unusable(why) => (error("Runtime.ImportModuleError", format!("Error: {why}")), lines, 0, false),
        Ended::Busy => (Reply::Unreachable("TooManyRequestsException".into()), lines, 0, false),
    }
}

/// The code of a function for a new worker.
async fn load(cx: &mut Cx, version: &Version, millis: u64) -> Result<Load, String> {
    let app = cx.app.clone();
    let stored = match &app.config.functions.folder {
        Some(folder) if version.code_sha256.is_empty() => Err(folder.clone()),
        _ => Ok(code_of(cx, version).await.map_err(|error| error.message().to_owned())?),
    };
    let name = version.name.clone();
    let files = tokio::task::spawn_blocking(move || match stored {
        Ok(archive) => code::scripts(&archive).map_err(|error| error.message().to_owned()),
        Err(folder) => Ok(folder::scripts(&folder, &name)),
    });
    let memory = version.settings.memory.min(app.config.functions.memory) as usize;
    Ok(Load {
        handler: version.settings.handler.clone().unwrap_or_default(),
        files: files.await.map_err(|_| "the code cannot be read".to_owned())??,
        environment: version.secrets.environment.clone(),
        memory: memory << 20,
        millis: Pool::patience(millis),
    })
}

/// A version's archive.
pub async fn code_of(cx: &mut Cx, version: &Version) -> Result<Vec<u8>> {
    let code = store::code(&mut *cx.read().await?, &version.name, &version.version).await?;
    Ok(code.context("the code is gone")?)
}

/// What a function wrote, between the lines that Lambda puts around it.
fn written(request_id: &str, version: &Version, at: Millis, millis: f64, memory: u64, lines: &[Line]) -> String {
    let time = iso8601(at);
    let mut out = format!("START RequestId: {request_id} Version: {}\n", version.version);
    for Line { level, text } in lines {
        out += &format!("{time}\t{request_id}\t{level}\t{text}\n");
    }
    let (limit, used) = (version.settings.memory, memory.div_ceil(1 << 20));
    out += &format!(
        "END RequestId: {request_id}\nREPORT RequestId: {request_id}\tDuration: {millis:.2} ms\tBilled Duration: {:.0} ms\tMemory Size: {limit} MB\tMax Memory Used: {used} MB\n",
        millis.ceil()
    );
    out
}

fn report(version: &Version, request_id: &str, millis: f64, outcome: &'static str) {
    metrics::counter!("poolhouse_function_invocations_total", "function" => version.name.clone(), "outcome" => outcome).increment(1);
    metrics::histogram!("poolhouse_function_seconds", "function" => version.name.clone()).record(millis / 1_000.0);
    tracing::info!(function = version.name, version = version.version, request_id, millis, outcome, "a function was called");
}

/// Writes down the calls that wait for it.
pub async fn flush(cx: &mut Cx) -> crate::api::Result<()> {
    let app = cx.app.clone();
    let waiting = app.functions_here.take();
    if waiting.is_empty() {
        return Ok(());
    }
    let mut all = Vec::with_capacity(waiting.len());
    for (name, invocations) in waiting {
        let mut rows = Vec::with_capacity(invocations.len());
        for invocation in invocations {
            let order = app.functions_here.count.fetch_add(1, Ordering::Relaxed) % 1_000;
            let plain = serde_json::to_vec(&invocation).map_err(anyhow::Error::from)?;
            let sealed = app.sealer.seal(&app.rng, invocation::PURPOSE, &plain);
            rows.push(store::Kept { name: name.clone(), id: invocation.request_id, at: invocation.at * 1_000 + order, sealed });
        }
        all.push((name, rows));
    }
    let mut tx = cx.begin().await?;
    for (name, rows) in all {
        for row in rows {
            store::keep(&mut tx, &row).await?;
        }
        store::trim(&mut tx, &name, invocation::KEEP).await?;
    }
    tx.commit().await
}
