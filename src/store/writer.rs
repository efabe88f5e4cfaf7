//! SQLite's one writer, with group commit.
//!
//! A durable commit costs an fsync. So writers take turns inside one outer transaction, a savepoint each, and a flusher that queues
//! for the same lock commits for all that came before it: under load one fsync serves many, alone it serves one at once.
//! Nobody is answered before the commit that holds their rows.

use super::{Result, StoreError};
use sqlx::{Connection as _, SqliteConnection};
use std::sync::Arc;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, oneshot};

#[derive(Clone)]
pub struct SqliteWriter {
    state: Arc<Mutex<State>>,
    flush: Arc<Notify>,
}

struct State {
    /// `None` once closed.
    connection: Option<SqliteConnection>,
    /// Whether the outer transaction is open.
    open: bool,
    /// A savepoint was left by a transaction that ended without commit.
    abandoned: bool,
    /// Who waits for the outer commit.
    waiting: Vec<oneshot::Sender<Result<()>>>,
}

impl SqliteWriter {
    pub fn new(connection: SqliteConnection) -> Self {
        let state = State { connection: Some(connection), open: false, abandoned: false, waiting: Vec::new() };
        let writer = Self { state: Arc::new(Mutex::new(state)), flush: Arc::new(Notify::new()) };
        crate::jobs::spawn("sqlite-flusher", flusher(Arc::downgrade(&writer.state), writer.flush.clone()));
        writer
    }

    /// The steps of a turn run to their end even if the caller goes away between them: half a turn would be undone in the wrong place.
    pub async fn begin(&self) -> Result<SqliteTx> {
        let writer = self.clone();
        crate::jobs::to_the_end(async move { writer.take_turn().await }).await.unwrap_or(Err(StoreError::Closed))
    }

    async fn take_turn(self) -> Result<SqliteTx> {
        let mut state = self.state.lock_owned().await;
        state.settle().await?;
        if state.open {
            state.run("SAVEPOINT one").await?;
        } else {
            state.open().await?;
        }
        Ok(SqliteTx { state, flush: self.flush, done: false })
    }

    pub async fn close(&self) {
        let mut state = self.state.lock().await;
        state.flush().await;
        if let Some(connection) = state.connection.take() {
            let _ = connection.close().await;
        }
    }
}

/// One writer's turn.
pub struct SqliteTx {
    state: OwnedMutexGuard<State>,
    flush: Arc<Notify>,
    done: bool,
}

impl SqliteTx {
    /// The connection is there for as long as a turn lasts: closing waits for the lock.
    pub fn connection(&mut self) -> &mut SqliteConnection {
        self.state.connection.as_mut().expect("an open turn holds the connection")
    }

    pub async fn commit(self) -> Result<()> {
        let released = crate::jobs::to_the_end(self.release()).await.unwrap_or(Err(StoreError::Closed))?;
        released.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Leaves the turn's rows to the outer transaction, and the turn to the next.
    async fn release(mut self) -> Result<oneshot::Receiver<Result<()>>> {
        self.state.run("RELEASE one").await?;
        self.done = true;
        let (answer, committed) = oneshot::channel();
        self.state.waiting.push(answer);
        self.flush.notify_one();
        Ok(committed)
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        if !self.done {
            self.state.abandoned = true;
            self.flush.notify_one();
        }
    }
}

impl State {
    async fn run(&mut self, statement: &'static str) -> Result<()> {
        let connection = self.connection.as_mut().ok_or(StoreError::Closed)?;
        sqlx::raw_sql(statement).execute(connection).await?;
        Ok(())
    }

    /// Begins the outer transaction and the first turn in it.
    async fn open(&mut self) -> Result<()> {
        if self.run("BEGIN IMMEDIATE; SAVEPOINT one").await.is_err() {
            // A transaction that a failure left open, and that nobody waits for, must not stop all that follow.
            let _ = self.run("ROLLBACK").await;
            self.run("BEGIN IMMEDIATE; SAVEPOINT one").await?;
        }
        self.open = true;
        Ok(())
    }

    /// Undoes what an abandoned turn wrote.
    async fn settle(&mut self) -> Result<()> {
        if std::mem::take(&mut self.abandoned) && self.open {
            // A disk error may have rolled back the outer transaction already; then the waiters must hear of it.
            if let Err(error) = self.undo().await {
                self.fail(error).await;
            }
        }
        Ok(())
    }

    async fn undo(&mut self) -> Result<()> {
        self.run("ROLLBACK TO one").await?;
        self.run("RELEASE one").await
    }

    async fn flush(&mut self) {
        let _ = self.settle().await;
        if !self.open {
            return;
        }
        match self.run("COMMIT").await {
            Ok(()) => {
                self.open = false;
                for answer in self.waiting.drain(..) {
                    let _ = answer.send(Ok(()));
                }
            }
            Err(error) => self.fail(error).await,
        }
    }

    async fn fail(&mut self, error: StoreError) {
        let error = match error {
            StoreError::Database(e) => Arc::new(e),
            other => Arc::new(sqlx::Error::Protocol(other.to_string())),
        };
        let _ = self.run("ROLLBACK").await;
        self.open = false;
        for answer in self.waiting.drain(..) {
            let _ = answer.send(Err(StoreError::Commit(error.clone())));
        }
    }
}

/// The lock is fair, so the flusher gets its turn after every writer that was waiting when it was woken.
async fn flusher(state: std::sync::Weak<Mutex<State>>, wake: Arc<Notify>) {
    loop {
        wake.notified().await;
        let Some(state) = state.upgrade() else { return };
        state.lock().await.flush().await;
    }
}
