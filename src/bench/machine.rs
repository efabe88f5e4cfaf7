//! The machine: what it has, what it takes, and what others take of it. Times are in seconds.

use super::load::Clock;
use anyhow::{Context, Result};
use std::io::Write as _;
use std::path::Path;

pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The CPU time that a process has taken, all its threads and the kernel's work for them.
pub fn cpu_seconds(pid: u32) -> Result<f64> {
    fields(&format!("/proc/{pid}/stat"), 14, 2)
}

/// Adds up fields of a file of `/proc` that begins with a name, in the hundredths of a second that Linux counts for programs (proc(5)).
fn fields(file: &str, first: usize, count: usize) -> Result<f64> {
    let text = std::fs::read_to_string(file).context("the benchmark needs Linux's /proc")?;
    // In the stat of a process the second field is a name in brackets, which may hold spaces.
    let (skipped, rest) = text.rsplit_once(')').map_or((0, text.as_str()), |(_, rest)| (2, rest));
    let wanted = rest.lines().next().unwrap_or_default().split_whitespace().skip(first - 1 - skipped).take(count);
    Ok(wanted.map(|n| n.parse::<f64>().with_context(|| format!("{file} has another form"))).sum::<Result<f64>>()? / 100.0)
}

/// Tells how much of the machine other programs took.
pub struct Watch {
    clock: Clock,
    busy: f64,
}

impl Watch {
    pub fn start() -> Result<Self> {
        Ok(Self { clock: Clock::start(), busy: busy()? })
    }

    /// The share since the start. Children count as soon as they have ended.
    pub fn others(&self) -> Result<f64> {
        let own = fields("/proc/self/stat", 14, 4)?;
        Ok((busy()? - self.busy - own).max(0.0) / (self.clock.elapsed().as_secs_f64() * cores() as f64))
    }
}

/// All cores, since the machine started: user, nice, system and, behind the two kinds of idleness, interrupts and what a hypervisor took.
fn busy() -> Result<f64> {
    Ok(fields("/proc/stat", 2, 3)? + fields("/proc/stat", 7, 3)?)
}

/// What a small write takes until it is on the disk: the least that one commit costs here.
pub fn sync_time(folder: &Path) -> Result<f64> {
    let mut file = std::fs::File::create(folder.join("sync"))?;
    let mut times = Vec::new();
    for _ in 0..21 {
        let clock = Clock::start();
        file.write_all(&[0; 4_096])?;
        file.sync_data()?;
        times.push(clock.elapsed().as_secs_f64());
    }
    Ok(median(&mut times))
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
