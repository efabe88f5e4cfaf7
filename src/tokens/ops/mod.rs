//! The operations on sessions, and those that give tokens without a sign-in.

pub mod client_session_configuration;
pub mod get_client_token;
pub mod get_derived_token;
pub mod list_sessions;
pub mod pool_session_configuration;
pub mod revoke_session;
