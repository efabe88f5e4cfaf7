//! How many checks of one account run at the same time: guesses must not slip past the count of wrong ones together.

use super::hasher::{Busy, PER_ACCOUNT};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Default, Clone)]
pub struct InFlight(Arc<Mutex<HashMap<String, usize>>>);

/// One check; it counts until it is dropped.
pub struct Guard {
    owner: InFlight,
    account: String,
}

impl InFlight {
    pub fn enter(&self, account: String) -> Result<Guard, Busy> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(account.clone()).or_default();
        if *count >= PER_ACCOUNT {
            return Err(Busy);
        }
        *count += 1;
        Ok(Guard { owner: self.clone(), account })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut counts = self.owner.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_at_once() {
        let in_flight = InFlight::default();
        let guards: Vec<Guard> = (0..PER_ACCOUNT).map(|_| in_flight.enter("a".into()).unwrap()).collect();
        assert!(in_flight.enter("a".into()).is_err());
        assert!(in_flight.enter("b".into()).is_ok());
        drop(guards);
        assert!(in_flight.enter("a".into()).is_ok());
        assert!(in_flight.0.lock().unwrap().is_empty());
    }
}
