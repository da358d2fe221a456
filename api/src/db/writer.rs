//! The one writer of `SQLite`: requests that wait for it at the same time share one commit.
//!
//! A commit waits for the disk, and that is what limits durable writes. So the first request begins a transaction, those that wait
//! behind it join in, each in a savepoint of its own, and one commit makes all of them durable. Nobody is answered before, not
//! even a refusal: it may rest on what another request of the same transaction did.

use std::sync::Arc;

use sea_orm::{DatabaseTransaction, TransactionOptions, TransactionTrait};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use super::crash_point::wait_for_disk;
use super::{CrashPoint, reach};
use crate::error::Error;

/// How the commit of a shared transaction went; none while it has not come.
type Outcome = Option<Result<(), Arc<str>>>;

/// Gives turns in the order in which they are asked for.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    shared: Arc<Mutex<Option<Shared>>>,
    /// Commits outlive the request that began: it may be cut off, and others have joined.
    runtime: Handle,
}

/// A transaction that requests join until its commit.
#[derive(Debug)]
struct Shared {
    tx: DatabaseTransaction,
    outcome: watch::Sender<Outcome>,
}

/// A request's turn to write, and its part of the shared transaction.
#[derive(Debug)]
pub(super) struct Turn {
    guard: OwnedMutexGuard<Option<Shared>>,
    outcome: watch::Receiver<Outcome>,
}

impl Writer {
    /// A writer whose commits run where this is called.
    pub fn new() -> Self {
        Self { shared: Arc::default(), runtime: Handle::current() }
    }

    /// Waits for a turn. `begin` begins a transaction where none is open.
    pub async fn join(
        &self,
        begin: impl AsyncFnOnce() -> Result<DatabaseTransaction, Error>,
    ) -> Result<(Turn, DatabaseTransaction), Error> {
        let mut guard = self.shared.clone().lock_owned().await;
        if guard.is_none() {
            let tx = begin().await?;
            *guard = Some(Shared { tx, outcome: watch::Sender::new(None) });
            // It gets its turn behind those that wait already: they are the ones that join.
            self.runtime.spawn(commit(self.shared.clone()));
        }
        let shared = guard.as_ref().ok_or_else(|| Error::internal("a turn without a transaction"))?;
        let outcome = shared.outcome.subscribe();
        let part = shared.tx.begin_with_options(TransactionOptions::default()).await?;
        Ok((Turn { guard, outcome }, part))
    }
}

impl Turn {
    /// Lets the next one write and waits until everything of the shared transaction is durable.
    ///
    /// After an outage nobody may join any more: the database may have undone everything and forgotten the transaction.
    pub async fn end(self, has_outage: bool) -> Result<(), Error> {
        let Self { mut guard, mut outcome } = self;
        if let Some(Shared { tx, outcome }) = guard.take_if(|_| has_outage) {
            let undone = tx.rollback().await;
            tracing::warn!(?undone, "a shared transaction is undone after an outage");
            outcome.send_replace(Some(Err(Arc::from("the database failed another request of the same transaction"))));
        }
        drop(guard);
        match outcome.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(Ok(()))) => Ok(()),
            Ok(Some(Err(cause))) => Err(Error::unavailable(cause.to_string())),
            _ => Err(Error::unavailable("the server stopped before the commit")),
        }
    }
}

async fn commit(shared: Arc<Mutex<Option<Shared>>>) {
    let mut guard = shared.lock().await;
    let Some(Shared { tx, outcome }) = guard.take() else { return };
    reach(CrashPoint::BeforeSharedCommit);
    wait_for_disk().await;
    let committed = tx.commit().await.map_err(|error| Arc::from(format!("the commit failed: {error}")));
    drop(guard);
    outcome.send_replace(Some(committed));
}
