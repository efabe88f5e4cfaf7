//! The tables, from the `migrations` folder inside the binary.
//!
//! `NNNN_what.sql` serves both engines; where they must differ, `NNNN_what.sqlite.sql` and `NNNN_what.postgres.sql` stand side by side.

use anyhow::Context;
use rust_embed::RustEmbed;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{PgConnection, SqlSafeStr as _, SqliteConnection};

#[derive(RustEmbed)]
#[folder = "migrations"]
struct Files;

pub async fn sqlite(connection: &mut SqliteConnection) -> anyhow::Result<()> {
    migrator("sqlite", "postgres")?.run(connection).await.context("cannot bring the tables up to date")
}

pub async fn postgres(connection: &mut PgConnection) -> anyhow::Result<()> {
    migrator("postgres", "sqlite")?.run(connection).await.context("cannot bring the tables up to date")
}

fn migrator(engine: &str, other: &str) -> anyhow::Result<Migrator> {
    let mut migrations = Vec::new();
    for name in Files::iter() {
        let Some(stem) = name.strip_suffix(".sql").filter(|s| !s.ends_with(&format!(".{other}"))) else { continue };
        let stem = stem.strip_suffix(&format!(".{engine}")).unwrap_or(stem);
        let (number, what) = stem.split_once('_').with_context(|| format!("migration {name} has no number"))?;
        let text = Files::get(&name).context("an embedded file")?;
        let text = String::from_utf8(text.data.into_owned())?;
        let sql = sqlx::AssertSqlSafe(text).into_sql_str();
        migrations.push(Migration::new(number.parse()?, what.to_owned().into(), MigrationType::Simple, sql, false));
    }
    Ok(Migrator::with_migrations(migrations))
}
