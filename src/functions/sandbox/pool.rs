//! Workers that are kept warm, and how many may run at the same time.

use super::fetch::Fetcher;
use super::protocol::{Invoke, Line, Load, Outcome};
use super::worker::{Lost, Worker};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// A worker that was not asked for so long is let go.
const IDLE: Duration = Duration::from_secs(300);
/// How long a handler's module may take to load, besides the time of the call.
const INIT: Duration = Duration::from_secs(5);

/// The workers of every function.
pub struct Pool {
    size: usize,
    slots: Arc<Semaphore>,
    /// A function gets at most half of the slots, so that one that hangs leaves room for the others.
    shares: Mutex<HashMap<String, Arc<Semaphore>>>,
    idle: Mutex<Vec<Warm>>,
}

struct Warm {
    key: Key,
    worker: Worker,
}

/// A function as one worker holds it: another code or environment has another revision.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    name: String,
    revision: String,
}

/// A call of a function.
pub struct Called<'a> {
    pub name: &'a str,
    pub revision: &'a str,
    pub invoke: Invoke,
}

/// How a call ended.
#[derive(Debug)]
pub enum Ended {
    With {
        outcome: Outcome,
        memory: u64,
    },
    /// The process ended under the call.
    Crashed,
    /// The code is not there to be run.
    Unusable(String),
    /// No worker was free in time.
    Busy,
}

impl Pool {
    pub fn new(size: usize) -> Self {
        let slots = Arc::new(Semaphore::new(size));
        Self { size, slots, shares: Mutex::default(), idle: Mutex::default() }
    }

    /// Calls a function in a worker of its own; `load` gives its code where none is warm. What it wrote meanwhile comes with the answer.
    pub async fn call<F>(&self, called: Called<'_>, fetcher: Fetcher<'_>, load: impl FnOnce() -> F) -> (Ended, Vec<Line>)
    where
        F: Future<Output = Result<Load, String>> + Send,
    {
        let by = Instant::now() + Duration::from_millis(called.invoke.millis);
        let Some(_slots) = self.admit(called.name, by).await else { return (Ended::Busy, Vec::new()) };
        let key = Key { name: called.name.to_owned(), revision: called.revision.to_owned() };
        let (mut worker, mut log) = match self.warm(&key) {
            Some(worker) => (worker, Vec::new()),
            None => match self.start(load().await, fetcher).await {
                Ok(started) => started,
                Err((ended, log)) => return (ended, log),
            },
        };
        match worker.invoke(called.invoke, fetcher).await {
            Ok((outcome, written, memory)) => {
                log.extend(written);
                if outcome != Outcome::TimedOut {
                    self.keep(key, worker);
                }
                (Ended::With { outcome, memory }, log)
            }
            Err(Lost::Silent) => (Ended::With { outcome: Outcome::TimedOut, memory: 0 }, log),
            Err(Lost::Gone) => (Ended::Crashed, log),
        }
    }

    async fn start(&self, load: Result<Load, String>, fetcher: Fetcher<'_>) -> Result<(Worker, Vec<Line>), (Ended, Vec<Line>)> {
        let load = load.map_err(|why| (Ended::Unusable(why), Vec::new()))?;
        self.make_room();
        let started = Worker::start().await;
        let mut worker = started.map_err(|error| {
            tracing::error!(%error, "a worker for a function cannot be started");
            (Ended::Unusable("no worker can be started".into()), Vec::new())
        })?;
        match worker.load(load, fetcher).await {
            Ok((None, log)) => Ok((worker, log)),
            Ok((Some(outcome), log)) => Err((Ended::With { outcome, memory: 0 }, log)),
            Err(Lost::Silent) => Err((Ended::With { outcome: Outcome::TimedOut, memory: 0 }, Vec::new())),
            Err(Lost::Gone) => Err((Ended::Crashed, Vec::new())),
        }
    }

    /// The turn of a call, or none where every worker stays busy until it is too late.
    async fn admit(&self, name: &str, by: Instant) -> Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)> {
        let share = {
            let mut shares = lock(&self.shares);
            if shares.len() > 10_000 {
                shares.retain(|_, share| Arc::strong_count(share) > 1);
            }
            shares.entry(name.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.size.div_ceil(2)))).clone()
        };
        let share = timeout_at(by, share.acquire_owned()).await.ok()?.ok()?;
        let slot = timeout_at(by, self.slots.clone().acquire_owned()).await.ok()?.ok()?;
        Some((share, slot))
    }

    fn warm(&self, key: &Key) -> Option<Worker> {
        let mut idle = lock(&self.idle);
        idle.retain_mut(|warm| warm.key != *key || warm.worker.is_alive());
        let at = idle.iter().rposition(|warm| warm.key == *key)?;
        Some(idle.remove(at).worker)
    }

    fn keep(&self, key: Key, mut worker: Worker) {
        worker.used_at = Instant::now();
        let mut idle = lock(&self.idle);
        // Workers of an earlier revision are not asked again.
        idle.retain(|warm| warm.key.name != key.name || warm.key.revision == key.revision);
        idle.push(Warm { key, worker });
        self.shrink(&mut idle, self.size);
    }

    fn make_room(&self) {
        self.shrink(&mut lock(&self.idle), self.size.saturating_sub(1));
    }

    /// Lets the workers go that were not asked for the longest.
    fn shrink(&self, idle: &mut Vec<Warm>, to: usize) {
        let surplus = idle.len().saturating_sub(to);
        idle.drain(..surplus);
    }

    /// Lets workers go that nobody asks for.
    pub fn sweep(&self) {
        lock(&self.idle).retain(|warm| warm.worker.used_at.elapsed() < IDLE);
    }

    /// How long loading may take for a call that may take so long.
    pub fn patience(millis: u64) -> u64 {
        millis.max(INIT.as_millis() as u64)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
