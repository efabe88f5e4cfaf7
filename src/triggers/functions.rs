//! Calling a function.

use crate::api::{ApiError, Cx, Result};
use serde_json::{Map, Value};
use std::future::Future;
use std::pin::Pin;

/// A call under way.
pub type Invocation<'a> = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>>;

/// Whoever runs functions.
pub trait Functions: Send + Sync {
    /// Calls the function of this name with an event, and gives what it answers.
    fn invoke<'a>(&'a self, arn: &'a str, event: Value) -> Invocation<'a>;
}

/// Why a function gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It threw this.
    Threw(String),
    /// It is not there, took too long, or may not be called.
    Unreachable(String),
    /// What it answered is no JSON.
    NoJson,
}

/// Calls a pool's trigger with an event, and gives the `response` of the event that comes back.
pub async fn call(cx: &mut Cx, trigger: &str, arn: &str, event: Value) -> Result<Map<String, Value>> {
    let app = cx.app.clone();
    let answer = match app.functions.get() {
        Some(functions) => functions.invoke(arn, event).await,
        None => Err(Failure::Unreachable("AccessDeniedException".into())),
    };
    let answer = answer.map_err(|failure| refusal(trigger, &failure))?;
    match answer {
        Value::Object(mut event) => match event.remove("response") {
            Some(Value::Object(response)) => Ok(response),
            _ => Err(unrecognizable()),
        },
        _ => Err(unrecognizable()),
    }
}

/// The refusal of an answer that has not the trigger's form.
pub fn unrecognizable() -> ApiError {
    ApiError::invalid_lambda_response("Unrecognizable lambda output")
}

fn refusal(trigger: &str, failure: &Failure) -> ApiError {
    match failure {
        Failure::Threw(message) => ApiError::user_lambda_validation(format!("{trigger} failed with error {message}.")),
        Failure::Unreachable(cause) => ApiError::unexpected_lambda(format!("{trigger} invocation failed due to error {cause}")),
        Failure::NoJson => ApiError::invalid_lambda_response("Invalid lambda function output : Invalid JSON"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_have_cognitos_words() {
        let text = |failure| refusal("PreSignUp", &failure).message().into_owned();
        assert_eq!(text(Failure::Threw("Sign-up denied".into())), "PreSignUp failed with error Sign-up denied.");
        let unreachable = Failure::Unreachable("AccessDeniedException".into());
        assert_eq!(text(unreachable), "PreSignUp invocation failed due to error AccessDeniedException");
    }
}
