//! The database: SQLite embedded, or PostgreSQL. One statement text for both.

mod db;
pub mod migrate;
mod sql;
#[cfg(test)]
pub mod testing;
mod types;
mod writer;

pub use db::{Db, Engine, Tx};
pub(crate) use sql::given;
pub(crate) use sql::sql;
pub use types::Json;

/// What can go wrong below the rooms. Unique violations are told apart, because rooms turn them into their own refusals.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("a row with this key exists already")]
    Duplicate,
    #[error("a row that this one refers to is missing")]
    Missing,
    #[error("the row was changed since it was read")]
    Changed,
    #[error(transparent)]
    Database(sqlx::Error),
    #[error("the commit failed: {0}")]
    Commit(std::sync::Arc<sqlx::Error>),
    #[error("the database was closed")]
    Closed,
}

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(e) if e.is_unique_violation() => Self::Duplicate,
            sqlx::Error::Database(e) if e.is_foreign_key_violation() => Self::Missing,
            _ => Self::Database(error),
        }
    }
}
