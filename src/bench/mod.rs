//! `poolhouse bench`: what this build does, as shares of what its primitives alone do on the same machine in the same minutes.
//!
//! The server under test is a process of its own, started from the same file, so that its memory, its start and its CPU time are its own.
//! This process makes the load: blocking connections, a thread each. The two share the cores, which is why every rate is compared twice,
//! by CPU time and by the clock; [`report`] says how. Linux only: the numbers of other processes come from `/proc`.

pub mod bare;
mod client;
mod flood;
mod growth;
mod load;
mod machine;
mod pages;
mod people;
mod policies;
mod population;
mod primitive;
mod report;
mod server;
mod sign_ins;
mod start;
mod store;
mod tokens;

use anyhow::{Context, Result};
use machine::Watch;
use people::People;
use report::{Circumstances, Report};
use server::Server;
use std::path::{Path, PathBuf};

/// How to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Seconds for each measurement
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub seconds: u64,
    /// Prints one JSON object per measurement instead of tables
    #[arg(long)]
    pub json: bool,
    /// Measures one group only
    #[arg(long, value_parser = ["start", "sign-ins", "tokens", "pages", "flood", "population", "policies"])]
    pub only: Option<String>,
    /// Users of the pools that pages and lookups are compared on, in the place of 10,000, 100,000 and 1,000,000 (as time allows)
    #[arg(long, value_name = "USERS", value_delimiter = ',', value_parser = clap::value_parser!(u64).range(300..=5_000_000))]
    pub population: Option<Vec<u64>>,
    /// Serves the answer in this file and nothing else: the bare server that pages are compared with
    #[arg(long, hide = true)]
    pub bare: Option<PathBuf>,
}

/// Measures, and prints the report.
pub fn run(options: &Options) -> Result<()> {
    let (folder, watch) = (Folder::new()?, Watch::start()?);
    let mut report = Report::default();
    measure(&mut report, &folder.0, options)?;
    let circumstances = Circumstances { sync_seconds: machine::sync_time(&folder.0)?, others: watch.others()? };
    if options.json {
        report.print_json(&circumstances)
    } else {
        report.print(&circumstances)
    }
    Ok(())
}

fn measure(report: &mut Report, folder: &Path, options: &Options) -> Result<()> {
    let (seconds, wants) = (options.seconds as f64, |group: &str| options.only.as_deref().is_none_or(|only| only == group));
    let sizes: Option<Vec<usize>> = options.population.as_ref().map(|sizes| sizes.iter().map(|size| *size as usize).collect());
    if wants("population") {
        population::measure(report, folder, sizes.as_deref(), seconds)?;
    }
    if wants("policies") {
        policies::measure(report, seconds.min(2.0))?;
    }
    if matches!(options.only.as_deref(), Some("population" | "policies")) {
        return Ok(());
    }
    let server = if wants("start") { start::measure(report, folder)? } else { Server::serve(folder)? };
    let people = People::create(&server).context("cannot make the users")?;
    if wants("sign-ins") {
        sign_ins::measure(report, &server, &people, seconds)?;
    }
    if wants("tokens") {
        tokens::measure(report, &server, &people, seconds)?;
    }
    if wants("pages") {
        pages::rates(report, &server, folder, seconds)?;
        pages::weight(report, &server)?;
    }
    if wants("flood") {
        flood::measure(report, &server, &people, seconds)?;
    }
    start::loaded(report, &server)
}

/// Where the databases lie while this runs. `TMPDIR` chooses the disk.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("poolhouse-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
