//! What the engine and the loop around it share.

use super::resolve::Files;
use crate::functions::sandbox::protocol::Line;
use std::cell::{Cell, RefCell};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What is kept of a function's output in one call, in bytes; what comes after is counted only.
const MAX_LOG: usize = 64 * 1024;
const MAX_LINES: usize = 2_000;

/// When the clock of this process began, and when the call under way must end.
#[derive(Clone)]
pub struct Deadline {
    start: Instant,
    /// In microseconds since the start.
    at: Arc<AtomicU64>,
}

impl Deadline {
    #[expect(clippy::disallowed_methods, reason = "a worker has no context: it measures how long a script runs")]
    pub fn new() -> Self {
        Self { start: Instant::now(), at: Arc::new(AtomicU64::new(u64::MAX)) }
    }

    /// Milliseconds since this process began.
    pub fn now(&self) -> f64 {
        self.start.elapsed().as_secs_f64() * 1_000.0
    }

    pub fn set(&self, millis: u64) -> f64 {
        let now = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        let at = now.saturating_add(millis.saturating_mul(1_000));
        self.at.store(at, Ordering::Relaxed);
        at as f64 / 1_000.0
    }

    pub fn has_passed(&self) -> bool {
        self.left().is_zero()
    }

    pub fn left(&self) -> Duration {
        Duration::from_micros(self.at.load(Ordering::Relaxed)).saturating_sub(self.start.elapsed())
    }
}

/// A function's output.
#[derive(Default)]
pub struct Log {
    lines: Vec<Line>,
    size: usize,
    dropped: u64,
}

impl Log {
    pub fn add(&mut self, level: &str, text: &str) {
        let room = MAX_LOG.saturating_sub(self.size);
        if room == 0 || self.lines.len() >= MAX_LINES {
            self.dropped += 1;
            return;
        }
        let text = &text[..text.floor_char_boundary(room)];
        self.size += text.len();
        self.lines.push(Line { level: level.chars().take(8).collect(), text: text.to_owned() });
    }

    pub fn take(&mut self) -> Vec<Line> {
        let mut log = std::mem::take(self);
        if log.dropped > 0 {
            log.lines.push(Line { level: "WARN".into(), text: format!("{} more lines of output were not kept", log.dropped) });
        }
        log.lines
    }
}

pub struct State {
    pub files: Files,
    pub deadline: Deadline,
    pub log: RefCell<Log>,
    pub socket: RefCell<UnixStream>,
    /// Why the handler is not there, or nothing.
    pub loaded: RefCell<Option<String>>,
    /// What the handler settled with.
    pub settled: RefCell<Option<(bool, String)>>,
    /// Whether an answer waits for timers and requests to end.
    pub waits: Cell<bool>,
}
