//! What operations cost as a pool grows: the table, the plot and the verdict.

use super::machine::median;
use serde_json::{Value, json};

/// The most that an operation may cost on a larger pool, as a multiple of what it costs on the smallest.
const AIM: f64 = 1.20;
/// The length of the bar of the smallest pool.
const BAR: f64 = 24.0;

/// Medians of one operation, in microseconds: one for each size.
struct Row {
    name: &'static str,
    medians: Vec<f64>,
}

impl Row {
    fn ratio(&self, size: usize) -> f64 {
        self.medians[size] / self.medians[0]
    }

    fn worst(&self) -> f64 {
        (0..self.medians.len()).map(|size| self.ratio(size)).fold(1.0, f64::max)
    }
}

/// Operations on pools of several sizes.
pub struct Growth {
    sizes: Vec<usize>,
    left_out: Vec<usize>,
    rows: Vec<Row>,
}

impl Growth {
    pub fn new(sizes: Vec<usize>, left_out: Vec<usize>) -> Self {
        Self { sizes, left_out, rows: Vec::new() }
    }

    /// Takes what was measured of an operation: for each size, the seconds that each call took.
    pub fn add(&mut self, name: &'static str, mut seconds: Vec<Vec<f64>>) {
        let medians = seconds.iter_mut().map(|times| median(times) * 1e6).collect();
        self.rows.push(Row { name, medians });
    }

    pub fn print(&self) {
        println!();
        print!("{:<36}", "microseconds (median), users:");
        self.sizes.iter().for_each(|size| print!("{:>12}", grouped(*size)));
        println!("{:>12}{:>9}", "ratio", "aim");
        for row in &self.rows {
            print!("{:<36}", row.name);
            row.medians.iter().for_each(|median| print!("{median:>12.0}"));
            println!("{:>12.2}  ≤ {AIM:.2}  {}", row.worst(), verdict(row));
        }
        println!();
        for row in &self.rows {
            for (n, size) in self.sizes.iter().enumerate() {
                let (name, bar) = (if n == 0 { row.name } else { "" }, "█".repeat((row.ratio(n).min(3.0) * BAR).round() as usize));
                println!("{name:<36}{:>12} {bar} {:.2}", grouped(*size), row.ratio(n));
            }
        }
        println!();
        println!("{}", self.conclusion());
        for size in &self.left_out {
            println!(
                "{} users were left out: filling that pool would have taken too long here; --population {size} insists",
                grouped(*size)
            );
        }
    }

    fn conclusion(&self) -> String {
        let over: Vec<_> =
            self.rows.iter().filter(|row| row.worst() > AIM).map(|row| format!("{} ({:.2})", row.name, row.worst())).collect();
        let (least, most) = (self.sizes.first().copied().unwrap_or_default(), self.sizes.last().copied().unwrap_or_default());
        match over.as_slice() {
            [] => format!("Nothing costs more than {AIM:.2} times as much with {} users as with {}.", grouped(most), grouped(least)),
            over => format!("More than {AIM:.2} times as much as with {} users: {}.", grouped(least), over.join(", ")),
        }
    }

    /// One object per operation.
    pub fn json(&self) -> impl Iterator<Item = Value> {
        self.rows.iter().map(|row| {
            json!({
                "name": row.name,
                "users": self.sizes,
                "median_microseconds": row.medians,
                "ratio": row.worst(),
                "aim_at_most": AIM,
                "verdict": verdict(row),
            })
        })
    }
}

fn verdict(row: &Row) -> &'static str {
    if row.worst() <= AIM { "ok" } else { "miss" }
}

/// `1,000,000`
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_is_named() {
        let mut growth = Growth::new(vec![10_000, 1_000_000], Vec::new());
        growth.add("flat", vec![vec![1e-3; 3], vec![1.19e-3; 3]]);
        assert_eq!(growth.conclusion(), "Nothing costs more than 1.20 times as much with 1,000,000 users as with 10,000.");
        growth.add("steep", vec![vec![1e-3; 3], vec![2.5e-3; 3]]);
        assert_eq!(growth.conclusion(), "More than 1.20 times as much as with 10,000 users: steep (2.50).");
        assert_eq!(growth.json().map(|line| line["verdict"].clone()).collect::<Vec<_>>(), ["ok", "miss"]);
    }
}
