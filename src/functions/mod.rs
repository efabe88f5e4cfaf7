//! Where app owners' functions run, and how they are managed.
//!
//! Owns `functions`, `function_versions`, `function_aliases`, `function_invocations`. A function is named by its ARN and runs in one of three
//! places: here, as JavaScript in a worker process ([`sandbox`]); at an address that takes signed events; or behind Lambda's Invoke API. The
//! room is Lambda's own REST API ([`http`]), so that the tools that deploy to Lambda deploy here; flows call through [`triggers`].
//!
//! Code and environment never reach a log. Environments, keys and the events of past calls are sealed; passwords and answers to challenges are
//! taken out of an event before it is kept.

pub mod code;
pub mod config;
pub mod error;
pub mod folder;
pub mod function;
pub mod http;
pub mod invocation;
pub mod jobs;
pub mod name;
pub mod runner;
pub mod sandbox;
pub mod store;
pub mod targets;
pub mod triggers;

pub use runner::Functions;
pub use triggers::register;
