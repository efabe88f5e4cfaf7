//! Whether a pool is watched.

use crate::api::{ApiError, Result};
use crate::pools::Pool;

/// A pool's `AdvancedSecurityMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Off,
    /// Events are recorded, and nothing is refused.
    Audit,
    /// What the risk configuration says is done.
    Enforced,
}

impl Mode {
    pub fn of(pool: &Pool) -> Self {
        match pool.settings().user_pool_add_ons.as_ref().map(|a| a.advanced_security_mode.as_str()) {
            Some("AUDIT") => Self::Audit,
            Some("ENFORCED") => Self::Enforced,
            _ => Self::Off,
        }
    }

    pub fn watches(self) -> bool {
        self != Self::Off
    }
}

/// Refuses a pool that is not watched.
pub fn require(pool: &Pool) -> Result<()> {
    if Mode::of(pool).watches() {
        return Ok(());
    }
    Err(ApiError::user_pool_add_on_not_enabled("User pool add-ons are not enabled for this user pool."))
}
