//! A write that happens at most once per key.
//!
//! The answer is kept in the transaction of the effect, so there is never one without the other. A refusal keeps nothing:
//! the same key may be tried again. While the first request with a key runs, others with it are told to come back.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
    QueryTrait, Statement,
};
use sha2::{Digest, Sha256};
use shared::problem::ProblemCode;
use shared::vocab::ResellerId;
use uuid::Uuid;

use super::entity::idempotency_key::{self, Column as C};
use super::write::Outcome;
use super::{Db, WriteTx};
use crate::error::Error;

/// How long a key stands for its request.
pub(super) const KEPT: TimeDelta = TimeDelta::days(7);
/// One write in so many sweeps away what its reseller's expired keys left.
const SWEEP_ONE_IN: u8 = 32;

/// A request that must not have its effect twice.
#[derive(Debug, Clone, Copy)]
pub struct KeyedRequest<'a> {
    /// The caller's key, unique per reseller or operator.
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

/// The keys whose requests run in this process, each with the id of whose it is. No truth: other processes are asked in the
/// database.
#[derive(Debug, Default)]
pub(super) struct InFlight(Mutex<HashSet<(Uuid, String)>>);

/// A key's turn; over when this is dropped.
pub(super) struct Turn<'a> {
    in_flight: &'a InFlight,
    key: (Uuid, String),
}

impl InFlight {
    pub fn enter(&self, owner: Uuid, key: &str) -> Option<Turn<'_>> {
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
        let Some(_turn) = self.in_flight.enter(reseller_id.0, request.key) else {
            return find(self.pool(), reseller_id, request).await?.ok_or_else(in_flight);
        };
        self.write_or_leave(reseller_id, async |tx| {
            if self.backend() == DbBackend::Postgres && !lock(tx.connection(), reseller_id.0, request.key).await? {
                return Err(in_flight());
            }
            // In the transaction, so that nobody's effect is on its way to the disk: the caller of a first request may have hung up,
            // which ends its turn.
            if let Some(answered) = find(tx.connection(), reseller_id, request).await? {
                return Ok(Outcome::Leave(answered));
            }
            let answer = work(tx).await?;
            if answer.has_effect {
                keep(tx, reseller_id, request, &answer).await?;
            }
            Ok(Outcome::Commit(Answered { answer, is_replayed: false }))
        })
        .await
    }
}

pub(super) fn in_flight() -> Error {
    let detail = "The first request with this Idempotency-Key has not finished. Ask again with the same key.";
    Error::new(ProblemCode::IdempotencyInFlight, detail).with_retry_after(1)
}

/// The refusal of a key that stands for another request.
pub fn key_reused() -> Error {
    Error::new(ProblemCode::IdempotencyKeyReused, "This Idempotency-Key was used for another request; make a new one.")
}

/// Takes the key among all processes until the end of the transaction.
pub(super) async fn lock(tx: &DatabaseTransaction, owner: Uuid, key: &str) -> Result<bool, Error> {
    let digest = Sha256::new().chain_update(owner.as_bytes()).chain_update(key.as_bytes()).finalize();
    let number = digest.iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte));
    let sql = "SELECT pg_try_advisory_xact_lock($1) AS is_first";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [number.into()]);
    let row = tx.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "is_first")).transpose()?.unwrap_or(false))
}

async fn find(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    request: KeyedRequest<'_>,
) -> Result<Option<Answered>, Error> {
    let row = idempotency_key::Entity::find_by_id((reseller_id.0, request.key.to_owned())).one(connection).await?;
    let Some(row) = row.filter(|row| row.expires_at > request.received_at) else { return Ok(None) };
    if row.fingerprint != request.fingerprint {
        return Err(key_reused());
    }
    let status = u16::try_from(row.status).map_err(Error::internal)?;
    Ok(Some(Answered { answer: KeptAnswer { status, body: row.body, has_effect: true }, is_replayed: true }))
}

async fn keep(
    tx: &WriteTx,
    reseller_id: ResellerId,
    request: KeyedRequest<'_>,
    answer: &KeptAnswer,
) -> Result<(), Error> {
    let now = request.received_at;
    if request.fingerprint.first().is_some_and(|byte| byte % SWEEP_ONE_IN == 0) {
        idempotency_key::Entity::delete_many()
            .filter(C::ResellerId.eq(reseller_id.0))
            .filter(C::ExpiresAt.lte(now))
            .exec(tx.connection())
            .await?;
    }
    let row = idempotency_key::ActiveModel {
        reseller_id: Set(reseller_id.0),
        key: Set(request.key.to_owned()),
        fingerprint: Set(request.fingerprint.to_vec()),
        status: Set(i16::try_from(answer.status).map_err(Error::internal)?),
        body: Set(answer.body.clone()),
        created_at: Set(now),
        expires_at: Set(now + KEPT),
    };
    // A row that is there has expired, or it would have been found. Or somebody else has kept an answer after all: then nothing
    // is written, which the commit refuses.
    let replace = OnConflict::columns([C::ResellerId, C::Key])
        .update_columns([C::Fingerprint, C::Status, C::Body, C::CreatedAt, C::ExpiresAt])
        .action_and_where(Expr::col((idempotency_key::Entity, C::ExpiresAt)).lte(now))
        .to_owned();
    tx.keep_answer(idempotency_key::Entity::insert(row).on_conflict(replace).into_query());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_turn_at_a_time() {
        let (keys, one, two) = (InFlight::default(), Uuid::nil(), Uuid::max());
        let turn = keys.enter(one, "a");
        assert!(turn.is_some());
        // Refused again and again: being refused does not end the turn of another.
        assert!(keys.enter(one, "a").is_none() && keys.enter(one, "a").is_none());
        assert!(keys.enter(one, "b").is_some() && keys.enter(two, "a").is_some());
        drop(turn);
        assert!(keys.enter(one, "a").is_some());
    }
}
