//! An import job: its states, and what may follow on which.

use crate::kit::clock::{DAY, HOUR, Millis};
use serde::{Deserialize, Serialize};

/// A file's size at most, as in Cognito.
pub const MAX_FILE: i64 = 100 * 1024 * 1024;
/// Users in a file at most.
pub const MAX_USERS: i64 = 500_000;
/// Jobs that a pool keeps at most.
pub const MAX_JOBS: i64 = 1_000;
/// Bytes in each stored piece of a file but the last.
pub const CHUNK: i64 = 256 * 1024;
/// How long a job waits for its file, and with its file for its start.
pub const UPLOAD_WITHIN: Millis = DAY;
pub const START_WITHIN: Millis = 2 * DAY;
/// How long the address of a job that was started stays good, to fetch the rows that failed.
const READABLE: Millis = HOUR;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    Created,
    Pending,
    InProgress,
    Stopping,
    Expired,
    Stopped,
    Failed,
    Succeeded,
}

impl Status {
    pub const ALL: [Self; 8] =
        [Self::Created, Self::Pending, Self::InProgress, Self::Stopping, Self::Expired, Self::Stopped, Self::Failed, Self::Succeeded];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Stopping => "Stopping",
            Self::Expired => "Expired",
            Self::Stopped => "Stopped",
            Self::Failed => "Failed",
            Self::Succeeded => "Succeeded",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// `PasswordHashingAlgorithm`: what the hashes of a file are. Each is in the form that its scheme's own tools write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    #[serde(rename = "BCRYPT")]
    Bcrypt,
    #[serde(rename = "SCRYPT")]
    Scrypt,
    #[serde(rename = "ARGON2ID")]
    Argon2id,
    #[serde(rename = "PBKDF2_SHA256")]
    Pbkdf2Sha256,
}

impl Algorithm {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bcrypt => "BCRYPT",
            Self::Scrypt => "SCRYPT",
            Self::Argon2id => "ARGON2ID",
            Self::Pbkdf2Sha256 => "PBKDF2_SHA256",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Bcrypt, Self::Scrypt, Self::Argon2id, Self::Pbkdf2Sha256].into_iter().find(|a| a.as_str() == text)
    }

    /// Whether a hash begins as this algorithm's do.
    pub fn made(self, hash: &str) -> bool {
        let prefixes: &[&str] = match self {
            Self::Bcrypt => &["$2"],
            Self::Scrypt => &["$scrypt$", "$firebase-scrypt$"],
            Self::Argon2id => &["$argon2id$"],
            Self::Pbkdf2Sha256 => &["$pbkdf2-sha256$", "pbkdf2_sha256$"],
        };
        prefixes.iter().any(|p| hash.starts_with(p))
    }
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub imported: i64,
    pub skipped: i64,
    pub failed: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub pool_id: String,
    pub id: String,
    pub name: String,
    pub role_arn: String,
    pub algorithm: Option<Algorithm>,
    pub status: Status,
    pub created_at: Millis,
    pub started_at: Option<Millis>,
    pub completed_at: Option<Millis>,
    pub counts: Counts,
    pub message: Option<String>,
    /// The complete upload.
    pub upload: Option<String>,
    pub size: i64,
    pub position: i64,
    pub line: i64,
    pub header: Option<Vec<String>>,
}

impl Job {
    /// Until when the job's address is good.
    pub fn address_expires_at(&self, now: Millis) -> Millis {
        if self.status == Status::Created { self.created_at + UPLOAD_WITHIN } else { now + READABLE }
    }

    /// Whether the job waited too long to be started.
    pub fn is_overdue(&self, now: Millis) -> bool {
        let within = if self.upload.is_some() { START_WITHIN } else { UPLOAD_WITHIN };
        self.status == Status::Created && now >= self.created_at + within
    }

    /// How a job ends whose file was read to its end.
    pub fn outcome(counts: Counts) -> (Status, &'static str) {
        if counts.imported == 0 && counts != Counts::default() {
            return (Status::Failed, "Too many users have failed or been skipped during the import.");
        }
        (Status::Succeeded, "Import Job Completed Successfully.")
    }
}

pub const STOPPED: &str = "The Import Job was stopped by the developer.";
pub const BROKEN: &str = "The Import Job failed at a row that could not be stored. The rows before are imported.";
pub const EXPIRED: &str = "The user import job has expired.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        assert!(Status::ALL.into_iter().all(|s| Status::parse(s.as_str()) == Some(s)));
        assert_eq!(Algorithm::parse("PBKDF2_SHA256"), Some(Algorithm::Pbkdf2Sha256));
        assert_eq!(Algorithm::parse("MD5"), None);
        assert!(Algorithm::Bcrypt.made("$2b$10$x") && !Algorithm::Bcrypt.made("$argon2id$x") && !Algorithm::Argon2id.made("$argon2i$x"));
    }

    #[test]
    fn a_file_that_brings_nobody_is_a_failure() {
        let counts = |imported, skipped, failed| Counts { imported, skipped, failed };
        assert_eq!(Job::outcome(counts(1, 5, 5)).0, Status::Succeeded);
        assert_eq!(Job::outcome(counts(0, 1, 0)).0, Status::Failed);
        assert_eq!(Job::outcome(counts(0, 0, 0)).0, Status::Succeeded);
    }
}
