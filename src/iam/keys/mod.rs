//! Access keys of users. Their secrets are shown once and kept sealed: verifying a signature needs the secret itself.

pub mod store;

/// The purpose that secrets are sealed for.
pub const PURPOSE: &str = "access-key";
/// The most that a user may have.
pub const PER_USER: usize = 2;
