//! `poolhouse export` and `poolhouse import`.

use super::file::export;
use super::file::sections::LEFT_OUT;
use super::foreign::{self, Format, Hints};
use super::import::{self, Options, Report, refused};
use crate::api::Cx;
use crate::boot::app::App;
use crate::boot::config::Config;
use crate::kit::sealed_file::{MAGIC, Reader, Writer};
use anyhow::{Context as _, bail, ensure};
use clap::Args;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Write, stdin, stdout};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

#[derive(Debug, Args)]
pub struct Export {
    /// The pool's id
    #[arg(long)]
    pub pool: String,
    /// The file to write, which must not be there yet; - is the standard output
    #[arg(long, default_value = "-")]
    pub output: PathBuf,
    /// Seals the file with the passphrase in this file's first line; without it every secret is open in it
    #[arg(long)]
    pub passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Import {
    /// The file to read; - is the standard input
    pub file: PathBuf,
    /// The pool that the users go to; a file of Poolhouse's makes a new one where none is named
    #[arg(long)]
    pub pool: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Gives the new pool the id that it had, which must be free: SRP and client settings go on working
    #[arg(long)]
    pub keep_id: bool,
    /// Checks everything and stores nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The passphrase of a sealed file, in this file's first line
    #[arg(long)]
    pub passphrase_file: Option<PathBuf>,
    /// The hash parameters of a Firebase project, as its console shows them
    #[arg(long)]
    pub firebase_hash_parameters: Option<PathBuf>,
    /// Takes what Auth0's users may write themselves (user_metadata) as well, where app_metadata does not say it
    #[arg(long)]
    pub auth0_user_metadata: bool,
}

/// Writes a pool's file. A file that could not be written whole is removed.
pub async fn export(config: Config, options: &Export) -> anyhow::Result<u64> {
    let app = App::open(config).await?;
    let result = write(&app, options).await;
    app.db.close().await;
    if result.is_ok() {
        eprintln!("{LEFT_OUT}");
    }
    result
}

pub async fn write(app: &Arc<App>, options: &Export) -> anyhow::Result<u64> {
    let passphrase = options.passphrase_file.as_deref().map(passphrase).transpose()?;
    let mut cx = Cx::internal(app.clone());
    crate::pools::load(&mut cx, &options.pool).await.map_err(refused)?;
    let to_stdout = options.output == Path::new("-");
    let out: Box<dyn Write + Send> = if to_stdout { Box::new(stdout()) } else { Box::new(create(&options.output)?) };
    let written = to(&mut cx, &options.pool, BufWriter::new(out), passphrase.as_deref().map(String::as_str)).await;
    if written.is_err() && !to_stdout {
        let _ = std::fs::remove_file(&options.output);
    }
    written
}

/// A new file that its owner alone reads.
fn create(path: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("cannot make the file {}", path.display()))
}

async fn to(cx: &mut Cx, pool_id: &str, mut out: BufWriter<Box<dyn Write + Send>>, passphrase: Option<&str>) -> anyhow::Result<u64> {
    let count = match passphrase {
        None => export::export(cx, pool_id, &mut out).await.map_err(refused)?,
        Some(passphrase) => {
            let mut sealed = Writer::new(&mut out, cx.rng(), passphrase)?;
            let count = export::export(cx, pool_id, &mut sealed).await.map_err(refused)?;
            sealed.finish()?;
            count
        }
    };
    out.flush()?;
    Ok(count)
}

/// Reads a file of users.
pub async fn import(config: Config, options: &Import) -> anyhow::Result<Report> {
    let app = App::open(config).await?;
    let result = read(&app, options).await;
    app.db.close().await;
    result
}

pub async fn read(app: &Arc<App>, options: &Import) -> anyhow::Result<Report> {
    ensure!(!(options.keep_id && options.pool.is_some()), "--keep-id and --pool exclude each other");
    let parameters = options.firebase_hash_parameters.as_deref().map(|path| foreign::parameters(&text(path)?)).transpose()?;
    let passphrase = options.passphrase_file.as_deref().map(passphrase).transpose()?;
    let input: Box<dyn BufRead + Send> = match options.file.as_path() {
        path if path == Path::new("-") => Box::new(BufReader::new(stdin())),
        path => Box::new(BufReader::new(File::open(path).with_context(|| format!("cannot open {}", path.display()))?)),
    };
    let input = open(input, passphrase.as_deref().map(String::as_str))?;
    let options = Options {
        format: options.format,
        pool: options.pool.clone(),
        keep_id: options.keep_id,
        dry_run: options.dry_run,
        hints: Hints { firebase: parameters, user_metadata: options.auth0_user_metadata },
    };
    import::import(&mut Cx::internal(app.clone()), &options, input).await
}

/// Opens a file that is sealed.
fn open(mut input: Box<dyn BufRead + Send>, passphrase: Option<&str>) -> anyhow::Result<Box<dyn BufRead + Send>> {
    let is_sealed = input.fill_buf()?.starts_with(MAGIC);
    match (is_sealed, passphrase) {
        (false, _) => Ok(input),
        (true, Some(passphrase)) => Ok(Box::new(BufReader::new(Reader::new(input, passphrase)?))),
        (true, None) => bail!("the file is sealed: say where its passphrase is with --passphrase-file"),
    }
}

fn text(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    std::fs::read_to_string(path).map(Zeroizing::new).with_context(|| format!("cannot read {}", path.display()))
}

fn passphrase(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let passphrase = Zeroizing::new(text(path)?.lines().next().unwrap_or_default().to_owned());
    ensure!(passphrase.chars().count() >= 8, "the passphrase in {} must have at least 8 characters", path.display());
    Ok(passphrase)
}
