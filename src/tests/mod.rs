//! Tests of the whole product. Each file has one subject; each test has its own server, on both databases.

mod aliases;
mod auth_flows;
mod authority;
mod browser;
mod confirm;
mod fixtures;
mod harness;
mod hidden_users;
mod layering;
mod lockout;
mod operations;
mod reset;
mod sign_up;
mod srp;
mod temporary_password;
mod token_claims;
mod token_end;
mod token_keys;
mod token_refresh;
mod user_attributes;
