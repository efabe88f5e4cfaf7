//! The operations that give tokens without a sign-in.

pub mod get_client_token;
pub mod get_derived_token;
