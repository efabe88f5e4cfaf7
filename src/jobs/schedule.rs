//! The rooms' jobs and when they run.

use crate::api::{Cx, Result};
use crate::boot::app::App;
use crate::messaging::Channel;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

type Run = for<'a> fn(&'a mut Cx) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// How long after the start the rarer jobs run for the first time.
const SETTLE: Duration = Duration::from_secs(20);

/// Something to do again and again.
pub struct Job {
    name: &'static str,
    every: Duration,
    run: Run,
}

/// Every job there is.
fn jobs() -> Vec<Job> {
    let every = |name, seconds, run| Job { name, every: Duration::from_secs(seconds), run };
    vec![
        every("tell-of-logouts", 1, |cx| Box::pin(crate::oauth::backchannel::deliver::deliver(cx))),
        every("call-senders", 1, |cx| Box::pin(crate::triggers::jobs::send(cx))),
        every("deliver-mail", 1, |cx| Box::pin(crate::messaging::delivery::deliver(cx, Channel::Email))),
        every("deliver-text-messages", 1, |cx| Box::pin(crate::messaging::delivery::deliver(cx, Channel::Sms))),
        every("sweep-messages", 60, |cx| Box::pin(crate::messaging::delivery::sweep(cx))),
        every("sweep-tokens", 300, |cx| Box::pin(crate::tokens::jobs::sweep(cx))),
        every("sweep-links", 300, |cx| Box::pin(crate::auth::link::sweep(cx))),
        every("sweep-users", 300, |cx| Box::pin(crate::users::jobs::sweep(cx))),
        every("sweep-devices", 3_600, |cx| Box::pin(crate::devices::jobs::sweep(cx))),
        every("sweep-passkeys", 300, |cx| Box::pin(crate::passkeys::jobs::sweep(cx))),
        every("sweep-pages", 300, |cx| Box::pin(crate::hosted::jobs::sweep(cx))),
        every("sweep-events", 3_600, |cx| Box::pin(crate::risk::jobs::sweep(cx))),
        every("keep-invocations", 1, |cx| Box::pin(crate::functions::jobs::keep(cx))),
        every("sweep-functions", 60, |cx| Box::pin(crate::functions::jobs::sweep(cx))),
        every("renew-certificates", 15, |cx| Box::pin(crate::certificates::jobs::renew(cx))),
        every("import-users", 1, |cx| Box::pin(crate::transfer::run::run(cx))),
        every("rotate-identity-keys", 3_600, |cx| Box::pin(crate::identity::jobs::rotate_old_keys(cx))),
        every("rotate-signing-keys", 3_600, |cx| Box::pin(crate::tokens::jobs::rotate_old_keys(cx))),
    ]
}

/// Starts every job; they end when `stop` says so.
pub fn run(app: &Arc<App>, stop: &watch::Receiver<bool>) {
    for job in jobs() {
        super::spawn(job.name, repeat(job, app.clone(), stop.clone()));
    }
}

async fn repeat(job: Job, app: Arc<App>, mut stop: watch::Receiver<bool>) {
    // Requests first: what waited through a restart can wait a little longer.
    let mut pause = job.every.min(SETTLE);
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => return,
        }
        let mut cx = Cx::internal(app.clone());
        if let Err(error) = (job.run)(&mut cx).await {
            tracing::error!(job = job.name, %error, "a job failed; it will run again");
        }
        pause = job.every;
    }
}
