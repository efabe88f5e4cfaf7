//! Who is signed in to the sample application: in memory, since nothing hangs on it.

use moka::sync::Cache;
use std::time::Duration;

/// A sign-in that was begun.
#[derive(Clone)]
pub struct Begun {
    pub state: String,
    pub nonce: String,
    pub code_verifier: String,
}

/// The tokens of a sign-in that was completed.
#[derive(Clone, Default)]
pub struct Tokens {
    pub id_token: String,
    pub access_token: String,
    pub refresh_token: Option<String>,
}

/// By the value of the application's cookie.
pub struct Sessions {
    pub begun: Cache<String, Begun>,
    pub signed_in: Cache<String, Tokens>,
    /// What went wrong, told once.
    pub failed: Cache<String, String>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { begun: cache(60), signed_in: cache(24 * 60), failed: cache(10) }
    }
}

fn cache<T: Clone + Send + Sync + 'static>(minutes: u64) -> Cache<String, T> {
    Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(60 * minutes)).build()
}
