//! The operations on identity providers and linked identities.

pub mod create;
pub mod delete;
pub mod describe;
pub mod disable;
pub mod link;
pub mod list;
pub mod signing_certificate;
pub mod update;
