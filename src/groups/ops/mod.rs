//! The operations on groups.

pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod list_for_user;
pub mod list_users;
pub mod membership;
pub mod update;
