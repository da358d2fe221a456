//! The one write transaction.

use std::cell::RefCell;
use std::time::Duration;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, InsertStatement, Query, UpdateStatement};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, RuntimeErr, SqlErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use shared::problem::ProblemCode;
use shared::vocab::ResellerId;
use uuid::Uuid;

use super::entity::event::{self, Column as E};
use super::entity::reseller::{self, Column as R};
use super::once::in_flight;
use super::{Batch, CrashPoint, Db, reach};
use crate::error::Error;

/// How often a transaction that lost against another is run again.
const MAX_ATTEMPTS: u32 = 5;
/// Events in one insertion.
const EVENTS_IN_ONE: usize = 500;

/// A state change to be told to others.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What happened: `activation.renewed`.
    pub kind: &'static str,
    /// The written id of what it happened to.
    pub subject: String,
    /// When.
    pub occurred_at: chrono::DateTime<chrono::Utc>,
    /// The request that caused it.
    pub request_id: Option<String>,
    /// A JSON object.
    pub payload: serde_json::Value,
}

/// What became of a write.
#[derive(Debug)]
pub(super) enum Outcome<T> {
    /// Something was written.
    Commit(T),
    /// Nothing was, and nothing is to be.
    Leave(T),
}

/// An open write transaction of one reseller. Store functions that write take this, so a write outside a transaction does
/// not compile.
#[derive(Debug)]
pub struct WriteTx {
    tx: DatabaseTransaction,
    reseller_id: ResellerId,
    events: RefCell<Vec<NewEvent>>,
    kept_answer: RefCell<Option<InsertStatement>>,
}

impl WriteTx {
    fn new(tx: DatabaseTransaction, reseller_id: ResellerId) -> Self {
        Self { tx, reseller_id, events: RefCell::default(), kept_answer: RefCell::default() }
    }

    /// The reseller whose rows may be written.
    pub fn reseller_id(&self) -> ResellerId {
        self.reseller_id
    }

    /// The connection to read and write with.
    pub fn connection(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// Adds an event; it gets its sequence number at the commit.
    pub fn push_event(&self, event: NewEvent) {
        self.events.borrow_mut().push(event);
    }

    /// Keeps the answer to a key: written at the commit, which fails if somebody else has kept one meanwhile.
    pub(super) fn keep_answer(&self, row: InsertStatement) {
        self.kept_answer.replace(Some(row));
    }

    /// Runs `work` so that, if it is refused, nothing of it remains while the rest of the transaction goes on.
    pub async fn savepoint<T>(&self, work: impl AsyncFnOnce(&WriteTx) -> Result<T, Error>) -> Result<T, Error> {
        let tx = self.tx.begin_with_options(TransactionOptions::default()).await?;
        let inner = Self::new(tx, self.reseller_id);
        match work(&inner).await {
            Ok(value) => {
                inner.tx.commit().await?;
                reach(CrashPoint::SavepointReleased);
                self.events.borrow_mut().append(&mut inner.events.into_inner());
                Ok(value)
            }
            Err(error) => {
                inner.tx.rollback().await?;
                Err(error)
            }
        }
    }

    /// Raises the version and writes what hangs on the commit, in one go.
    ///
    /// Last of all, so that the row shared by all writers of this reseller is held as briefly as possible.
    async fn write_last(&self) -> Result<(), Error> {
        let (events, kept_answer) = (self.events.take(), self.kept_answer.take());
        let keeps_answer = kept_answer.is_some();
        let count = i64::try_from(events.len()).map_err(Error::internal)?;
        let mut last = Batch::new(self);
        let update = raise_version(self.reseller_id, count);
        let raised = last.add_source(update, R::EventSequence, Some(CrashPoint::VersionRaised));
        let numbered: Vec<_> = (1 - count..=0).zip(events).collect();
        let (first, others) = numbered.split_at(numbered.len().min(EVENTS_IN_ONE));
        if !first.is_empty() {
            let insert = insert_events(self.reseller_id, first, raised);
            last.add_insert(insert, first.len(), Some(CrashPoint::EventsWritten));
        }
        if let Some(row) = kept_answer {
            last.add_insert(row, 1, Some(CrashPoint::AnswerKept));
        }
        if !last.write(self).await.map_err(|error| refused_answer(error, keeps_answer))? {
            return Err(if keeps_answer { in_flight() } else { Error::not_found() });
        }
        // An import tells of thousands of things; PostgreSQL takes 65,535 values in one message.
        for chunk in others.chunks(EVENTS_IN_ONE) {
            let mut more = Batch::new(self);
            more.add_insert(insert_events(self.reseller_id, chunk, None), chunk.len(), None);
            more.write(self).await?;
        }
        reach(CrashPoint::BeforeCommit);
        Ok(())
    }
}

fn raise_version(reseller_id: ResellerId, events: i64) -> UpdateStatement {
    Query::update()
        .table(reseller::Entity)
        .value(R::Version, Expr::col(R::Version).add(1))
        .value(R::EventSequence, Expr::col(R::EventSequence).add(events))
        .and_where(R::Id.eq(reseller_id.0))
        .to_owned()
}

/// Events, each with its distance from the sequence number that was raised for all of them.
fn insert_events(reseller_id: ResellerId, events: &[(i64, NewEvent)], raised: Option<Alias>) -> InsertStatement {
    let mut last = Query::select();
    last.column(R::EventSequence);
    match raised {
        Some(raised) => last.from(raised),
        None => last.from(reseller::Entity).and_where(R::Id.eq(reseller_id.0)),
    };
    let mut insert = Query::insert();
    insert.into_table(event::Entity);
    insert.columns([E::ResellerId, E::Sequence, E::Id, E::Kind, E::Subject, E::OccurredAt, E::RequestId, E::Payload]);
    for (distance, event) in events {
        insert.values_panic([
            reseller_id.0.into(),
            Expr::from(last.clone()).add(*distance),
            Uuid::now_v7().into(),
            event.kind.into(),
            event.subject.as_str().into(),
            event.occurred_at.into(),
            event.request_id.clone().into(),
            event.payload.to_string().into(),
        ]);
    }
    insert
}

/// An answer that somebody else has kept shows in how many rows were written; or as a row that is there already.
fn refused_answer(error: DbErr, keeps_answer: bool) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(index)) if keeps_answer && index.contains("idempotency_keys") => {
            in_flight()
        }
        _ => error.into(),
    }
}

impl Db {
    /// Runs `work` in one write transaction of one reseller.
    ///
    /// `work` may run more than once, so it must not have effects outside the transaction.
    pub async fn write<T>(
        &self,
        reseller_id: ResellerId,
        work: impl AsyncFn(&WriteTx) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.write_or_leave(reseller_id, async |tx| work(tx).await.map(Outcome::Commit)).await
    }

    /// Runs `work` as [`Self::write`] does; it may find that there is nothing to write.
    pub(super) async fn write_or_leave<T>(
        &self,
        reseller_id: ResellerId,
        work: impl AsyncFn(&WriteTx) -> Result<Outcome<T>, Error>,
    ) -> Result<T, Error> {
        self.retrying(async || self.try_write(reseller_id, &work).await).await
    }

    async fn try_write<T>(
        &self,
        reseller_id: ResellerId,
        work: &impl AsyncFn(&WriteTx) -> Result<Outcome<T>, Error>,
    ) -> Result<T, Error> {
        let done = self.in_transaction(async |tx| {
            let tx = WriteTx::new(tx, reseller_id);
            reach(CrashPoint::Begun);
            let done = match work(&tx).await {
                Ok(Outcome::Commit(value)) => tx.write_last().await.map(|()| Outcome::Commit(value)),
                left => left,
            };
            let left = match done {
                Ok(Outcome::Commit(value)) => {
                    tx.tx.commit().await?;
                    return Ok(value);
                }
                Ok(Outcome::Leave(value)) => Ok(value),
                Err(error) => Err(error),
            };
            // Dropping it would undo it as well, but at some time: locks must be gone before it is answered.
            tx.tx.rollback().await.map_err(Error::unavailable)?;
            left
        });
        let done = done.await?;
        reach(CrashPoint::Committed);
        Ok(done)
    }

    /// Runs `work` as [`Self::write`] would and undoes it: what it returns is what would happen.
    pub async fn rehearse<T>(
        &self,
        reseller_id: ResellerId,
        work: impl AsyncFn(&WriteTx) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.retrying(async || {
            self.in_transaction(async |tx| {
                let tx = WriteTx::new(tx, reseller_id);
                let result = work(&tx).await;
                tx.tx.rollback().await.map_err(Error::unavailable)?;
                result
            })
            .await
        })
        .await
    }

    /// Runs `work` in one write transaction on identity and catalogue tables, which belong to no reseller.
    pub async fn write_shared<T>(
        &self,
        work: impl AsyncFn(&DatabaseTransaction) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.retrying(async || {
            self.in_transaction(async |tx| match work(&tx).await {
                Ok(value) => {
                    tx.commit().await?;
                    Ok(value)
                }
                Err(error) => {
                    tx.rollback().await.map_err(Error::unavailable)?;
                    Err(error)
                }
            })
            .await
        })
        .await
    }

    async fn retrying<T>(&self, attempt: impl AsyncFn() -> Result<T, Error>) -> Result<T, Error> {
        let mut number = 1;
        loop {
            match attempt().await {
                Err(error) if number < MAX_ATTEMPTS && error.is_retryable() => {
                    tokio::time::sleep(Duration::from_millis(5 << number)).await;
                    number += 1;
                }
                result => return result,
            }
        }
    }

    /// Gives `work` a transaction, which it commits or rolls back, and returns once what it did is durable.
    async fn in_transaction<T>(
        &self,
        work: impl AsyncFnOnce(DatabaseTransaction) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Some(writer) = &self.sqlite_writer else { return work(self.begin_write().await?).await };
        let (turn, tx) = writer.join(async || Ok(self.begin_write().await?)).await?;
        let result = work(tx).await;
        let is_outage = |error: &Error| error.code() == ProblemCode::Unavailable;
        turn.end(result.as_ref().is_err_and(is_outage)).await?;
        result
    }

    async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            // Deferred transactions fail at once when two of them turn into writers.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        self.begin(options).await
    }
}

/// Whether the database undid a transaction that may simply be run again.
pub fn is_retryable(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    let Some(code) = error.as_database_error().and_then(sea_orm::sqlx::error::DatabaseError::code) else {
        return false;
    };
    // PostgreSQL: serialization failure, deadlock. SQLite: busy, busy snapshot.
    matches!(code.as_ref(), "40001" | "40P01" | "5" | "517")
}
