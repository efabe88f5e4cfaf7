//! The operations on devices. A user reaches their own devices by access token, an administrator those of a user by name.

pub mod confirm;
pub mod forget;
pub mod get;
pub mod list;
pub mod update_status;
