//! What a request may look like, by the service's own model, and the messages for what it may not.
//!
//! [`Model::check`] walks a request's JSON beside its operation's input shape. A value of the wrong JSON type ends
//! the walk, as it ends the service's reading of the body; broken constraints are collected and answered together.
//! Members that the model does not know are ignored, and `null` counts as absent.

mod constraint;
mod error;
mod model;
mod pattern;
mod table;
#[cfg(test)]
mod tests;
mod walk;

use serde_json::Value;

pub use error::{Echo, ShapeError, Violation};
pub use model::{Auth, IDENTITY_POOLS, Member, Model, OPERATORS, USER_POOLS};

/// Checks a request to a user pool operation.
pub fn check(operation: &str, input: &Value) -> Result<(), ShapeError> {
    USER_POOLS.check(operation, input)
}

/// The user pool operations by name, sorted.
pub fn operations() -> impl Iterator<Item = &'static str> {
    USER_POOLS.operations()
}

/// Whether a user pool operation is called with or without a signature; `None` if there is no such operation.
pub fn auth(operation: &str) -> Option<Auth> {
    USER_POOLS.auth(operation)
}

/// The members of a user pool operation's request, in the model's order; empty if there is no such operation.
pub fn input_members(operation: &str) -> &'static [Member] {
    USER_POOLS.input_members(operation)
}

/// The members of a user pool operation's answer, in the model's order; empty if there is no such operation.
pub fn output_members(operation: &str) -> &'static [&'static str] {
    USER_POOLS.output_members(operation)
}
