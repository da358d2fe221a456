//! Telling many resellers of what belongs to none of them.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use shared::vocab::ResellerId;
use uuid::Uuid;

use super::entity::{event, reseller};
use super::write::NewEvent;
use crate::error::Error;

/// Resellers in one statement.
const CHUNK: usize = 500;

/// Gives each of these resellers an event, in the transaction of what it tells of. Their versions rise with it.
///
/// Last of all, as in a write of one reseller: the rows that all writers of a reseller share are held as briefly as possible.
pub async fn tell(tx: &DatabaseTransaction, resellers: &[ResellerId], told: &NewEvent) -> Result<(), Error> {
    for chunk in resellers.chunks(CHUNK) {
        let ids: Vec<Uuid> = chunk.iter().map(|id| id.0).collect();
        reseller::Entity::update_many()
            .col_expr(reseller::Column::Version, Expr::col(reseller::Column::Version).add(1))
            .col_expr(reseller::Column::EventSequence, Expr::col(reseller::Column::EventSequence).add(1))
            .filter(reseller::Column::Id.is_in(ids.iter().copied()))
            .exec(tx)
            .await?;
        let numbered: Vec<(Uuid, i64)> = reseller::Entity::find()
            .select_only()
            .columns([reseller::Column::Id, reseller::Column::EventSequence])
            .filter(reseller::Column::Id.is_in(ids))
            .into_tuple()
            .all(tx)
            .await?;
        let rows = numbered.into_iter().map(|(reseller_id, sequence)| event::ActiveModel {
            reseller_id: Set(reseller_id),
            sequence: Set(sequence),
            id: Set(Uuid::now_v7()),
            kind: Set(told.kind.to_owned()),
            subject: Set(told.subject.clone()),
            occurred_at: Set(told.occurred_at),
            request_id: Set(told.request_id.clone()),
            payload: Set(told.payload.to_string()),
        });
        event::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
