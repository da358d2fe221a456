//! Rows of clients.

mod reading;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, SqlErr};
use shared::vocab::{ClientId, ResellerId};

use crate::db::WriteTx;
use crate::db::entity::client;
use crate::error::Error;
use crate::features::lifecycle::words::sort_key;

pub use reading::{ClientRow, ClientTotals, Key, count, count_live, find, list, names, totals};

/// What a client is, beside its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientDetails {
    /// Its name.
    pub name: String,
    /// Where to reach it.
    pub email: Option<String>,
    /// The reseller's own reference, unique among its clients.
    pub external_reference: Option<String>,
    /// Free text.
    pub notes: Option<String>,
}

/// The client with this reference.
pub async fn find_by_reference(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    reference: &str,
) -> Result<Option<(ClientId, ClientDetails)>, Error> {
    let row = client::Entity::find()
        .filter(client::Column::ResellerId.eq(reseller_id.0))
        .filter(client::Column::ExternalReference.eq(reference))
        .one(connection)
        .await?;
    Ok(row.map(|row| {
        let details = ClientDetails {
            name: row.name,
            email: row.email,
            external_reference: row.external_reference,
            notes: row.notes,
        };
        (ClientId(row.id), details)
    }))
}

/// Adds a client under an id of the caller's making.
pub async fn insert(
    tx: &WriteTx,
    reseller_id: ResellerId,
    id: ClientId,
    details: &ClientDetails,
    created_at: DateTime<Utc>,
) -> Result<(), Error> {
    let row = client::ActiveModel {
        reseller_id: Set(reseller_id.0),
        id: Set(id.0),
        external_reference: Set(details.external_reference.clone()),
        created_at: Set(created_at),
        ..columns(details)
    };
    client::Entity::insert(row).exec_without_returning(tx.connection()).await.map_err(refused_reference)?;
    Ok(())
}

/// Changes everything but the reference. The caller refreshes the words of its activations.
pub async fn update(tx: &WriteTx, reseller_id: ResellerId, id: ClientId, details: &ClientDetails) -> Result<(), Error> {
    write(tx, reseller_id, id, columns(details)).await
}

/// Changes everything, the reference included. The caller refreshes the words of its activations.
pub async fn replace(
    tx: &WriteTx,
    reseller_id: ResellerId,
    id: ClientId,
    details: &ClientDetails,
) -> Result<(), Error> {
    let external_reference = Set(details.external_reference.clone());
    write(tx, reseller_id, id, client::ActiveModel { external_reference, ..columns(details) }).await
}

/// Puts a client away, or brings it back.
pub async fn set_archived(
    tx: &WriteTx,
    reseller_id: ResellerId,
    id: ClientId,
    archived_at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    write(tx, reseller_id, id, client::ActiveModel { archived_at: Set(archived_at), ..Default::default() }).await
}

/// The client, which nobody else can change until the end of the transaction.
pub async fn lock(tx: &WriteTx, reseller_id: ResellerId, id: ClientId) -> Result<ClientRow, Error> {
    let row = client::Entity::find_by_id((reseller_id.0, id.0)).lock_exclusive().one(tx.connection()).await?;
    row.ok_or_else(Error::not_found)
}

async fn write(tx: &WriteTx, reseller_id: ResellerId, id: ClientId, row: client::ActiveModel) -> Result<(), Error> {
    let update = client::Entity::update_many()
        .set(row)
        .filter(client::Column::ResellerId.eq(reseller_id.0))
        .filter(client::Column::Id.eq(id.0));
    let updated = update.exec(tx.connection()).await.map_err(refused_reference)?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(Error::not_found()) }
}

fn refused_reference(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(index)) if index.contains("external_reference") => {
            Error::field("/external_reference", "taken", "is the reference of another client")
        }
        _ => error.into(),
    }
}

fn columns(details: &ClientDetails) -> client::ActiveModel {
    client::ActiveModel {
        name: Set(details.name.clone()),
        sort_name: Set(sort_key(&details.name)),
        email: Set(details.email.clone()),
        notes: Set(details.notes.clone()),
        ..Default::default()
    }
}
