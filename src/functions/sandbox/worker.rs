//! The server's end of one worker process.

use super::fetch::Fetcher;
use super::protocol::{FromWorker, Invoke, Line, Load, MAX_ANSWER, Outcome, ToWorker, encode, take};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use std::io;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

/// How long a worker may take longer than its function before it is killed.
const GRACE: Duration = Duration::from_millis(250);
/// The most requests that a function has under way.
const MAX_REQUESTS: usize = 16;

pub struct Worker {
    stream: UnixStream,
    arrived: Vec<u8>,
    child: Option<Child>,
    pub used_at: tokio::time::Instant,
}

/// Why a worker gave no answer.
#[derive(Debug)]
pub enum Lost {
    /// It did not answer in time, and was killed.
    Silent,
    /// It ended.
    Gone,
}

impl From<io::Error> for Lost {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

impl Worker {
    /// Starts a process that has nothing but its end of a socket.
    pub async fn start() -> io::Result<Self> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let started = tokio::task::spawn_blocking(move || command()?.stdin(OwnedFd::from(theirs)).spawn()).await;
        let child = started.map_err(io::Error::other)??;
        Ok(Self { stream: UnixStream::from_std(ours)?, arrived: Vec::new(), child: Some(child), used_at: tokio::time::Instant::now() })
    }

    /// Whether the process is still there.
    pub fn is_alive(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Sends the function, and says why its handler is not there.
    pub async fn load(&mut self, load: Load, fetcher: Fetcher<'_>) -> Result<(Option<Outcome>, Vec<Line>), Lost> {
        let millis = load.millis;
        match self.exchange(&ToWorker::Load(Box::new(load)), millis, fetcher).await? {
            FromWorker::Loaded { timed_out: true, log, .. } => Ok((Some(Outcome::TimedOut), log)),
            FromWorker::Loaded { error, log, .. } => Ok((error.map(Outcome::Error), log)),
            _ => Err(Lost::Gone),
        }
    }

    pub async fn invoke(&mut self, invoke: Invoke, fetcher: Fetcher<'_>) -> Result<(Outcome, Vec<Line>, u64), Lost> {
        let millis = invoke.millis;
        match self.exchange(&ToWorker::Invoke(invoke), millis, fetcher).await? {
            FromWorker::Done { outcome, log, memory } => Ok((outcome, log, memory)),
            _ => Err(Lost::Gone),
        }
    }

    async fn exchange(&mut self, message: &ToWorker, millis: u64, fetcher: Fetcher<'_>) -> Result<FromWorker, Lost> {
        let patience = Duration::from_millis(millis) + GRACE;
        tokio::time::timeout(patience, self.converse(message, Duration::from_millis(millis), fetcher)).await.unwrap_or(Err(Lost::Silent))
    }

    /// Sends a message, and answers the worker's requests until it answers.
    async fn converse(&mut self, message: &ToWorker, left: Duration, fetcher: Fetcher<'_>) -> Result<FromWorker, Lost> {
        let (mut reader, mut writer) = self.stream.split();
        writer.write_all(&encode(message)?).await?;
        let mut requests = FuturesUnordered::new();
        loop {
            while let Some(message) = take::<FromWorker>(&mut self.arrived, MAX_ANSWER)? {
                let FromWorker::Fetch { request, body } = message else { return Ok(message) };
                if requests.len() >= MAX_REQUESTS {
                    return Err(Lost::Gone);
                }
                requests.push(async move { fetcher.answer(&request, &body, left).await });
            }
            tokio::select! {
                read = reader.read_buf(&mut self.arrived) => {
                    if read? == 0 {
                        return Err(Lost::Gone);
                    }
                }
                Some((id, (answer, body))) = requests.next(), if !requests.is_empty() => {
                    writer.write_all(&encode(&ToWorker::Fetched { id, answer, body })?).await?;
                }
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _ = child.kill();
        // The kernel takes a moment to tear the process down.
        let _ = std::thread::Builder::new().name("reap".into()).stack_size(64 << 10).spawn(move || child.wait());
    }
}

/// This binary as a worker, without the server's environment.
fn command() -> io::Result<Command> {
    // By this name the binary that runs is found even after another was put in its place.
    let own = std::path::Path::new("/proc/self/exe");
    let mut command = if own.exists() { Command::new(own) } else { Command::new(std::env::current_exe()?) };
    if cfg!(test) {
        command.args(["--exact", "functions::sandbox::tests::as_a_worker", "--ignored", "--nocapture", "--test-threads=1"]);
    } else {
        command.arg("function-worker");
    }
    command.env_clear().current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command)
}
