//! A write that happens at most once per key.
//!
//! The answer is kept in the transaction of the effect, so there is never one without the other. A refusal keeps nothing:
//! the same key may be tried again. While the first request with a key runs, others with it are told to come back.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, SqlErr, Statement, Value};
use sha2::{Digest, Sha256};
use shared::problem::ProblemCode;
use shared::vocab::{OperatorId, ResellerId};
use uuid::Uuid;

use super::{CrashPoint, Db, WriteTx, reach};
use crate::error::Error;

/// How long a key stands for its request.
const KEPT: TimeDelta = TimeDelta::days(7);
/// One write in so many sweeps away what its owner's expired keys left.
const SWEEP_ONE_IN: u8 = 32;

/// A request that must not have its effect twice.
#[derive(Debug, Clone, Copy)]
pub struct KeyedRequest<'a> {
    /// The caller's key, unique per reseller, or per operator where nobody's rows but the catalogue's are written.
    pub key: &'a str,
    /// What the request says: another one under the same key is refused.
    pub fingerprint: &'a [u8],
    /// When it came, on the machine's clock.
    pub received_at: DateTime<Utc>,
}

/// What a request is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The status, from 200 to 299.
    pub status: u16,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// Whether something was changed; if not, the answer is not kept.
    pub has_effect: bool,
}

/// An answer, and whether it is the one of an earlier request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The answer.
    pub answer: KeptAnswer,
    /// Whether this request did nothing by itself.
    pub is_replayed: bool,
}

/// Whose key it is. Nobody's keys say anything about another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Owner {
    Reseller(ResellerId),
    Operator(OperatorId),
}

impl Owner {
    fn id(self) -> Uuid {
        match self {
            Self::Reseller(id) => id.0,
            Self::Operator(id) => id.0,
        }
    }

    /// The table of the answers, and its column for the owner.
    fn table(self) -> (&'static str, &'static str) {
        match self {
            Self::Reseller(_) => ("idempotency_keys", "reseller_id"),
            Self::Operator(_) => ("operator_idempotency_keys", "operator_id"),
        }
    }
}

/// The keys whose requests run in this process. No truth: other processes are asked in the database.
#[derive(Debug, Default)]
pub(super) struct InFlight(Mutex<HashSet<(Owner, String)>>);

/// A key's turn; over when this is dropped.
struct Turn<'a> {
    in_flight: &'a InFlight,
    key: (Owner, String),
}

impl InFlight {
    fn enter(&self, owner: Owner, key: &str) -> Option<Turn<'_>> {
        let key = (owner, key.to_owned());
        let is_first = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
        // Lazily: a turn that is made is a turn that ends.
        is_first.then(|| Turn { in_flight: self, key })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.in_flight.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl Db {
    /// Runs `work` in one write transaction of one reseller, unless a request with this key had its effect already: then
    /// its answer is given again.
    pub async fn write_once(
        &self,
        reseller_id: ResellerId,
        request: KeyedRequest<'_>,
        work: impl AsyncFn(&WriteTx) -> Result<KeptAnswer, Error>,
    ) -> Result<Answered, Error> {
        let owner = Owner::Reseller(reseller_id);
        let turn = self.in_flight.enter(owner, request.key);
        if let Some(answered) = self.answered_before(owner, request, turn.is_some()).await? {
            return Ok(answered);
        }
        let once = async |tx: &WriteTx| self.once(tx.connection(), owner, request, async || work(tx).await).await;
        self.write(reseller_id, once).await
    }

    /// The same for an operator's write on identity and catalogue tables, which belong to no reseller: the key is the
    /// operator's own.
    pub async fn write_shared_once(
        &self,
        operator_id: OperatorId,
        request: KeyedRequest<'_>,
        work: impl AsyncFn(&DatabaseTransaction) -> Result<KeptAnswer, Error>,
    ) -> Result<Answered, Error> {
        let owner = Owner::Operator(operator_id);
        let turn = self.in_flight.enter(owner, request.key);
        if let Some(answered) = self.answered_before(owner, request, turn.is_some()).await? {
            return Ok(answered);
        }
        self.write_shared(async |tx| self.once(tx, owner, request, async || work(tx).await).await).await
    }

    /// The answer of an earlier request; a refusal where that one still runs in this process.
    async fn answered_before(
        &self,
        owner: Owner,
        request: KeyedRequest<'_>,
        has_turn: bool,
    ) -> Result<Option<Answered>, Error> {
        match find(self.pool(), owner, request).await? {
            None if !has_turn => Err(in_flight()),
            found => Ok(found),
        }
    }

    /// Within the transaction: takes the key, does the work, keeps its answer.
    async fn once(
        &self,
        tx: &DatabaseTransaction,
        owner: Owner,
        request: KeyedRequest<'_>,
        work: impl AsyncFnOnce() -> Result<KeptAnswer, Error>,
    ) -> Result<Answered, Error> {
        if self.backend() == DbBackend::Postgres && !lock(tx, owner, request.key).await? {
            return Err(in_flight());
        }
        // Another process may have finished since the look before; or the caller of the first request hung up, which ends
        // its turn, while its effect was on its way to the disk.
        if let Some(answered) = find(tx, owner, request).await? {
            return Ok(answered);
        }
        let answer = work().await?;
        if answer.has_effect {
            keep(tx, owner, request, &answer).await?;
        }
        Ok(Answered { answer, is_replayed: false })
    }
}

fn in_flight() -> Error {
    let detail = "The first request with this Idempotency-Key has not finished. Ask again with the same key.";
    Error::new(ProblemCode::IdempotencyInFlight, detail).with_retry_after(1)
}

/// The refusal of a key that stands for another request.
pub fn key_reused() -> Error {
    Error::new(ProblemCode::IdempotencyKeyReused, "This Idempotency-Key was used for another request; make a new one.")
}

/// Takes the key among all processes until the end of the transaction.
async fn lock(tx: &DatabaseTransaction, owner: Owner, key: &str) -> Result<bool, Error> {
    let digest = Sha256::new().chain_update(owner.id().as_bytes()).chain_update(key.as_bytes()).finalize();
    let number = digest.iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte));
    let sql = "SELECT pg_try_advisory_xact_lock($1) AS is_first";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [number.into()]);
    let row = tx.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "is_first")).transpose()?.unwrap_or(false))
}

async fn find(
    connection: &impl ConnectionTrait,
    owner: Owner,
    request: KeyedRequest<'_>,
) -> Result<Option<Answered>, Error> {
    let (table, column) = owner.table();
    let sql =
        format!("SELECT fingerprint, status, body FROM {table} WHERE {column} = $1 AND key = $2 AND expires_at > $3");
    let values: [Value; 3] = [owner.id().into(), request.key.into(), request.received_at.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let Some(row) = connection.query_one_raw(statement).await? else { return Ok(None) };
    let (fingerprint, status): (Vec<u8>, i16) = (row.try_get("", "fingerprint")?, row.try_get("", "status")?);
    if fingerprint != request.fingerprint {
        return Err(key_reused());
    }
    let status = u16::try_from(status).map_err(Error::internal)?;
    let answer = KeptAnswer { status, body: row.try_get("", "body")?, has_effect: true };
    Ok(Some(Answered { answer, is_replayed: true }))
}

async fn keep(
    tx: &DatabaseTransaction,
    owner: Owner,
    request: KeyedRequest<'_>,
    answer: &KeptAnswer,
) -> Result<(), Error> {
    let (now, backend, (table, column)) = (request.received_at, tx.get_database_backend(), owner.table());
    if request.fingerprint.first().is_some_and(|byte| byte % SWEEP_ONE_IN == 0) {
        let sql = format!("DELETE FROM {table} WHERE {column} = $1 AND expires_at <= $2");
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, [owner.id().into(), now.into()])).await?;
    }
    // A row that is there has expired, or it would have been found.
    let sql = format!(
        "INSERT INTO {table} ({column}, key, fingerprint, status, body, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT ({column}, key) DO UPDATE SET fingerprint = excluded.fingerprint, \
         status = excluded.status, body = excluded.body, created_at = excluded.created_at, expires_at = excluded.expires_at \
         WHERE {table}.expires_at <= excluded.created_at"
    );
    let values: [Value; 7] = [
        owner.id().into(),
        request.key.into(),
        request.fingerprint.to_vec().into(),
        i16::try_from(answer.status).map_err(Error::internal)?.into(),
        answer.body.clone().into(),
        now.into(),
        (now + KEPT).into(),
    ];
    match tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await {
        Ok(kept) if kept.rows_affected() == 1 => {
            reach(CrashPoint::AnswerKept);
            Ok(())
        }
        // Somebody else kept an answer after all: undo this one.
        Ok(_) => Err(in_flight()),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Err(in_flight()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_turn_at_a_time() {
        let one = Owner::Reseller(ResellerId(Uuid::nil()));
        let (keys, two) = (InFlight::default(), Owner::Operator(OperatorId(Uuid::nil())));
        let turn = keys.enter(one, "a");
        assert!(turn.is_some());
        // Refused again and again: being refused does not end the turn of another.
        assert!(keys.enter(one, "a").is_none() && keys.enter(one, "a").is_none());
        assert!(keys.enter(one, "b").is_some() && keys.enter(two, "a").is_some());
        drop(turn);
        assert!(keys.enter(one, "a").is_some());
    }
}
