//! The table, and what its columns mean.

use super::growth::Growth;
use super::load::Tally;
use super::machine::cores;
use anyhow::Result;
use serde_json::json;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What else there is to know about a run.
pub struct Circumstances {
    /// What a small write takes until it is on the disk.
    pub sync_seconds: f64,
    /// The share of the machine that other programs took.
    pub others: f64,
}

/// Something that happens at a rate, and what it is compared with.
pub struct Comparison {
    pub name: &'static str,
    pub primitive: &'static str,
    /// The share of the primitive's rate that is aimed at.
    pub aim: f64,
}

/// A number that should stay below another.
pub struct Limit {
    name: &'static str,
    value: f64,
    unit: &'static str,
    aim: f64,
    note: String,
}

impl Limit {
    pub fn at_most(name: &'static str, value: f64, unit: &'static str, aim: f64) -> Self {
        Self { name, value, unit, aim, note: String::new() }
    }

    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    fn verdict(&self) -> &'static str {
        if self.value <= self.aim { "ok" } else { "miss" }
    }
}

struct Rate {
    comparison: Comparison,
    measured: Tally,
    primitive: Tally,
}

impl Rate {
    fn by_cpu(&self) -> f64 {
        self.measured.per_cpu_second() / self.primitive.per_cpu_second()
    }

    fn by_clock(&self) -> f64 {
        self.measured.per_free_second() / self.primitive.per_free_second()
    }

    fn verdict(&self) -> &'static str {
        match (self.by_cpu() >= self.comparison.aim, self.by_clock() >= self.comparison.aim) {
            (true, true) => "ok",
            (true, false) => "waits",
            _ => "miss",
        }
    }
}

/// Measured and primitive take turns, so that what else the machine does falls on both.
const ROUNDS: usize = 2;
/// Both run for this long before they count: caches fill, connections to the database open.
const WARM_UP: f64 = 0.3;

#[derive(Default)]
pub struct Report {
    rates: Vec<Rate>,
    limits: Vec<Limit>,
    /// What a pool's size does to operations.
    pub growth: Option<Growth>,
}

impl Report {
    pub fn limit(&mut self, limit: Limit) {
        self.limits.push(limit);
    }

    /// Measures a rate beside its primitive's.
    pub fn compare(
        &mut self,
        comparison: Comparison,
        seconds: f64,
        mut primitive: impl FnMut(f64) -> Result<Tally>,
        mut measured: impl FnMut(f64) -> Result<Tally>,
    ) -> Result<()> {
        eprintln!("measuring {}", comparison.name);
        primitive(WARM_UP)?;
        measured(WARM_UP)?;
        let mut rate = Rate { comparison, measured: Tally::default(), primitive: Tally::default() };
        for _ in 0..ROUNDS {
            rate.primitive += primitive(seconds / ROUNDS as f64)?;
            rate.measured += measured(seconds / ROUNDS as f64)?;
        }
        self.rates.push(rate);
        Ok(())
    }

    pub fn print(&self, circumstances: &Circumstances) {
        let Circumstances { sync_seconds, others } = circumstances;
        let (sync, others) = (sync_seconds * 1e3, others * 100.0);
        println!();
        println!("Poolhouse {VERSION} on {} cores, of which other programs took {others:.0} %; a synced write takes {sync:.2} ms", cores());
        if cfg!(debug_assertions) {
            println!("This is a debug build: its numbers say nothing about a release.");
        }
        if !self.rates.is_empty() {
            self.print_rates();
        }
        if !self.limits.is_empty() {
            self.print_limits();
        }
        if let Some(growth) = &self.growth {
            growth.print();
        }
    }

    fn print_limits(&self) {
        println!();
        println!("{:<36}{:>12}{:>12}", "at most", "measured", "aim");
        for limit in &self.limits {
            let with_unit = |value: f64| format!("{} {}", amount(value), limit.unit);
            let (value, aim) = (with_unit(limit.value), with_unit(limit.aim));
            println!("{:<36}{value:>12}{aim:>12}  {:<6}{}", limit.name, limit.verdict(), limit.note);
        }
    }

    fn print_rates(&self) {
        println!();
        println!("{:<36}{:>12}{:>12}{:>9}{:>10}{:>9}", "per second", "measured", "primitive", "by CPU", "by clock", "aim");
        for rate in &self.rates {
            let share = |ratio: f64| format!("{:.0} %", ratio * 100.0);
            let (measured, primitive) = (amount(rate.measured.rate()), amount(rate.primitive.rate()));
            let aim = format!("≥ {}", share(rate.comparison.aim));
            let (name, of) = (rate.comparison.name, rate.comparison.primitive);
            let (cpu, clock) = (share(rate.by_cpu()), share(rate.by_clock()));
            println!("{name:<36}{measured:>12}{primitive:>12}{cpu:>9}{clock:>10}{aim:>9}  {:<6}{of}", rate.verdict());
        }
        println!();
        println!("{EXPLANATION}");
    }

    pub fn print_json(&self, circumstances: &Circumstances) {
        let Circumstances { sync_seconds, others } = circumstances;
        println!("{}", json!({ "version": VERSION, "cores": cores(), "sync_milliseconds": sync_seconds * 1e3, "taken_by_others": others }));
        for rate in &self.rates {
            let line = json!({
                "name": rate.comparison.name,
                "primitive": rate.comparison.primitive,
                "per_second": rate.measured.rate(),
                "primitive_per_second": rate.primitive.rate(),
                "cpu_milliseconds": 1e3 / rate.measured.per_cpu_second(),
                "primitive_cpu_milliseconds": 1e3 / rate.primitive.per_cpu_second(),
                "ratio_by_cpu": rate.by_cpu(),
                "ratio_by_clock": rate.by_clock(),
                "aim_at_least": rate.comparison.aim,
                "verdict": rate.verdict(),
            });
            println!("{line}");
        }
        for limit in &self.limits {
            let Limit { name, value, unit, aim, note } = limit;
            let verdict = limit.verdict();
            println!("{}", json!({ "name": name, "value": value, "unit": unit, "aim_at_most": aim, "verdict": verdict, "note": note }));
        }
        self.growth.iter().flat_map(Growth::json).for_each(|line| println!("{line}"));
    }
}

const EXPLANATION: &str = "\
by CPU    the primitive's CPU time for one operation over the server's: what the server adds, whatever the load generator costs
by clock  operations in a second over the primitive's, without the share of the machine that the load generator took, as it runs on the same cores
ok        both reach the aim      waits  only the first does: the server, or the load, left cores idle      miss  the first does not
rates     by the clock, the load generator's share included";

/// Three significant digits or all that stand before the point.
fn amount(value: f64) -> String {
    match value {
        v if v >= 100.0 || v.fract() == 0.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}
