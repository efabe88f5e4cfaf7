//! A user.

use super::mfa::Mfa;
use crate::api::{ApiError, Result};
use crate::kit::clock::{MINUTE, Millis, SECOND};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Attribute names and values, without `sub`.
pub type Attributes = BTreeMap<String, String>;

#[derive(Debug, Clone, PartialEq)]
pub struct User {
    pub pool_id: String,
    pub sub: String,
    pub username: String,
    pub status: Status,
    pub enabled: bool,
    pub attributes: Attributes,
    /// argon2id in PHC form, or what was brought from elsewhere until the first sign-in replaces it
    pub password: Option<String>,
    pub password_set_at: Option<Millis>,
    /// salt and SRP verifier, sealed
    pub verifier: Option<Vec<u8>>,
    pub failed_attempts: i64,
    pub last_failed_at: Millis,
    pub created_at: Millis,
    pub modified_at: Millis,
    pub mfa: Mfa,
    /// Rises with every change.
    pub version: i64,
}

/// `UserStatus`, without the members that Cognito never uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    #[default]
    Unconfirmed,
    Confirmed,
    ResetRequired,
    ForceChangePassword,
    ExternalProvider,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ResetRequired => "RESET_REQUIRED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
            Self::ExternalProvider => "EXTERNAL_PROVIDER",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Unconfirmed, Self::Confirmed, Self::ResetRequired, Self::ForceChangePassword, Self::ExternalProvider]
            .into_iter()
            .find(|s| s.as_str() == text)
    }
}

/// Wrong passwords before the first lock.
const FREE_ATTEMPTS: i64 = 5;
/// The longest lock, and how long a quiet account keeps its count.
const LONGEST_LOCK: Millis = 15 * MINUTE;

impl User {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// Whether the address in this attribute was proved to be the user's.
    pub fn has_verified(&self, name: &str) -> bool {
        self.attributes.contains_key(name) && self.attribute(&format!("{name}_verified")) == Some("true")
    }

    pub fn set_verified(&mut self, name: &str, verified: bool) {
        self.attributes.insert(format!("{name}_verified"), verified.to_string());
    }

    /// Refuses a user whose account is disabled or whose status does not admit tokens.
    pub fn may_sign_in(&self) -> Result<()> {
        if !self.enabled {
            return Err(ApiError::not_authorized("User is disabled."));
        }
        match self.status {
            Status::Unconfirmed => Err(ApiError::user_not_confirmed("User is not confirmed.")),
            Status::ResetRequired => Err(ApiError::password_reset_required("Password reset required for the user")),
            Status::Confirmed | Status::ForceChangePassword | Status::ExternalProvider => Ok(()),
        }
    }

    pub fn failures(&self) -> Failures {
        Failures { count: self.failed_attempts, last_at: self.last_failed_at }
    }
}

/// Wrong passwords for an account, or for a name that has none: both are answered alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failures {
    pub count: i64,
    pub last_at: Millis,
}

impl Failures {
    /// When a lock ends: a second after the fifth wrong password, doubling with each further one, a quarter of an hour at most.
    pub fn locked_until(self) -> Option<Millis> {
        let excess = self.count - FREE_ATTEMPTS;
        (excess >= 0).then(|| self.last_at + (SECOND << excess.min(20)).min(LONGEST_LOCK))
    }

    pub fn is_locked(self, now: Millis) -> bool {
        self.locked_until().is_some_and(|until| now < until)
    }

    /// After another wrong password: an account that was left alone for long enough starts anew.
    pub fn after_another(self, now: Millis) -> Self {
        let rested = now >= self.locked_until().map_or(self.last_at + 2 * LONGEST_LOCK, |until| until + LONGEST_LOCK);
        Self { count: if rested { 1 } else { self.count + 1 }, last_at: now }
    }

    /// From what is stored of a name without account.
    pub fn forgotten(count: i64, forgotten_at: Millis) -> Self {
        Self { count, last_at: forgotten_at - 2 * LONGEST_LOCK }
    }

    /// When nothing of it matters any more.
    pub fn forgotten_at(self) -> Millis {
        self.last_at + 2 * LONGEST_LOCK
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn user() -> User {
        User {
            pool_id: "us-east-1_Test".into(),
            sub: "sub-1".into(),
            username: "jane".into(),
            status: Status::Confirmed,
            enabled: true,
            attributes: Attributes::new(),
            password: None,
            password_set_at: None,
            verifier: None,
            failed_attempts: 0,
            last_failed_at: 0,
            created_at: 0,
            modified_at: 0,
            mfa: Mfa::default(),
            version: 0,
        }
    }

    #[test]
    fn locks_double_up_to_a_quarter_of_an_hour() {
        let after = |count| Failures { count, last_at: 1_000 }.locked_until();
        assert_eq!(after(4), None);
        assert_eq!(after(5), Some(2_000));
        assert_eq!(after(8), Some(9_000));
        assert_eq!(after(60), Some(1_000 + LONGEST_LOCK));
    }

    #[test]
    fn a_rested_account_starts_anew() {
        let locked = Failures { count: 9, last_at: 0 };
        assert_eq!(locked.after_another(20_000).count, 10);
        assert_eq!(locked.after_another(16 * SECOND + LONGEST_LOCK).count, 1);
    }

    #[test]
    fn every_status_has_its_text() {
        assert_eq!(Status::parse("FORCE_CHANGE_PASSWORD"), Some(Status::ForceChangePassword));
        assert_eq!(Status::parse("ARCHIVED"), None);
    }
}
