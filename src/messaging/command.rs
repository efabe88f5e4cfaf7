//! `poolhouse messages`: what no provider took, on the command line.

use super::ops::undelivered::{DeleteUndeliveredMessage, ListUndeliveredMessages, ResendMessage};
use crate::api::door::Caller;
use crate::api::{ApiError, Cx};
use crate::boot::app::App;
use crate::boot::config::Config;
use crate::kit::clock::iso8601;
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct Options {
    action: Action,
    /// The message's id, to resend or drop it
    #[arg(required_if_eq_any([("action", "resend"), ("action", "drop")]))]
    id: Option<String>,
    /// Lists messages of this pool only
    #[arg(long)]
    pool: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Action {
    /// The messages that no provider took
    List,
    /// Tries a message again, for another day; a running server sends it
    Resend,
    /// Forgets a message
    Drop,
}

/// Runs the command, and says what came of it.
pub async fn run(config: Config, options: Options) -> anyhow::Result<String> {
    let app = App::open(config).await?;
    let mut cx = Cx::internal(app.clone());
    cx.caller = Caller::Root;
    let message_id = options.id.unwrap_or_default();
    let said = match options.action {
        Action::List => list(&mut cx, options.pool).await,
        Action::Resend => cx.call(ResendMessage { message_id }).await.map(|_| "It is queued again.".to_owned()),
        Action::Drop => cx.call(DeleteUndeliveredMessage { message_id }).await.map(|_| "It is gone.".to_owned()),
    };
    app.db.close().await;
    said.map_err(|error| match error {
        ApiError::Internal(cause) => cause,
        refused => anyhow::anyhow!("{}", refused.message()),
    })
}

async fn list(cx: &mut Cx, pool: Option<String>) -> Result<String, ApiError> {
    let (mut lines, mut token) = (Vec::new(), None);
    loop {
        let asked = ListUndeliveredMessages { user_pool_id: pool.clone(), max_results: None, next_token: token };
        let listed = cx.call(asked).await?;
        lines.extend(listed.messages.into_iter().map(|m| {
            let (at, reason) = (iso8601((m.creation_date * 1_000.0) as i64), m.reason.unwrap_or_default());
            format!(
                "{}  {at}  {}  {}  {}  {}  {} attempts  {reason}",
                m.message_id, m.user_pool_id, m.delivery_medium, m.kind, m.destination, m.attempts
            )
        }));
        token = listed.next_token;
        if token.is_none() {
            break;
        }
    }
    Ok(if lines.is_empty() { "Every message was taken or is on its way.".to_owned() } else { lines.join("\n") })
}
