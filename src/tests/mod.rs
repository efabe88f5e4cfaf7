//! Tests of the whole product. Each file has one subject; each test has its own server, on both databases.

mod authority;
mod browser;
mod fixtures;
mod harness;
mod layering;
mod operations;
mod token_claims;
