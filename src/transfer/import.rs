//! `poolhouse import`: users from a file of any format, in batches, with a report of what became of them.

use super::csv;
use super::file::restore::{self, Target};
use super::file::sections::Notes;
use super::file::{Footer, UserLine};
use super::foreign::{self, Format, Hints, Item, Record};
use super::person::{self, Outcome};
use crate::api::{ApiError, Cx, Result};
use crate::users::User;
use anyhow::{Context as _, bail};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt;
use std::io::BufRead;
use tokio::sync::mpsc::Receiver;

/// What to import, and where to.
#[derive(Debug, Default)]
pub struct Options {
    pub format: Format,
    pub pool: Option<String>,
    pub keep_id: bool,
    pub dry_run: bool,
    pub hints: Hints,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Report {
    pub pool_id: String,
    pub imported: u64,
    pub skipped: u64,
    pub failed: u64,
    /// The first rows that failed: where they stand, and why.
    pub failures: Vec<(u64, String)>,
    /// Attributes that the pool does not have.
    pub dropped: BTreeSet<String>,
    /// Users who had an authenticator app and have none here.
    pub without_app: u64,
    pub notes: Notes,
}

/// Failed rows in a report.
const SHOWN: usize = 1_000;
/// Users in a transaction.
const BATCH: usize = 100;

/// A user to insert, and their sections.
type Ready = (User, Map<String, Value>);

struct Import<'a> {
    options: &'a Options,
    target: Target,
    columns: Option<Vec<String>>,
    report: Report,
    footer: Option<Footer>,
    seen: u64,
}

/// Reads a file and stores its users. What was stored stays when a later part of the file cannot be read: a second run skips it.
pub async fn import(cx: &mut Cx, options: &Options, input: Box<dyn BufRead + Send>) -> anyhow::Result<Report> {
    let mut items = foreign::read(options.format, input, options.hints.clone())?;
    let target = target(cx, options, &mut items).await?;
    let report = Report { pool_id: target.pool.id.clone(), notes: target.notes.clone(), ..Report::default() };
    let mut import = Import { options, target, columns: None, report, footer: None, seen: 0 };
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(item) = items.recv().await {
        let Item { line, record } = item?;
        match record.map_or_else(|reason| Ok(Err(reason)), |record| import.user(cx, record))? {
            Ok(Some(ready)) => batch.push((line, ready)),
            Ok(None) => {}
            Err(reason) => import.report.fail(line, reason),
        }
        if batch.len() == BATCH {
            import.write(cx, std::mem::take(&mut batch)).await?;
        }
    }
    import.write(cx, batch).await?;
    if options.format == Format::Poolhouse && import.footer.as_ref().is_none_or(|f| f.users != import.seen) {
        bail!("the file does not end as it should: users may be missing\n{}", import.report);
    }
    Ok(import.report)
}

async fn target(cx: &mut Cx, options: &Options, items: &mut Receiver<anyhow::Result<Item>>) -> anyhow::Result<Target> {
    if options.format == Format::Poolhouse {
        let first = items.recv().await.context("the file is empty")??;
        let Ok(Record::Header(header)) = first.record else { bail!("the file does not begin with a pool") };
        return restore::target(cx, *header, options.pool.as_deref(), options.keep_id, options.dry_run).await.map_err(refused);
    }
    let id = options.pool.as_deref().context("name the pool that the users go to with --pool")?;
    let pool = crate::pools::load(cx, id).await.map_err(refused)?;
    Ok(Target { pool: (*pool).clone(), keeps_verifiers: false, notes: Notes::default() })
}

/// A refusal in its own words.
pub fn refused(error: ApiError) -> anyhow::Error {
    match error {
        ApiError::Internal(error) => error,
        other => anyhow::anyhow!("{}", other.message()),
    }
}

impl Import<'_> {
    /// The user of a record; none for a line that is not about one.
    fn user(&mut self, cx: &Cx, record: Record) -> anyhow::Result<Result<Option<Ready>, String>> {
        let user = match record {
            Record::Header(_) => bail!("the file has a second pool"),
            Record::Footer(footer) => {
                self.footer = Some(footer);
                return Ok(Ok(None));
            }
            Record::User(line) => self.stored(cx, *line),
            Record::Row(fields) => match &self.columns {
                None => {
                    let has_hashes = fields.iter().any(|name| name == csv::HASH);
                    csv::check_header(&self.target.pool, &fields, has_hashes).map_err(anyhow::Error::msg)?;
                    self.columns = Some(fields);
                    return Ok(Ok(None));
                }
                Some(columns) => {
                    let person = csv::person(&self.target.pool, columns, fields, None);
                    person.and_then(|p| p.user(cx, &self.target.pool)).map(|user| (user, Map::new()))
                }
            },
            Record::Person(person) => {
                self.report.dropped.extend(person.unknown(&self.target.pool).map(str::to_owned));
                person.user(cx, &self.target.pool).map(|user| (user, Map::new()))
            }
        };
        match user {
            Ok(user) => Ok(Ok(Some(user))),
            Err(ApiError::Internal(error)) => Err(error),
            Err(refusal) => Ok(Err(refusal.message().into_owned())),
        }
    }

    fn stored(&mut self, cx: &Cx, line: UserLine) -> Result<Ready> {
        self.seen += 1;
        let had_app = line.mfa.has_software_token;
        let ready = restore::user(cx, &self.target, line)?;
        self.report.without_app += u64::from(had_app && !ready.0.mfa.has_software_token);
        Ok(ready)
    }

    async fn write(&mut self, cx: &mut Cx, batch: Vec<(u64, Ready)>) -> anyhow::Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let (app, pool) = (cx.app.clone(), &self.target.pool);
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut tx = cx.begin().await.map_err(refused)?;
        for (line, (user, sections)) in batch {
            let outcome =
                if self.options.dry_run { person::judge(&mut tx, pool, &user).await } else { person::insert(&mut tx, pool, &user).await };
            let outcome = outcome.map_err(refused)?;
            if outcome == Outcome::Imported && !self.options.dry_run {
                restore::sections(&app, &mut tx, pool, &user, sections, &mut self.report.notes).await.map_err(refused)?;
            }
            outcomes.push((line, outcome));
        }
        tx.commit().await.map_err(refused)?;
        for (line, outcome) in outcomes {
            match outcome {
                Outcome::Imported => self.report.imported += 1,
                Outcome::Skipped => self.report.skipped += 1,
                Outcome::Failed(reason) => self.report.fail(line, reason),
            }
        }
        Ok(())
    }
}

impl Report {
    fn fail(&mut self, line: u64, reason: String) {
        self.failed += 1;
        if self.failures.len() < SHOWN {
            self.failures.push((line, reason));
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for note in self.notes.iter() {
            writeln!(f, "{note}")?;
        }
        if self.without_app > 0 {
            writeln!(f, "{} users had an authenticator app whose seed is not in the file: they sign in without it.", self.without_app)?;
        }
        for (line, reason) in &self.failures {
            writeln!(f, "  {line}: {reason}")?;
        }
        if !self.dropped.is_empty() {
            let names: Vec<&str> = self.dropped.iter().map(String::as_str).collect();
            writeln!(f, "Left out, since the pool has no such attributes: {}", names.join(", "))?;
        }
        let Self { pool_id, imported, skipped, failed, .. } = self;
        write!(f, "{pool_id}: {imported} imported, {skipped} skipped (there already), {failed} failed")
    }
}
