//! The one write transaction.

use std::cell::RefCell;
use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use shared::problem::ProblemCode;
use shared::vocab::ResellerId;
use uuid::Uuid;

use super::{CrashPoint, Db, entity, reach};
use crate::error::Error;

/// How often a transaction that lost against another is run again.
const MAX_ATTEMPTS: u32 = 5;

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

/// An open write transaction of one reseller. Store functions that write take this, so a write outside a transaction does
/// not compile.
#[derive(Debug)]
pub struct WriteTx {
    tx: DatabaseTransaction,
    reseller_id: ResellerId,
    events: RefCell<Vec<NewEvent>>,
}

impl WriteTx {
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

    /// Runs `work` so that, if it is refused, nothing of it remains while the rest of the transaction goes on.
    pub async fn savepoint<T>(&self, work: impl AsyncFnOnce(&WriteTx) -> Result<T, Error>) -> Result<T, Error> {
        let tx = self.tx.begin_with_options(TransactionOptions::default()).await?;
        let inner = Self { tx, reseller_id: self.reseller_id, events: RefCell::default() };
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

    async fn commit(self) -> Result<(), Error> {
        let events = self.events.into_inner();
        let count = i64::try_from(events.len()).map_err(Error::internal)?;
        let id = self.reseller_id.0;
        // Last of all, so that the row shared by all writers of this reseller is held as briefly as possible.
        let bumped = entity::reseller::Entity::update_many()
            .col_expr(entity::reseller::Column::Version, Expr::col(entity::reseller::Column::Version).add(1))
            .col_expr(
                entity::reseller::Column::EventSequence,
                Expr::col(entity::reseller::Column::EventSequence).add(count),
            )
            .filter(entity::reseller::Column::Id.eq(id))
            .exec(&self.tx)
            .await?;
        if bumped.rows_affected != 1 {
            return Err(Error::not_found());
        }
        reach(CrashPoint::VersionRaised);
        if !events.is_empty() {
            let last: i64 = entity::reseller::Entity::find_by_id(id)
                .select_only()
                .column(entity::reseller::Column::EventSequence)
                .into_tuple()
                .one(&self.tx)
                .await?
                .ok_or_else(Error::not_found)?;
            let first = last - count + 1;
            let rows = (first..).zip(events).map(|(sequence, event)| entity::event::ActiveModel {
                reseller_id: Set(id),
                sequence: Set(sequence),
                id: Set(Uuid::now_v7()),
                kind: Set(event.kind.to_owned()),
                subject: Set(event.subject),
                occurred_at: Set(event.occurred_at),
                request_id: Set(event.request_id),
                payload: Set(event.payload.to_string()),
            });
            let rows: Vec<_> = rows.collect();
            for chunk in rows.chunks(500) {
                entity::event::Entity::insert_many(chunk.to_vec()).exec_without_returning(&self.tx).await?;
            }
        }
        reach(CrashPoint::BeforeCommit);
        self.tx.commit().await?;
        Ok(())
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
        self.retrying(async || self.try_write(reseller_id, &work).await).await
    }

    async fn try_write<T>(
        &self,
        reseller_id: ResellerId,
        work: &impl AsyncFn(&WriteTx) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let done = self.in_transaction(async |tx| {
            let tx = WriteTx { tx, reseller_id, events: RefCell::default() };
            reach(CrashPoint::Begun);
            match work(&tx).await {
                Ok(value) => {
                    tx.commit().await?;
                    Ok(value)
                }
                Err(error) => {
                    // Dropping it would undo it as well, but at some time: locks must be gone before the refusal is answered.
                    tx.tx.rollback().await.map_err(Error::unavailable)?;
                    Err(error)
                }
            }
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
                let tx = WriteTx { tx, reseller_id, events: RefCell::default() };
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
