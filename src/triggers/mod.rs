//! Functions that app owners run inside the flows: how one is called, and what its failures become.
//!
//! Owns no tables. Who runs functions is set once, in [`crate::boot::app::App::functions`]; where nobody does, a function cannot be reached,
//! and the flow that needs it says so as Cognito does.

pub mod event;
pub mod functions;

pub use functions::{Failure, Functions, Invocation};
