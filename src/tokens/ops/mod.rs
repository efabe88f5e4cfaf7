//! The operations on sessions.

pub mod client_session_configuration;
pub mod list_sessions;
pub mod pool_session_configuration;
pub mod revoke_session;
