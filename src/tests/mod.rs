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
mod oauth_authorize;
mod oauth_code;
mod oauth_endpoints;
mod operations;
mod pages_guard;
mod pages_journeys;
mod reset;
mod sign_up;
mod srp;
mod temporary_password;
mod token_claims;
mod token_end;
mod token_keys;
mod token_refresh;
mod user_attributes;
