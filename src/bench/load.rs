//! Loads, and what they come to.

use super::client::Answer;
use super::machine::{cores, cpu_seconds};
use super::server::Server;
use anyhow::{Result, anyhow};
use std::ops::AddAssign;
use std::time::{Duration, Instant};

/// A stopwatch.
#[derive(Clone, Copy)]
pub struct Clock(Instant);

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "measuring the passing of time is what this room is for")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// What a load came to. Times are in seconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    pub operations: f64,
    pub elapsed: f64,
    /// CPU time of what is measured, all threads and the kernel's work for them.
    pub cpu: f64,
    /// CPU time of the load generator.
    pub generator: f64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.operations += other.operations;
        self.elapsed += other.elapsed;
        self.cpu += other.cpu;
        self.generator += other.generator;
    }
}

impl Tally {
    /// Operations per second, by the clock.
    pub fn rate(&self) -> f64 {
        self.operations / self.elapsed
    }

    /// Operations per second of CPU time.
    pub fn per_cpu_second(&self) -> f64 {
        self.operations / self.cpu
    }

    /// Operations per second of the machine that the load generator left.
    pub fn per_free_second(&self) -> f64 {
        let cores = cores() as f64;
        self.operations * cores / (self.elapsed * cores - self.generator)
    }
}

/// Runs something that counts its operations against this server.
pub fn against(server: &Server, run: impl FnOnce() -> Result<usize>) -> Result<Tally> {
    tally(server.pid(), run)
}

/// Runs something that counts operations of this process itself.
pub fn within(run: impl FnOnce() -> Result<usize>) -> Result<Tally> {
    Ok(Tally { generator: 0.0, ..tally(std::process::id(), run)? })
}

fn tally(pid: u32, run: impl FnOnce() -> Result<usize>) -> Result<Tally> {
    let own = std::process::id();
    let (cpu, generator, clock) = (cpu_seconds(pid)?, cpu_seconds(own)?, Clock::start());
    let operations = run()? as f64;
    let elapsed = clock.elapsed().as_secs_f64();
    Ok(Tally { operations, elapsed, cpu: cpu_seconds(pid)? - cpu, generator: cpu_seconds(own)? - generator })
}

/// Runs a job once per number below `count`, each in a thread, and returns the results in order.
pub fn together<T: Send>(count: usize, job: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    std::thread::scope(|scope| {
        let job = &job;
        let threads: Vec<_> = (0..count).map(|n| scope.spawn(move || job(n))).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow!("a thread of the benchmark panicked"))?).collect()
    })
}

/// Deals the requests out to connections, which send theirs over and over until the time is up. Every answer must be 200.
pub fn steady(server: &Server, connections: usize, requests: &[Vec<u8>], seconds: f64) -> Result<Tally> {
    against(server, || {
        let clock = Clock::start();
        let counts = together(connections, |n| {
            let (mut connection, mut count) = (server.connect()?, 0);
            for request in requests.iter().skip(n % requests.len()).step_by(connections).cycle() {
                if clock.elapsed().as_secs_f64() >= seconds {
                    break;
                }
                connection.exchange(request)?.expect(200)?;
                count += 1;
            }
            Ok(count)
        })?;
        Ok(counts.into_iter().sum())
    })
}

/// Connections that a batch is spread over.
pub const CONNECTIONS: usize = 16;

/// Sends every request once and returns what `read` makes of the answers, in order.
pub fn batch<T: Send>(server: &Server, requests: &[Vec<u8>], read: impl Fn(&Answer<'_>) -> Result<T> + Sync) -> Result<(Tally, Vec<T>)> {
    let mut answers = Vec::new();
    let size = requests.len().div_ceil(CONNECTIONS).max(1);
    let shares: Vec<_> = requests.chunks(size).collect();
    let tally = against(server, || {
        let parts = together(shares.len(), |n| {
            let mut connection = server.connect()?;
            shares[n].iter().map(|request| read(&connection.exchange(request)?)).collect::<Result<Vec<T>>>()
        })?;
        answers = parts.into_iter().flatten().collect();
        Ok(requests.len())
    })?;
    Ok((tally, answers))
}

/// Batches until they have taken the time.
pub fn batches(seconds: f64, mut one: impl FnMut() -> Result<Tally>) -> Result<Tally> {
    let mut total = Tally::default();
    while total.elapsed < seconds {
        total += one()?;
    }
    Ok(total)
}
