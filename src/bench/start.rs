//! Starting, memory and size.

use super::machine::median;
use super::report::{Limit, Report};
use super::server::Server;
use anyhow::{Context, Result};
use std::path::Path;
use std::time::Duration;

const STARTS: usize = 5;
/// A server that nobody asks anything has settled by then.
const SETTLED: Duration = Duration::from_secs(2);

/// Starts on new and on existing databases. The last of the servers is returned, idle since.
pub fn measure(report: &mut Report, folder: &Path) -> Result<Server> {
    eprintln!("measuring starts");
    let mut times = Vec::new();
    for n in 0..STARTS {
        let new = folder.join(format!("start-{n}"));
        std::fs::create_dir_all(&new)?;
        let server = Server::serve(&new)?;
        times.push(server.started_in);
        server.stop()?;
    }
    let fresh = median(&mut times);
    let existing = folder.join("start-0");
    let mut times = Vec::new();
    for _ in 1..STARTS {
        let server = Server::serve(&existing)?;
        times.push(server.started_in);
        server.stop()?;
    }
    let server = Server::serve(&existing)?;
    times.push(server.started_in);
    std::thread::sleep(SETTLED);
    report.limit(Limit::at_most("first 200, existing database", median(&mut times) * 1e3, "ms", 25.0).note(format!("median of {STARTS}")));
    report.limit(Limit::at_most("first 200, new database", fresh * 1e3, "ms", 250.0).note(format!("median of {STARTS}")));
    report.limit(Limit::at_most("memory, idle", megabytes(&server)?, "MB", 18.0).note("resident, two seconds after the start"));
    Ok(server)
}

/// What is left to measure when all loads are done.
pub fn loaded(report: &mut Report, server: &Server) -> Result<()> {
    report.limit(Limit::at_most("memory, after all loads", megabytes(server)?, "MB", 60.0).note("resident"));
    let file = std::fs::metadata(std::env::current_exe()?)?.len() as f64 / 1e6;
    report.limit(Limit::at_most("the one file", file, "MB", 25.0));
    Ok(())
}

/// `VmRSS` in `/proc/[pid]/status`, which is in units of 1,024 bytes.
fn megabytes(server: &Server) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("/proc/[pid]/status names no VmRSS")?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1_024.0 / 1e6)
}
