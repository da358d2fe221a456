//! An operator's write that happens at most once per key, on tables that belong to no reseller.
//!
//! The promises are those of `once`; the keys are the operator's own.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
};
use shared::vocab::OperatorId;

use super::entity::operator_idempotency_key::{self as kept_key, Column as C};
use super::once::{Answered, KEPT, KeptAnswer, KeyedRequest, in_flight, key_reused, lock};
use super::{CrashPoint, Db, reach};
use crate::error::Error;

impl Db {
    /// Runs `work` in one write transaction on identity and catalogue tables, unless a request of this operator with this key
    /// had its effect already: then its answer is given again.
    pub async fn write_shared_once(
        &self,
        operator_id: OperatorId,
        request: KeyedRequest<'_>,
        work: impl AsyncFn(&DatabaseTransaction) -> Result<KeptAnswer, Error>,
    ) -> Result<Answered, Error> {
        let Some(_turn) = self.in_flight.enter(operator_id.0, request.key) else {
            return find(self.pool(), operator_id, request).await?.ok_or_else(in_flight);
        };
        self.write_shared(async |tx| {
            if self.backend() == DbBackend::Postgres && !lock(tx, operator_id.0, request.key).await? {
                return Err(in_flight());
            }
            if let Some(answered) = find(tx, operator_id, request).await? {
                return Ok(answered);
            }
            let answer = work(tx).await?;
            if answer.has_effect {
                keep(tx, operator_id, request, &answer).await?;
            }
            Ok(Answered { answer, is_replayed: false })
        })
        .await
    }
}

async fn find(
    connection: &impl ConnectionTrait,
    operator_id: OperatorId,
    request: KeyedRequest<'_>,
) -> Result<Option<Answered>, Error> {
    let row = kept_key::Entity::find_by_id((operator_id.0, request.key.to_owned())).one(connection).await?;
    let Some(row) = row.filter(|row| row.expires_at > request.received_at) else { return Ok(None) };
    if row.fingerprint != request.fingerprint {
        return Err(key_reused());
    }
    let status = u16::try_from(row.status).map_err(Error::internal)?;
    Ok(Some(Answered { answer: KeptAnswer { status, body: row.body, has_effect: true }, is_replayed: true }))
}

async fn keep(
    tx: &DatabaseTransaction,
    operator_id: OperatorId,
    request: KeyedRequest<'_>,
    answer: &KeptAnswer,
) -> Result<(), Error> {
    let now = request.received_at;
    // Operators do little: what has expired is swept away with each of it.
    let expired = kept_key::Entity::delete_many().filter(C::OperatorId.eq(operator_id.0)).filter(C::ExpiresAt.lte(now));
    expired.exec(tx).await?;
    let row = kept_key::ActiveModel {
        operator_id: Set(operator_id.0),
        key: Set(request.key.to_owned()),
        fingerprint: Set(request.fingerprint.to_vec()),
        status: Set(i16::try_from(answer.status).map_err(Error::internal)?),
        body: Set(answer.body.clone()),
        created_at: Set(now),
        expires_at: Set(now + KEPT),
    };
    kept_key::Entity::insert(row).exec_without_returning(tx).await?;
    reach(CrashPoint::AnswerKept);
    Ok(())
}
