//! What was imported before, row by row.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement, Value,
};
use shared::vocab::{ActivationId, ResellerId};
use uuid::Uuid;

use crate::db::WriteTx;
use crate::db::entity::{activation, imported_row};
use crate::error::Error;

const CHUNK: usize = 1_000;

/// Hashes of the rows of one file, by external id.
pub async fn known_rows(tx: &WriteTx, reseller_id: ResellerId, file: &str) -> Result<HashMap<String, Vec<u8>>, Error> {
    let rows = imported_row::Entity::find()
        .filter(imported_row::Column::ResellerId.eq(reseller_id.0))
        .filter(imported_row::Column::File.eq(file))
        .all(tx.connection())
        .await?;
    Ok(rows.into_iter().map(|row| (row.external_id, row.row_hash)).collect())
}

/// Remembers rows.
pub async fn remember(
    tx: &WriteTx,
    reseller_id: ResellerId,
    file: &str,
    rows: Vec<(String, Vec<u8>)>,
    imported_at: DateTime<Utc>,
) -> Result<(), Error> {
    use imported_row::Column as C;
    for chunk in rows.chunks(CHUNK) {
        let rows = chunk.iter().map(|(external_id, row_hash)| imported_row::ActiveModel {
            reseller_id: Set(reseller_id.0),
            file: Set(file.to_owned()),
            external_id: Set(external_id.clone()),
            row_hash: Set(row_hash.clone()),
            imported_at: Set(imported_at),
        });
        let known = OnConflict::columns([C::ResellerId, C::File, C::ExternalId])
            .update_columns([C::RowHash, C::ImportedAt])
            .to_owned();
        imported_row::Entity::insert_many(rows).on_conflict(known).exec_without_returning(tx.connection()).await?;
    }
    Ok(())
}

/// The reseller's activations by its own reference.
pub async fn activations_by_reference(
    tx: &WriteTx,
    reseller_id: ResellerId,
) -> Result<HashMap<String, ActivationId>, Error> {
    let rows: Vec<(Option<String>, Uuid)> = activation::Entity::find()
        .select_only()
        .columns([activation::Column::ExternalReference, activation::Column::Id])
        .filter(activation::Column::ResellerId.eq(reseller_id.0))
        .filter(activation::Column::ExternalReference.is_not_null())
        .into_tuple()
        .all(tx.connection())
        .await?;
    Ok(rows.into_iter().filter_map(|(reference, id)| Some((reference?, ActivationId(id)))).collect())
}

/// A usage event as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEvent {
    /// What was used.
    pub activation_id: ActivationId,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Keyed hash of who used it.
    pub key_hash: Vec<u8>,
}

/// The events with these ids.
pub async fn known_events(
    tx: &WriteTx,
    reseller_id: ResellerId,
    ids: &[&str],
) -> Result<HashMap<String, KnownEvent>, Error> {
    let connection = tx.connection();
    let mut known = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let wanted = (2..chunk.len() + 2).map(|number| format!("(${number})")).collect::<Vec<_>>().join(",");
        let sql = format!(
            "WITH wanted (id) AS (VALUES {wanted}) SELECT e.id, e.activation_id, e.occurred_at, u.key_hash \
             FROM wanted CROSS JOIN usage_events AS e \
             JOIN end_users AS u ON u.reseller_id = e.reseller_id AND u.no = e.end_user_no \
             WHERE e.reseller_id = $1 AND e.id = wanted.id"
        );
        let reseller = std::iter::once(Value::from(reseller_id.0));
        let values = reseller.chain(chunk.iter().map(|id| Value::from(*id)));
        let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
        for row in connection.query_all_raw(statement).await? {
            let event = KnownEvent {
                activation_id: ActivationId(row.try_get_by_index(1)?),
                occurred_at: row.try_get_by_index(2)?,
                key_hash: row.try_get_by_index(3)?,
            };
            known.insert(row.try_get_by_index(0)?, event);
        }
    }
    Ok(known)
}
