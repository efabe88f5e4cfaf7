//! The functions of triggers, as the flows call them.

use super::name::{Arn, Named};
use super::runner::{self, Asked, Ran};
use super::targets::{self, Reply, Sent};
use crate::api::Cx;
use crate::boot::app::App;
use crate::triggers::{Failure, Functions, Invocation};
use serde_json::Value;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How long a user pool waits for its function, as with Cognito.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs the functions of this server, and knows where the others are.
pub struct Runner {
    app: Weak<App>,
}

/// Has a server's triggers call its functions. Whoever set another runner before keeps it.
pub fn register(app: &Arc<App>) {
    let _ = app.functions.set(Box::new(Runner { app: Arc::downgrade(app) }));
}

impl Functions for Runner {
    fn invoke<'a>(&'a self, arn: &'a str, event: Value) -> Invocation<'a> {
        Box::pin(async move {
            let app = self.app.upgrade().ok_or_else(|| Failure::Unreachable("ServiceException".into()))?;
            call(app, arn, event).await
        })
    }
}

async fn call(app: Arc<App>, arn: &str, event: Value) -> Result<Value, Failure> {
    let unreachable = |why: &str| Failure::Unreachable(why.to_owned());
    let parsed = Arn::parse(arn).ok_or_else(|| unreachable("AccessDeniedException"))?;
    let mut cx = Cx::internal(app.clone());
    let is_ours = parsed.region == app.config.region && parsed.account == app.config.account_id;
    let found = match is_ours {
        true => {
            let named = Named { name: parsed.name.to_owned(), qualifier: parsed.qualifier.map(str::to_owned) };
            match runner::find(&mut cx, &named).await {
                Ok(found) => Some(found),
                Err(error) if error.name() == "ResourceNotFoundException" => None,
                Err(error) => {
                    tracing::error!(function = parsed.name, ?error, "a function cannot be found");
                    return Err(unreachable("ServiceException"));
                }
            }
        }
        false => None,
    };
    let event = event.to_string();
    let reply = match found {
        Some(version) => {
            let asked = Asked { version: &version, qualifier: parsed.qualifier, event, limit: PATIENCE, client_context: Value::Null };
            let Ran { reply, timed_out, .. } = runner::run(&mut cx, asked).await;
            if timed_out && Duration::from_secs(version.settings.timeout.into()) > PATIENCE {
                return Err(unreachable("Socket timeout while invoking Lambda function."));
            }
            reply
        }
        None => {
            let request_id = crate::kit::id::uuid(cx.rng());
            targets::invoke(&app, &app.config.functions.remote, &Sent { arn, request_id: &request_id, event: &event, timeout: PATIENCE })
                .await
        }
    };
    match reply {
        Reply::Answer(json) => serde_json::from_str(&json).map_err(|_| Failure::NoJson),
        Reply::Error(json) => Err(Failure::Threw(message(&json))),
        Reply::Unreachable(why) => Err(Failure::Unreachable(why)),
    }
}

/// What a function's error says.
fn message(json: &str) -> String {
    let error: Value = serde_json::from_str(json).unwrap_or_default();
    error["errorMessage"].as_str().map_or_else(|| json.chars().take(1_000).collect(), str::to_owned)
}
