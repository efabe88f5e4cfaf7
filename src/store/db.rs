//! Connections, reads and transactions.

use super::writer::{SqliteTx, SqliteWriter};
use super::{Result, StoreError};
use anyhow::{Context, bail};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, PgConnection, Postgres, Sqlite, SqliteConnection};
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

/// The database of a running server.
#[derive(Clone)]
pub enum Db {
    Sqlite { readers: sqlx::Pool<Sqlite>, writer: SqliteWriter },
    Postgres { pool: sqlx::Pool<Postgres> },
}

/// The connection behind a transaction or a read.
pub enum Engine<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

/// A transaction or, from [`Db::read`], a connection to read with. Dropped without [`Tx::commit`], a transaction leaves nothing.
pub enum Tx {
    SqliteRead(PoolConnection<Sqlite>),
    SqliteWrite(SqliteTx),
    PostgresRead(PoolConnection<Postgres>),
    PostgresWrite(sqlx::Transaction<'static, Postgres>),
}

impl Db {
    /// Opens `sqlite:PATH` (made where it does not exist) or `postgres://…`, and brings its tables up to date.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Self::open_sqlite(Path::new(path.trim_start_matches("//"))).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::open_postgres(url).await
        } else {
            bail!("the database must be sqlite:PATH or postgres://…")
        }
    }

    async fn open_sqlite(path: &Path) -> anyhow::Result<Self> {
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        // FULL: what was acknowledged survives a power failure, not just a crash.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-1024")
            .disable_statement_logging();
        let mut writer = sqlx::ConnectOptions::connect(&options).await.with_context(|| format!("cannot open {}", path.display()))?;
        super::migrate::sqlite(&mut writer).await?;
        let readers = SqlitePoolOptions::new().min_connections(0).max_connections(4).test_before_acquire(false).connect_lazy_with(options);
        Ok(Self::Sqlite { readers, writer: SqliteWriter::new(writer) })
    }

    async fn open_postgres(url: &str) -> anyhow::Result<Self> {
        let options = PgConnectOptions::from_str(url)?.application_name("poolhouse").disable_statement_logging();
        let pool = PgPoolOptions::new().max_connections(32).acquire_timeout(Duration::from_secs(10)).connect_with(options).await?;
        super::migrate::postgres(&mut *pool.acquire().await?).await?;
        Ok(Self::Postgres { pool })
    }

    /// A connection to read with: committed rows only, and no lock that a writer would wait for.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::SqliteRead(readers.acquire().await?),
            Self::Postgres { pool } => Tx::PostgresRead(pool.acquire().await?),
        })
    }

    /// A transaction to write with. On SQLite there is one at a time: do nothing slow while it is open.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::SqliteWrite(writer.begin().await?),
            Self::Postgres { pool } => Tx::PostgresWrite(pool.begin().await?),
        })
    }

    /// Waits for open work and closes.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres { pool } => pool.close().await,
        }
    }
}

impl Tx {
    pub(crate) fn engine(&mut self) -> Engine<'_> {
        match self {
            Self::SqliteRead(c) => Engine::Sqlite(c),
            Self::SqliteWrite(t) => Engine::Sqlite(t.connection()),
            Self::PostgresRead(c) => Engine::Postgres(c),
            Self::PostgresWrite(t) => Engine::Postgres(t),
        }
    }

    /// Returns once the writes are durable. On a read it does nothing.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::SqliteRead(_) | Self::PostgresRead(_) => Ok(()),
            Self::SqliteWrite(t) => t.commit().await,
            Self::PostgresWrite(t) => t.commit().await.map_err(StoreError::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql;
    use crate::store::testing::db_test;

    async fn put(db: &Db, name: &str, commit: bool) -> Result<()> {
        let mut tx = db.begin().await?;
        sql!(tx, "INSERT INTO instance (name, sealed) VALUES ($1, $2)", name, vec![1_u8])?;
        if commit { tx.commit().await } else { Ok(()) }
    }

    async fn names(db: &Db) -> Vec<String> {
        let mut tx = db.read().await.unwrap();
        let rows = sql!(fetch_all (String,); tx, "SELECT name FROM instance ORDER BY name").unwrap();
        rows.into_iter().map(|(name,)| name).collect()
    }

    db_test!(writers_at_once_all_commit_and_a_dropped_one_leaves_nothing, |db: Db| async move {
        let writers = (0..40).map(|n| {
            let db = db.clone();
            // Every fourth ends without commit: its neighbours in the same group must not notice.
            async move { put(&db, &format!("{n:02}"), n % 4 != 0).await.unwrap() }
        });
        futures::future::join_all(writers).await;
        let expected: Vec<String> = (0..40).filter(|n| n % 4 != 0).map(|n| format!("{n:02}")).collect();
        assert_eq!(names(&db).await, expected);
    });

    db_test!(a_writer_that_goes_away_at_any_step_harms_nobody, |db: Db| async move {
        let writers = (0..60_usize).map(|n| {
            let db = db.clone();
            async move {
                let name = format!("{n:02}");
                let write = put(&db, &name, true);
                // Every other one is dropped after so many polls: before, between and after each of its statements.
                if n % 2 == 0 { write.await.unwrap() } else { give_up_after(write, n / 2).await }
            }
        });
        futures::future::join_all(writers).await;
        put(&db, "last", true).await.unwrap();
        let names = names(&db).await;
        for n in (0..60).step_by(2) {
            assert!(names.contains(&format!("{n:02}")), "{n} was acknowledged");
        }
        assert!(names.contains(&"last".to_owned()));
    });

    async fn give_up_after(work: impl Future<Output = Result<()>>, polls: usize) {
        let (mut work, mut left) = (std::pin::pin!(work), polls);
        std::future::poll_fn(|cx| {
            let done = work.as_mut().poll(cx).is_ready() || left == 0;
            left = left.saturating_sub(1);
            if done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }

    db_test!(a_taken_key_is_told_apart_and_spoils_nothing_else, |db: Db| async move {
        put(&db, "a", true).await.unwrap();
        assert!(matches!(put(&db, "a", true).await, Err(StoreError::Duplicate)));
        put(&db, "b", true).await.unwrap();
        assert_eq!(names(&db).await, ["a", "b"]);
    });

    db_test!(readers_see_committed_rows_only, |db: Db| async move {
        let mut tx = db.begin().await.unwrap();
        sql!(tx, "INSERT INTO instance (name, sealed) VALUES ($1, $2)", "a", vec![1_u8]).unwrap();
        assert!(names(&db).await.is_empty());
        tx.commit().await.unwrap();
        assert_eq!(names(&db).await, ["a"]);
    });
}
