//! Work that no request waits for. Rooms declare it, this room runs it.

mod schedule;

pub use schedule::{Job, run};

/// Runs something to its end even if whoever awaits it goes away, as a request does when its client hangs up.
#[expect(clippy::disallowed_methods, reason = "one of the two places that spawn")]
pub async fn to_the_end<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> Option<T> {
    tokio::spawn(task).await.ok()
}

/// Starts a named background task.
#[expect(clippy::disallowed_methods, reason = "one of the two places that spawn")]
pub fn spawn(name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
    use tracing::Instrument as _;
    tokio::spawn(task.instrument(tracing::debug_span!("task", name)));
}
