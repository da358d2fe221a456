//! The people who use a client's products.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult, Statement};
use shared::vocab::{ClientId, ResellerId};
use uuid::Uuid;

use super::CHUNK;
use super::spelling::{bytes_literal, list, literal};
use crate::db::WriteTx;
use crate::db::entity::end_user;
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
    let connection = tx.connection();
    let backend = connection.get_database_backend();
    let mut found = Vec::new();
    for chunk in keys.chunks(CHUNK) {
        let wanted = list(chunk, |(client_id, hash), sql| {
            let _ = write!(sql, "({},{})", literal(backend, client_id.0), bytes_literal(backend, hash));
        });
        let sql = format!(
            "WITH wanted (client, hash) AS (VALUES {wanted}) SELECT u.* FROM wanted CROSS JOIN end_users AS u \
             WHERE u.reseller_id = {} AND u.client_id = wanted.client AND u.key_hash = wanted.hash",
            literal(backend, reseller_id.0)
        );
        for row in connection.query_all_raw(Statement::from_string(backend, sql)).await? {
            let row = end_user::Model::from_query_result(&row, "")?;
            found.push(EndUser {
                no: row.no,
                id: row.id,
                client_id: ClientId(row.client_id),
                key_hash: row.key_hash,
                label: row.label,
                first_used_at: row.first_used_at,
                last_used_at: row.last_used_at,
            });
        }
    }
    Ok(found)
}

/// Writes end users, new and known.
pub async fn save_end_users(
    tx: &WriteTx,
    reseller_id: ResellerId,
    end_users: impl Iterator<Item = &EndUser>,
) -> Result<(), Error> {
    use end_user::Column as C;
    let rows: Vec<_> = end_users
        .map(|end_user| end_user::ActiveModel {
            reseller_id: Set(reseller_id.0),
            no: Set(end_user.no),
            id: Set(end_user.id),
            client_id: Set(end_user.client_id.0),
            key_hash: Set(end_user.key_hash.clone()),
            label: Set(end_user.label.clone()),
            first_used_at: Set(end_user.first_used_at),
            last_used_at: Set(end_user.last_used_at),
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        let known = OnConflict::columns([C::ResellerId, C::No])
            .update_columns([C::Label, C::FirstUsedAt, C::LastUsedAt])
            .to_owned();
        end_user::Entity::insert_many(chunk.to_vec())
            .on_conflict(known)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}
