//! Time comes from here and nowhere else, so that tests can hold it still.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch.
pub type Millis = i64;

pub const SECOND: Millis = 1_000;
pub const MINUTE: Millis = 60 * SECOND;
pub const HOUR: Millis = 60 * MINUTE;
pub const DAY: Millis = 24 * HOUR;

/// The time of day: the machine's, or one that a test sets.
#[derive(Debug)]
pub enum Clock {
    System,
    Fixed(AtomicI64),
}

impl Clock {
    pub fn fixed(at: Millis) -> Self {
        Self::Fixed(AtomicI64::new(at))
    }

    pub fn now(&self) -> Millis {
        match self {
            Self::System => system_now(),
            Self::Fixed(at) => at.load(Ordering::SeqCst),
        }
    }

    /// Moves a fixed clock; the machine's cannot be moved.
    pub fn advance(&self, by: Millis) {
        if let Self::Fixed(at) = self {
            at.fetch_add(by, Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn system_now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

/// Epoch seconds with milliseconds, as AWS JSON carries timestamps.
pub fn epoch_seconds(at: Millis) -> f64 {
    at as f64 / 1_000.0
}

/// `2014-10-24T23:00:23Z`.
pub fn iso8601(at: Millis) -> String {
    use time::format_description::well_known::Rfc3339;
    time::OffsetDateTime::from_unix_timestamp(at.div_euclid(SECOND)).ok().and_then(|t| t.format(&Rfc3339).ok()).unwrap_or_default()
}
