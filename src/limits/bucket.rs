//! Token buckets, by name: a second's worth of requests at once, refilled as time goes by.

use crate::kit::clock::Millis;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
pub struct Buckets(Mutex<HashMap<String, Bucket>>);

/// Thousandths of requests that are left, and when that was counted.
struct Bucket {
    left: i64,
    at: Millis,
}

impl Buckets {
    /// Takes one request out of a bucket of so many a second; false where none is left.
    pub fn take(&self, name: &str, limit: i64, now: Millis) -> bool {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = limit * 1_000;
        if !buckets.contains_key(name) {
            buckets.insert(name.to_owned(), Bucket { left: full, at: now });
        }
        let Some(bucket) = buckets.get_mut(name) else { return true };
        let passed = (now - bucket.at).clamp(0, 1_000);
        bucket.left = (bucket.left + passed * limit).min(full);
        bucket.at = now;
        let taken = bucket.left >= 1_000;
        bucket.left -= if taken { 1_000 } else { 0 };
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(buckets: &Buckets, tries: usize, now: Millis) -> usize {
        (0..tries).filter(|_| buckets.take("a", 4, now)).count()
    }

    #[test]
    fn a_seconds_worth_at_once_and_then_as_time_goes_by() {
        let buckets = Buckets::default();
        assert_eq!(taken(&buckets, 10, 0), 4);
        assert_eq!((taken(&buckets, 10, 249), taken(&buckets, 10, 250)), (0, 1));
        assert_eq!(taken(&buckets, 10, 60_000), 4);
        assert_eq!(taken(&buckets, 10, 50_000), 0, "a clock that goes back gives nothing");
        assert!(buckets.take("b", 4, 0));
    }

    #[test]
    fn a_lower_limit_counts_at_once() {
        let buckets = Buckets::default();
        assert!(buckets.take("a", 100, 0));
        assert_eq!((0..10).filter(|_| buckets.take("a", 2, 0)).count(), 2);
    }
}
