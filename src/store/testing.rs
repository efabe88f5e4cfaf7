//! Databases for tests: each test gets its own, on both engines.

use super::Db;
use sqlx::{Connection as _, Executor as _};
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A fresh database, gone with the value.
pub struct TestDb {
    pub db: Db,
    folder: std::path::PathBuf,
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn unique() -> String {
    format!("poolhouse_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst))
}

/// A new SQLite file.
pub async fn sqlite() -> TestDb {
    let folder = std::env::temp_dir().join(unique());
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let db = Db::open(&format!("sqlite:{}", folder.join("test.db").display())).await.expect("a new SQLite database");
    TestDb { db, folder }
}

/// A new database in the PostgreSQL server that `POOLHOUSE_TEST_POSTGRES` names. `make test` always names one; without it (a quick local run) there is none.
pub async fn postgres() -> Option<TestDb> {
    let server = std::env::var("POOLHOUSE_TEST_POSTGRES").ok()?;
    let name = unique();
    let mut connection = sqlx::PgConnection::connect(&server).await.expect("the test PostgreSQL answers");
    // One of an earlier process with the same number may be there still.
    connection.execute(sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).await.expect("an old database goes");
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a new database");
    let mut url = url::Url::parse(&server).expect("a postgres:// address");
    url.set_path(&name);
    let db = Db::open(url.as_str()).await.expect("a new PostgreSQL database");
    Some(TestDb { db, folder: std::env::temp_dir().join(name) })
}

/// Runs one async test body on both engines: `db_test!(name, |db| async move { … })`.
macro_rules! db_test {
    ($name:ident, $body:expr) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            #[tokio::test]
            async fn on_sqlite() {
                let test = $crate::store::testing::sqlite().await;
                let body = $body;
                body(test.db.clone()).await;
                test.db.close().await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let Some(test) = $crate::store::testing::postgres().await else { return };
                let body = $body;
                body(test.db.clone()).await;
                test.db.close().await;
            }
        }
    };
}
pub(crate) use db_test;
