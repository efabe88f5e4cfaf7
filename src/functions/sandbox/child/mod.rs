//! The worker process: takes a function, then calls of it, until the server hangs up.

mod limits;
mod machine;
mod modules;
mod natives;
mod resolve;
mod state;

use super::protocol::{FromWorker, Invoke, Load, Outcome, ToWorker, read, write};
use crate::kit::text;
use anyhow::bail;
use machine::Machine;
use resolve::Files;
use rquickjs::{Function, TypedArray};
use state::{Deadline, Log, State};
use std::cell::{Cell, RefCell};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

/// Room for the engine's stack and for what calls it.
const STACK: usize = 8 << 20;

/// Serves on the socket that is standard input. Returns only if there is none.
pub fn serve() -> anyhow::Result<()> {
    let socket = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    let mut reader = socket.try_clone()?;
    let (sender, messages) = sync_channel(4);
    let engine = std::thread::Builder::new().name("engine".into()).stack_size(STACK);
    engine.spawn(move || {
        let end = run(socket, &messages);
        std::process::exit(i32::from(end.is_err()))
    })?;
    // Read here, so that a worker ends with its server even while a script runs.
    while let Ok(message) = read::<ToWorker>(&mut reader) {
        if sender.send(message).is_err() {
            break;
        }
    }
    std::process::exit(0)
}

fn run(socket: UnixStream, messages: &Receiver<ToWorker>) -> anyhow::Result<()> {
    let ToWorker::Load(load) = messages.recv()? else { bail!("a function comes first") };
    let Load { handler, files, environment, memory, millis } = *load;
    limits::confine(memory);
    let state = Rc::new(State {
        files: Files::new(files),
        deadline: Deadline::new(),
        log: RefCell::new(Log::default()),
        socket: RefCell::new(socket),
        loaded: RefCell::default(),
        settled: RefCell::default(),
        waits: Cell::new(true),
    });
    state.deadline.set(millis);
    let machine = Machine::new(&state, environment, memory)?;
    let worker = Worker { state, machine, messages };
    worker.load(&handler)?;
    loop {
        match worker.messages.recv()? {
            ToWorker::Invoke(invoke) => worker.invoke(&invoke)?,
            // The answer to a request that an earlier call did not wait for.
            ToWorker::Fetched { .. } => {}
            ToWorker::Load(_) => bail!("a worker has one function"),
        }
    }
}

struct Worker<'a> {
    state: Rc<State>,
    machine: Machine,
    messages: &'a Receiver<ToWorker>,
}

/// Whether there is anything left to do.
#[derive(PartialEq)]
enum Turn {
    Again,
    Idle,
    TimedOut,
}

impl Worker<'_> {
    fn load(&self, handler: &str) -> anyhow::Result<()> {
        self.machine.call(|_, host| host.get::<_, Function<'_>>("load")?.call::<_, ()>((handler,)));
        let mut turn = Turn::Again;
        while self.state.loaded.borrow().is_none() && turn == Turn::Again {
            turn = self.turn()?;
        }
        let loaded = self.state.loaded.borrow_mut().take();
        let failed = self.state.settled.borrow_mut().take().map(|(_, error)| error);
        let never = r#"{"errorType":"Runtime.ExitError","errorMessage":"The module of the handler was not loaded","trace":[]}"#;
        let error = match loaded {
            Some(error) if error.is_empty() => None,
            Some(error) => Some(error),
            None => Some(failed.unwrap_or_else(|| never.to_owned())),
        };
        let answer = FromWorker::Loaded { error, log: self.state.log.borrow_mut().take(), timed_out: turn == Turn::TimedOut };
        Ok(write(&mut *self.state.socket.borrow_mut(), &answer)?)
    }

    fn invoke(&self, invoke: &Invoke) -> anyhow::Result<()> {
        let mut facts = invoke.context.clone();
        facts["deadline"] = self.state.deadline.set(invoke.millis).into();
        self.state.waits.set(true);
        self.state.settled.borrow_mut().take();
        let facts = facts.to_string();
        self.machine.call(|_, host| host.get::<_, Function<'_>>("invoke")?.call::<_, ()>((invoke.event.as_str(), facts)));
        let outcome = loop {
            match self.turn()? {
                Turn::TimedOut => break Outcome::TimedOut,
                // Nothing is left that could still answer: as on Lambda, that is an answer of nothing.
                Turn::Idle => break self.settled().unwrap_or_else(|| Outcome::Answer("null".into())),
                Turn::Again => {
                    if !self.state.waits.get()
                        && let Some(outcome) = self.settled()
                    {
                        break outcome;
                    }
                }
            }
        };
        let memory = u64::try_from(self.machine.runtime.memory_usage().memory_used_size).unwrap_or_default();
        let done = FromWorker::Done { outcome, log: self.state.log.borrow_mut().take(), memory };
        Ok(write(&mut *self.state.socket.borrow_mut(), &done)?)
    }

    fn settled(&self) -> Option<Outcome> {
        let (ok, json) = self.state.settled.borrow_mut().take()?;
        Some(if ok { Outcome::Answer(json) } else { Outcome::Error(json) })
    }

    /// Runs what can be run now, or waits for what may come.
    fn turn(&self) -> anyhow::Result<Turn> {
        while self.machine.runtime.is_job_pending() && !self.state.deadline.has_passed() {
            // A job that throws has rejected its promise already.
            let _ = self.machine.runtime.execute_pending_job();
        }
        if self.state.deadline.has_passed() {
            return Ok(Turn::TimedOut);
        }
        if self.state.settled.borrow().is_some() && !self.state.waits.get() {
            return Ok(Turn::Again);
        }
        let wait: f64 = self.machine.call(|_, host| host.get::<_, Function<'_>>("tick")?.call(())).unwrap_or(0.0);
        let requests: u32 = self.machine.call(|_, host| host.get::<_, Function<'_>>("outstanding")?.call(())).unwrap_or(0);
        if wait == 0.0 || self.machine.runtime.is_job_pending() {
            return Ok(Turn::Again);
        }
        if wait < 0.0 && requests == 0 {
            return Ok(Turn::Idle);
        }
        let left = self.state.deadline.left();
        let wait = if wait < 0.0 { left } else { Duration::from_secs_f64((wait / 1_000.0).clamp(0.0, 86_400.0)).min(left) };
        match self.messages.recv_timeout(wait) {
            Ok(ToWorker::Fetched { id, answer, body }) => self.fetched(id, &answer, &body),
            Ok(_) => bail!("a call is under way"),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => bail!("the server is gone"),
        }
        Ok(Turn::Again)
    }

    fn fetched(&self, id: u32, answer: &str, body: &str) {
        let body = text::from_base64(body).unwrap_or_default();
        self.machine.call(|ctx, host| {
            let body = TypedArray::<u8>::new(ctx.clone(), body)?;
            host.get::<_, Function<'_>>("fetched")?.call::<_, ()>((id, answer, body))
        });
    }
}
