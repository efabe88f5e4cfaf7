//! The event that a function is called with, and reading what it answers.

use super::functions::unrecognizable;
use crate::api::{ApiError, Cx, Exception, Result};
use crate::pools::Pool;
use crate::users::User;
use serde_json::{Map, Value, json};

/// The client of what administrators do.
pub const NO_CLIENT: &str = "CLIENT_ID_NOT_APPLICABLE";

/// The envelope that every trigger shares (version 1), with what the application sent along for functions.
pub fn envelope(cx: &Cx, pool: &Pool, source: &str, client_id: &str, username: &str, mut request: Value, response: Value) -> Value {
    cx.metadata.add_to(&mut request);
    json!({
        "version": "1",
        "region": cx.app.config.region,
        "userPoolId": pool.id,
        "userName": username,
        "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client_id },
        "triggerSource": source,
        "request": request,
        "response": response,
    })
}

/// A user's attributes as functions see them: text, with `sub` and the status.
pub fn attributes(user: Option<&User>) -> Value {
    let Some(user) = user else { return json!({}) };
    let own = user.attributes.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
    let made = [("sub".to_owned(), user.sub.as_str().into()), ("cognito:user_status".to_owned(), user.status.as_str().into())];
    Value::Object(made.into_iter().chain(own).collect::<Map<_, _>>())
}

/// Whether a refusal is what a function, or its failure, led to.
pub fn is_of_function(error: &ApiError) -> bool {
    use Exception::{InvalidLambdaResponseException, UnexpectedLambdaException, UserLambdaValidationException};
    [InvalidLambdaResponseException, UnexpectedLambdaException, UserLambdaValidationException].into_iter().any(|e| error.is(e))
}

/// A switch of a response: off where it is absent or null.
pub fn flag(response: &Map<String, Value>, name: &str) -> Result<bool> {
    match response.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(on)) => Ok(*on),
        Some(_) => Err(unrecognizable()),
    }
}

/// A text of a response, where there is one.
pub fn text(response: &Map<String, Value>, name: &str) -> Result<Option<String>> {
    match response.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(unrecognizable()),
    }
}

/// A list of texts of a response; empty where it is absent or null.
pub fn texts(response: &Map<String, Value>, name: &str) -> Result<Vec<String>> {
    match response.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(unrecognizable)).collect(),
        Some(_) => Err(unrecognizable()),
    }
}

/// An object of a response; `None` where it is absent or null.
pub fn object<'a>(response: &'a Map<String, Value>, name: &str) -> Result<Option<&'a Map<String, Value>>> {
    match response.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members)),
        Some(_) => Err(unrecognizable()),
    }
}
