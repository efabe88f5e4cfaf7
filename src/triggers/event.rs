//! The event that a function is called with.

use crate::api::Cx;
use crate::pools::Pool;
use crate::users::User;
use serde_json::{Map, Value, json};

/// The envelope that every trigger shares (version 1).
pub fn envelope(cx: &Cx, pool: &Pool, source: &str, client_id: &str, username: &str, request: Value, response: Value) -> Value {
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
