//! Whether a pool tracks its users' sessions, with Cognito's member names and defaults.

use serde::{Deserialize, Serialize};

/// What SetUserPoolSessionConfiguration sets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SessionTracking {
    pub user_session_tracking: Tracking,
    pub token_session: TokenSession,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Tracking {
    Enabled,
    #[default]
    Disabled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TokenSession {
    /// Beyond it, signing in ends the session that was used least recently.
    pub max_per_user: i64,
}

impl Default for TokenSession {
    fn default() -> Self {
        Self { max_per_user: 20 }
    }
}
