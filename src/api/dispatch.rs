//! The table of operations, joined from the rooms.

use super::shape::{self, ShapeError};
use super::{ApiError, Cx, Door, Operation, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + 'a>>;

/// One row: a name, who may call, and how to call.
pub struct Entry {
    pub name: &'static str,
    pub door: Door,
    /// The largest body that is taken.
    pub max_body: usize,
    handler: for<'a> fn(&'a mut Cx, Value) -> Answer<'a>,
    /// Whether a request has the operation's form, and why not.
    #[cfg(test)]
    pub parse: fn(Value) -> Result<(), String>,
}

impl Entry {
    pub const fn of<O: Operation<Output: Serialize> + DeserializeOwned>() -> Self {
        Self {
            name: O::NAME,
            door: O::DOOR,
            max_body: O::MAX_BODY,
            handler: |cx, input| Box::pin(handle::<O>(cx, input)),
            #[cfg(test)]
            parse: |input| serde_json::from_value::<O>(input).map(|_| ()).map_err(|why| why.to_string()),
        }
    }
}

async fn handle<O: Operation<Output: Serialize> + DeserializeOwned>(cx: &mut Cx, input: Value) -> Result<Vec<u8>> {
    let operation: O =
        serde_json::from_value(input).map_err(|_| ApiError::serialization("The request does not have the form of this operation."))?;
    let output = cx.call(operation).await?;
    Ok(serde_json::to_vec(&output).map_err(anyhow::Error::from)?)
}

static TABLE: LazyLock<HashMap<&'static str, &'static Entry>> = LazyLock::new(|| entries().map(|e| (e.name, e)).collect());

/// Every operation there is.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        crate::auth::OPERATIONS,
        crate::branding::OPERATIONS,
        crate::clients::OPERATIONS,
        crate::devices::OPERATIONS,
        crate::federation::OPERATIONS,
        crate::groups::OPERATIONS,
        crate::limits::OPERATIONS,
        crate::mfa::OPERATIONS,
        crate::oauth::OPERATIONS,
        crate::passkeys::OPERATIONS,
        crate::pools::OPERATIONS,
        crate::risk::OPERATIONS,
        crate::tokens::OPERATIONS,
        crate::transfer::OPERATIONS,
        crate::users::OPERATIONS,
    ]
    .into_iter()
    .flatten()
}

/// The operations that Poolhouse has beyond Cognito's, as a service of their own, so that they can be mistaken for nothing.
pub fn own_entries() -> impl Iterator<Item = &'static Entry> {
    [crate::auth::link::OPERATIONS, crate::messaging::OPERATIONS].into_iter().flatten()
}

/// The row of an operation of Poolhouse's own.
pub fn find_own(name: &str) -> Option<&'static Entry> {
    own_entries().find(|entry| entry.name == name)
}

/// The row of a name.
pub fn find(name: &str) -> Option<&'static Entry> {
    TABLE.get(name).copied()
}

/// Parses and checks a JSON body against the service's model, then calls the operation. The door comes first for operations that a
/// signature opens: a caller without one learns nothing about the shape of a request.
pub async fn call(entry: &Entry, cx: &mut Cx, body: &[u8]) -> Result<Vec<u8>> {
    if entry.door == Door::Iam && matches!(cx.caller, super::door::Caller::Anonymous) {
        return Err(ApiError::missing_authentication_token("Missing Authentication Token"));
    }
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    let input: Value = serde_json::from_slice(body).map_err(|_| ApiError::serialization("The request body is not valid JSON."))?;
    let model = if find_own(entry.name).is_some() { &shape::OPERATORS } else { &shape::USER_POOLS };
    model.check(entry.name, &input).map_err(|error| match error {
        ShapeError::Serialization(message) => ApiError::serialization(message),
        violations @ ShapeError::Violations(_) => ApiError::invalid_parameter(violations.message()),
    })?;
    (entry.handler)(cx, tidy(input)?).await
}

/// A member that is null counts as absent. A NUL character has no place in any text here, and PostgreSQL cannot store one.
fn tidy(value: Value) -> Result<Value> {
    Ok(match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| Ok((k, tidy(v)?)));
            Value::Object(kept.collect::<Result<_>>()?)
        }
        Value::Array(items) => Value::Array(items.into_iter().map(tidy).collect::<Result<_>>()?),
        Value::String(text) if text.contains('\0') => return Err(ApiError::invalid_parameter("Text must not contain a NUL character.")),
        other => other,
    })
}
