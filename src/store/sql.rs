//! `sql!`: one statement, expanded for both engines.

/// Runs a statement in a transaction or read.
///
/// ```text
/// sql!(tx, "DELETE FROM users WHERE pool_id = $1", pool)                         // rows affected
/// sql!(fetch_optional UserRow; tx, "SELECT … WHERE pool_id = $1", pool)            // Option<UserRow>
/// sql!(fetch_all UserRow; tx, "…")   sql!(fetch_one (i64,); tx, "…")
/// ```
///
/// The text is a `&'static str`, so there is nothing to inject into. Only one of the two arms runs, so arguments are evaluated once.
macro_rules! sql {
    ($fetch:ident $row:ty; $tx:expr, $text:expr $(, $arg:expr)* $(,)?) => {
        match $tx.engine() {
            $crate::store::Engine::Sqlite(c) => sqlx::query_as::<sqlx::Sqlite, $row>($text)$(.bind($arg))*.$fetch(&mut *c).await,
            $crate::store::Engine::Postgres(c) => sqlx::query_as::<sqlx::Postgres, $row>($text)$(.bind($arg))*.$fetch(&mut *c).await,
        }
        .map_err($crate::store::StoreError::from)
    };
    ($tx:expr, $text:expr $(, $arg:expr)* $(,)?) => {
        match $tx.engine() {
            $crate::store::Engine::Sqlite(c) => sqlx::query::<sqlx::Sqlite>($text)$(.bind($arg))*.execute(&mut *c).await.map(|r| r.rows_affected()),
            $crate::store::Engine::Postgres(c) => sqlx::query::<sqlx::Postgres>($text)$(.bind($arg))*.execute(&mut *c).await.map(|r| r.rows_affected()),
        }
        .map_err($crate::store::StoreError::from)
    };
}
pub(crate) use sql;

/// The beginning of a statement about several users: a table `given (sub)` of those whose `sub`s are sent as one text of 36 characters each
/// (`$2`), `$3` of them. Both engines read it.
macro_rules! given {
    ($rest:literal) => {
        concat!(
            "WITH RECURSIVE given (n, sub) AS (
                SELECT 1, substr($2, 1, 36) UNION ALL SELECT n + 1, substr($2, 36 * n + 1, 36) FROM given WHERE n < $3) ",
            $rest
        )
    };
}
pub(crate) use given;
