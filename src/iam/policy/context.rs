//! What is known of a request: the condition keys and their values.

use std::collections::{BTreeMap, HashMap};

/// Condition keys, whose names are compared without regard to case.
#[derive(Debug, Clone, Default)]
pub struct Context {
    values: HashMap<String, Value>,
}

#[derive(Debug, Clone)]
enum Value {
    One(String),
    /// Of a key that can have several values, whatever their number here.
    Many(Vec<String>),
}

impl Context {
    /// Sets a key that has one value.
    pub fn set(&mut self, key: &str, value: impl Into<String>) -> &mut Self {
        self.values.insert(fold(key), Value::One(value.into()));
        self
    }

    /// Sets a key that can have several values.
    pub fn set_many(&mut self, key: &str, values: Vec<String>) -> &mut Self {
        self.values.insert(fold(key), Value::Many(values));
        self
    }

    /// Sets a key for each tag: `aws:ResourceTag/{tag}`.
    pub fn set_tags(&mut self, prefix: &str, tags: &BTreeMap<String, String>) -> &mut Self {
        for (tag, value) in tags {
            self.set(&format!("{prefix}/{tag}"), value);
        }
        self
    }

    /// Sets what policies may ask of the tags that a request brings.
    pub fn set_request_tags(&mut self, tags: &BTreeMap<String, String>) -> &mut Self {
        if !tags.is_empty() {
            self.set_tags("aws:RequestTag", tags).set_many("aws:TagKeys", tags.keys().cloned().collect());
        }
        self
    }

    /// Adds what another context holds, over what is here.
    pub fn extend(&mut self, other: &Self) -> &mut Self {
        self.values.extend(other.values.iter().map(|(key, value)| (key.clone(), value.clone())));
        self
    }

    /// The values of a key; none if it is not there. `key` is in lower case.
    pub(super) fn get(&self, key: &str) -> &[String] {
        match self.values.get(key) {
            None => &[],
            Some(Value::One(value)) => std::slice::from_ref(value),
            Some(Value::Many(values)) => values,
        }
    }

    /// The value of a key that has one. `key` is in lower case.
    pub(super) fn one(&self, key: &str) -> Option<&str> {
        match self.values.get(key) {
            Some(Value::One(value)) => Some(value),
            _ => None,
        }
    }

    /// Whether a key is there, whatever the case of its name.
    pub fn has(&self, key: &str) -> bool {
        !self.get(&fold(key)).is_empty()
    }
}

/// The form in which names of keys are compared.
pub(super) fn fold(key: &str) -> String {
    key.to_ascii_lowercase()
}
