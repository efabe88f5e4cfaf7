//! Functions that app owners run inside the flows: which moment calls which, with what event, and what its answer and its failures become.
//!
//! Owns `sender_events` and `pool_migrations`. Who runs functions is set once, in [`crate::boot::app::App::functions`]; where nobody does, a
//! function cannot be reached, and the flow that needs it says so as Cognito does. Functions are called before a transaction is opened or after it
//! is committed, never in one: the type of a transaction sees to that. Those that send messages are called by a job, from a row that was
//! written with what caused the message.

pub mod authentication;
pub mod confirmation;
pub mod encryption;
pub mod event;
pub mod functions;
pub mod inbound;
pub mod jobs;
pub mod kms;
pub mod message;
pub mod metadata;
pub mod migration;
pub mod migration_setting;
pub mod overrides;
pub mod pre_token;
pub mod sender;
pub mod sender_keys;
pub mod sign_up;
pub mod store;
pub mod upstream;

pub use functions::{Failure, Functions, Invocation};
pub use metadata::Metadata;
