//! Functions that answer what a test tells them to, and keep what they were called with.

use super::harness::{Site, merged};
use crate::triggers::{Failure, Functions, Invocation};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
pub struct Fakes {
    seen: Arc<Mutex<Vec<Value>>>,
    replies: Arc<Mutex<BTreeMap<String, Reply>>>,
}

/// What a function does with its event.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Gives it back with this response.
    Response(Value),
    /// Gives this back.
    Answer(Value),
    Fails(Failure),
}

/// The function of a name.
pub fn arn(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:000000000000:function:{name}")
}

pub const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/codes";

/// A pool's `LambdaConfig` in which each trigger has a function of its own name.
pub fn lambda_config(triggers: &[&str]) -> Value {
    let mut out = Map::new();
    for trigger in triggers {
        let versioned = matches!(*trigger, "CustomEmailSender" | "CustomSMSSender");
        let function = if versioned { json!({ "LambdaVersion": "V1_0", "LambdaArn": arn(trigger) }) } else { arn(trigger).into() };
        out.insert((*trigger).to_owned(), function);
        if versioned {
            out.insert("KMSKeyID".into(), KEY.into());
        }
    }
    out.into()
}

impl Functions for Fakes {
    fn invoke<'a>(&'a self, arn: &'a str, mut event: Value) -> Invocation<'a> {
        let name = arn.rsplit(':').next().unwrap_or_default();
        self.seen.lock().unwrap().push(event.clone());
        let reply = self.replies.lock().unwrap().get(name).cloned();
        Box::pin(async move {
            match reply {
                None => Ok(event),
                Some(Reply::Response(response)) => {
                    event["response"] = response;
                    Ok(event)
                }
                Some(Reply::Answer(answer)) => Ok(answer),
                Some(Reply::Fails(failure)) => Err(failure),
            }
        })
    }
}

impl Fakes {
    pub fn install(site: &Site) -> Self {
        let fakes = Self::default();
        assert!(site.app.functions.set(Box::new(fakes.clone())).is_ok());
        fakes
    }

    /// Has a pool call these triggers' functions.
    pub async fn pool(&self, site: &Site, triggers: &[&str], more: Value) -> String {
        site.pool(merged(json!({ "LambdaConfig": lambda_config(triggers) }), more)).await
    }

    pub fn on(&self, name: &str, reply: Reply) {
        self.replies.lock().unwrap().insert(name.to_owned(), reply);
    }

    pub fn respond(&self, name: &str, response: Value) {
        self.on(name, Reply::Response(response));
    }

    pub fn throws(&self, name: &str, message: &str) {
        self.on(name, Reply::Fails(Failure::Threw(message.to_owned())));
    }

    /// The events since the last look.
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    /// Their sources, in order.
    pub fn sources(&self) -> Vec<String> {
        self.take().iter().map(|event| event["triggerSource"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The only event since the last look.
    #[track_caller]
    pub fn only(&self) -> Value {
        let mut events = self.take();
        assert_eq!(events.len(), 1, "{events:#?}");
        events.remove(0)
    }
}

/// The failures of a function, and what they become: exception and message.
pub fn failures(trigger: &str) -> Vec<(Reply, &'static str, String)> {
    let unrecognizable = || ("InvalidLambdaResponseException", "Unrecognizable lambda output".to_owned());
    let mut out = vec![
        (Reply::Fails(Failure::Threw("No.".into())), "UserLambdaValidationException", format!("{trigger} failed with error No..")),
        (
            Reply::Fails(Failure::Unreachable("AccessDeniedException".into())),
            "UnexpectedLambdaException",
            format!("{trigger} invocation failed due to error AccessDeniedException"),
        ),
        (Reply::Fails(Failure::NoJson), "InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON".to_owned()),
    ];
    for answer in [json!(7), json!([]), json!({}), json!({ "response": "x" })] {
        let (exception, message) = unrecognizable();
        out.push((Reply::Answer(answer), exception, message));
    }
    out
}
