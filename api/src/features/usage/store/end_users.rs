//! The people who use a client's products.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryResult};
use shared::vocab::{ClientId, ResellerId};
use uuid::Uuid;

use super::rows::{Cell, Kind, Rows};
use crate::db::WriteTx;
use crate::db::entity::{end_user, reseller};
use crate::error::Error;

/// A person who uses a client's products.
#[derive(Debug, Clone)]
pub struct EndUser {
    /// Small number for the wide tables.
    pub no: i64,
    /// The pseudonym.
    pub id: Uuid,
    /// The client.
    pub client_id: ClientId,
    /// Keyed hash of what the sender calls the person.
    pub key_hash: Vec<u8>,
    /// A name, if the reseller keeps them.
    pub label: Option<String>,
    /// First counted use.
    pub first_used_at: Option<DateTime<Utc>>,
    /// Last counted use.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl EndUser {
    /// Somebody new.
    pub fn new(no: i64, id: Uuid, client_id: ClientId, key_hash: Vec<u8>) -> Self {
        Self { no, id, client_id, key_hash, label: None, first_used_at: None, last_used_at: None }
    }

    /// Notes a counted use.
    pub fn used_at(&mut self, at: DateTime<Utc>) {
        self.first_used_at = Some(self.first_used_at.map_or(at, |first| first.min(at)));
        self.last_used_at = Some(self.last_used_at.map_or(at, |last| last.max(at)));
    }
}

/// Those of these end users, named by client and key hash, that are known.
pub async fn find_end_users(
    tx: &WriteTx,
    reseller_id: ResellerId,
    keys: &[(ClientId, Vec<u8>)],
) -> Result<Vec<EndUser>, Error> {
    let mut rows = Rows::new(&[("client", Kind::Id), ("hash", Kind::Bytes)]);
    for (client_id, hash) in keys {
        rows.push([Cell::Id(client_id.0), Cell::Bytes(hash)]);
    }
    let sql = "WITH {rows} SELECT u.* FROM t CROSS JOIN end_users AS u \
               WHERE t.client IS NOT NULL AND u.reseller_id = ? AND u.client_id = t.client AND u.key_hash = t.hash";
    let found = rows.query(tx, sql, &[reseller_id.0.into()]).await?;
    let end_user = |row: &QueryResult| {
        let row = end_user::Model::from_query_result(row, "")?;
        Ok(EndUser {
            no: row.no,
            id: row.id,
            client_id: ClientId(row.client_id),
            key_hash: row.key_hash,
            label: row.label,
            first_used_at: row.first_used_at,
            last_used_at: row.last_used_at,
        })
    };
    found.iter().map(end_user).collect()
}

/// Writes end users, new and known.
pub async fn save_end_users(
    tx: &WriteTx,
    reseller_id: ResellerId,
    end_users: impl Iterator<Item = &EndUser>,
) -> Result<(), Error> {
    let mut rows = Rows::new(&[
        ("no", Kind::Number),
        ("id", Kind::Id),
        ("client", Kind::Id),
        ("hash", Kind::Bytes),
        ("label", Kind::Text),
        ("first", Kind::Moment),
        ("last", Kind::Moment),
    ]);
    for end_user in end_users {
        let moment = |at: Option<DateTime<Utc>>| at.map_or(Cell::Nothing, Cell::Moment);
        rows.push([
            Cell::Number(end_user.no),
            Cell::Id(end_user.id),
            Cell::Id(end_user.client_id.0),
            Cell::Bytes(&end_user.key_hash),
            end_user.label.as_deref().map_or(Cell::Nothing, Cell::Text),
            moment(end_user.first_used_at),
            moment(end_user.last_used_at),
        ]);
    }
    let sql = "WITH {rows} INSERT INTO end_users \
               (reseller_id, no, id, client_id, key_hash, label, first_used_at, last_used_at) \
               SELECT ?, no, id, client, hash, label, first, last FROM t WHERE no IS NOT NULL \
               ON CONFLICT (reseller_id, no) DO UPDATE SET label = excluded.label, \
               first_used_at = excluded.first_used_at, last_used_at = excluded.last_used_at";
    rows.execute(tx, sql, &[reseller_id.0.into()]).await
}

/// Whether names of end users are kept from now on.
pub async fn set_keeps_labels(tx: &WriteTx, reseller_id: ResellerId, is_kept: bool) -> Result<(), Error> {
    let row = reseller::ActiveModel { keeps_end_user_labels: Set(is_kept), ..Default::default() };
    let own = reseller::Column::Id.eq(reseller_id.0);
    let updated = reseller::Entity::update_many().set(row).filter(own).exec(tx.connection()).await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(Error::not_found()) }
}

/// Removes the names that are kept. Returns how many there were.
pub async fn forget_labels(tx: &WriteTx, reseller_id: ResellerId) -> Result<u64, Error> {
    let updated = end_user::Entity::update_many()
        .set(end_user::ActiveModel { label: Set(None), ..Default::default() })
        .filter(end_user::Column::ResellerId.eq(reseller_id.0))
        .filter(end_user::Column::Label.is_not_null())
        .exec(tx.connection())
        .await?;
    Ok(updated.rows_affected)
}
