//! Work that no request waits for. Rooms declare it, this room runs it.

mod schedule;

pub use schedule::{Job, run};

/// Starts a named background task. The only place that spawns.
#[expect(clippy::disallowed_methods, reason = "the one place that spawns")]
pub fn spawn(name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
    use tracing::Instrument as _;
    tokio::spawn(task.instrument(tracing::debug_span!("task", name)));
}
