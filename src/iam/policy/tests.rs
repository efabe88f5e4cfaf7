//! What policies decide, from the language's own reference: each line a case.

mod conditions;
mod documents;
mod elements;
mod layers;
mod properties;
mod trust;

use super::evaluate::{Effect, Layers, Named, Request, decide};
use super::principal::Requester;
use super::{Context, Kind, read};
use serde_json::{Value, json};
use std::sync::Arc;

pub const ME: Requester<'static> = Requester {
    account: "123456789012",
    arn: "arn:aws:sts::123456789012:assumed-role/App/session",
    role_arn: Some("arn:aws:iam::123456789012:role/App"),
    id: "AROAEXAMPLE",
    federated: None,
    service: None,
};

pub fn named(document: &Value, kind: Kind) -> Named {
    let policy = read(&document.to_string(), kind).unwrap_or_else(|why| panic!("{why}: {document}"));
    Named { id: "p".to_owned(), kind: "IAM Policy", policy: Arc::new(policy) }
}

pub fn policy(statements: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// One statement that allows or denies everything under a condition.
pub fn under(effect: &str, condition: &Value) -> Value {
    policy(json!([{ "Effect": effect, "Action": "*", "Resource": "*", "Condition": condition }]))
}

/// A context from `{"key": "one"}` and `{"key": ["of", "several"]}`.
pub fn context(values: &Value) -> Context {
    let mut context = Context::default();
    for (key, value) in values.as_object().into_iter().flatten() {
        match value {
            Value::String(one) => context.set(key, one.as_str()),
            Value::Array(all) => context.set_many(key, all.iter().map(|v| v.as_str().unwrap_or_default().to_owned()).collect()),
            other => panic!("{other} is no value of a key"),
        };
    }
    context
}

pub fn by_identity(document: &Value, action: &str, resource: &str, context: &Context) -> Effect {
    let policies = [named(document, Kind::Identity)];
    let layers = Layers { identity: &policies, ..Layers::default() };
    decide(&layers, &Request::new(action, resource, context, ME)).effect
}
