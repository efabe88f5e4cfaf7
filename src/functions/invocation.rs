//! A call that is kept to be looked at and repeated, without the secrets that went through it.

use crate::kit::clock::{Millis, epoch_seconds};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The purpose that calls are sealed for.
pub const PURPOSE: &str = "function invocation";
/// How many calls are kept of each function.
pub const KEEP: i64 = 50;
/// Members of events that are secrets of users: what is in them is never kept.
const SECRET: [&str; 6] = ["password", "privateChallengeParameters", "challengeAnswer", "access_token", "id_token", "refresh_token"];
/// What stands in their place.
const GONE: &str = "(not kept)";
/// The largest event or answer that is kept.
const MAX: usize = 64 * 1024;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invocation {
    pub request_id: String,
    pub version: String,
    pub at: Millis,
    pub millis: f64,
    /// `Succeeded`, `Failed`, `TimedOut` or `Unreachable`.
    pub outcome: String,
    /// Nothing where it was too large to be kept.
    pub event: Option<Value>,
    pub result: Option<Value>,
    pub log: String,
}

impl Invocation {
    /// Takes out what may not be kept: from the event, from the answer that usually repeats it, and from what was written.
    pub fn redact(mut self) -> Self {
        let mut secrets = Vec::new();
        for value in [&mut self.event, &mut self.result].into_iter().flatten() {
            redact(value, &mut secrets);
        }
        // Longer ones first: one may be a part of another.
        secrets.sort_by_key(|secret: &String| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        for secret in secrets {
            self.log = self.log.replace(&secret, GONE);
            if let Some(result) = &mut self.result {
                replace(result, &secret);
            }
        }
        for value in [&mut self.event, &mut self.result] {
            if value.as_ref().is_some_and(|v| v.to_string().len() > MAX) {
                *value = None;
            }
        }
        self
    }

    pub fn summary(&self) -> Value {
        json!({
            "RequestId": self.request_id, "Version": self.version, "Time": epoch_seconds(self.at), "Duration": self.millis, "Outcome": self.outcome,
        })
    }

    pub fn detail(&self) -> Value {
        let mut out = self.summary();
        out["Event"] = self.event.clone().unwrap_or_default();
        out["Result"] = self.result.clone().unwrap_or_default();
        out["Log"] = self.log.clone().into();
        out
    }
}

fn redact(value: &mut Value, secrets: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if SECRET.contains(&name.as_str()) { blank(value, secrets) } else { redact(value, secrets) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, secrets)),
        _ => {}
    }
}

/// Blanks every text and number in a secret, so that its form stays.
fn blank(value: &mut Value, secrets: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.values_mut().for_each(|value| blank(value, secrets)),
        Value::Array(items) => items.iter_mut().for_each(|item| blank(item, secrets)),
        Value::Null | Value::Bool(_) => {}
        other => {
            let text = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            // Shorter ones would blank half of what was written.
            if text.len() >= 4 && text != GONE {
                secrets.push(text);
            }
            *other = GONE.into();
        }
    }
}

fn replace(value: &mut Value, secret: &str) {
    match value {
        Value::String(text) if text.contains(secret) => *text = text.replace(secret, GONE),
        Value::Object(members) => members.values_mut().for_each(|value| replace(value, secret)),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, secret)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_kept_wherever_they_went() {
        let invocation = Invocation {
            request_id: "r".into(),
            version: "1".into(),
            at: 0,
            millis: 1.0,
            outcome: "Succeeded".into(),
            event: Some(
                json!({ "request": { "password": "hunter22", "privateChallengeParameters": { "answer": "4711" }, "userAttributes": { "email": "a@b" } } }),
            ),
            result: Some(
                json!({ "request": { "password": "hunter22" }, "response": { "privateChallengeParameters": { "code": "998877" }, "hint": "it is 998877" } }),
            ),
            log: "trying hunter22, answer 4711, code 998877".into(),
        };
        let kept = serde_json::to_string(&invocation.redact()).unwrap();
        for secret in ["hunter22", "4711", "998877"] {
            assert!(!kept.contains(secret), "{kept}");
        }
        assert!(kept.contains("a@b") && kept.contains("\"answer\":\"(not kept)\""));
    }
}
