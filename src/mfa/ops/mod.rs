//! The operations on second factors.

pub mod associate_software_token;
pub mod auth_factors;
pub mod delete_software_token;
pub mod preference;
pub mod user_settings;
pub mod verify_software_token;
