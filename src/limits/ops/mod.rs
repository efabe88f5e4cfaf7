//! The operations on limits.

pub mod provisioned;
