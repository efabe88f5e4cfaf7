//! Requests that leave the server: to functions, providers' keys, clients' endpoints, message services.
//!
//! Owns no tables. Their addresses come from app owners and from documents of strangers, so that a request to them must not reach what only this
//! server can reach: addresses that are not public are refused unless the operator allows them (`--outbound-allow`), redirects are not
//! followed, proxies of the environment are not used, and both the time and the size of an answer have a limit.

mod address;
mod client;

pub use address::Allowed;
pub use client::{Failure, Limits, Outbound};
