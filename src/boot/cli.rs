//! The command line.

use super::config::Settings;
use super::{master_key, serve, telemetry};
use crate::transfer::command;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// A self-hosted Amazon Cognito: user pools, hosted login, OAuth 2.0 and OpenID Connect in one binary.
#[derive(Parser)]
#[command(version, max_term_width = 120)]
struct Cli {
    /// The configuration file [default: poolhouse.toml, if there is one]
    #[arg(long, env = "POOLHOUSE_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves pools, pages and tokens until it is told to stop
    Serve {
        #[command(flatten)]
        settings: Box<Settings>,
        /// Also makes a pool us-east-1_DemoPool0 and serves a sample application at /demo
        #[arg(long, env = "POOLHOUSE_DEMO")]
        demo: bool,
    },
    /// Announces new signing keys for a pool: they sign after a day, and the old ones verify for a day more
    RotateSigningKeys {
        #[command(flatten)]
        settings: Box<Settings>,
        /// The pool's id; identity-pools for the keys of all identity pools' tokens
        pool: String,
    },
    /// Puts a new key into the master key file and seals every stored secret with it; restart running servers afterwards
    RotateMasterKey {
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Writes a pool with its clients, settings, users and their password hashes to a file
    Export {
        #[command(flatten)]
        settings: Box<Settings>,
        #[command(flatten)]
        options: command::Export,
    },
    /// Reads users from a file: of Poolhouse's, Cognito's, Auth0's, Keycloak's or Firebase's
    Import {
        #[command(flatten)]
        settings: Box<Settings>,
        #[command(flatten)]
        options: command::Import,
    },
    /// Runs one function for the server that started it
    #[command(hide = true)]
    FunctionWorker,
    /// Lists, resends or drops messages that no provider took
    Messages {
        #[command(flatten)]
        settings: Box<Settings>,
        #[command(flatten)]
        options: crate::messaging::command::Options,
    },
    /// Measures this build against what its primitives alone allow
    Bench(crate::bench::Options),
}

/// Parses the arguments and runs the command.
pub fn run() -> anyhow::Result<()> {
    // Databases, key files and what SQLite puts beside them are the owner's to read.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = Cli::parse();
    let config = |settings: Settings, demo| settings.with_file(cli.config.as_ref())?.resolve(demo);
    match cli.command {
        Command::Serve { settings, demo } => {
            let settings = settings.with_file(cli.config.as_ref())?;
            telemetry::init(settings.log.as_deref(), settings.log_format.unwrap_or_default())?;
            runtime()?.block_on(serve::run(settings.resolve(demo)?))
        }
        Command::RotateSigningKeys { settings, pool } => {
            runtime()?.block_on(master_key::rotate_signing_keys(config(*settings, false)?, &pool))?;
            println!("New signing keys of {pool} are announced; they sign in a day.");
            Ok(())
        }
        Command::RotateMasterKey { settings } => {
            let count = runtime()?.block_on(master_key::rotate(&config(*settings, false)?))?;
            println!("{count} secrets are sealed with the new master key. Restart running servers.");
            Ok(())
        }
        Command::Export { settings, options } => {
            let count = runtime()?.block_on(command::export(config(*settings, false)?, &options))?;
            eprintln!("{count} users of {} are exported.", options.pool);
            Ok(())
        }
        Command::Import { settings, options } => {
            println!("{}", runtime()?.block_on(command::import(config(*settings, false)?, &options))?);
            Ok(())
        }
        Command::FunctionWorker => crate::functions::sandbox::child::serve(),
        Command::Messages { settings, options } => {
            println!("{}", runtime()?.block_on(crate::messaging::command::run(config(*settings, false)?, options))?);
            Ok(())
        }
        Command::Bench(options) => match &options.bare {
            Some(file) => runtime()?.block_on(crate::bench::bare::serve(file)),
            None => crate::bench::run(&options),
        },
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(16).thread_stack_size(4 << 20).build()?)
}
