//! Rows of clients.

mod reading;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use shared::vocab::{ClientId, ResellerId};

use crate::db::WriteTx;
use crate::db::entity::client;
use crate::error::Error;
use crate::features::lifecycle::words::sort_key;

pub use reading::{ClientRow, ClientTotals, Key, count, find, list, names, totals};

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
    client::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Changes everything but the reference. The caller refreshes the words of its activations.
pub async fn update(tx: &WriteTx, reseller_id: ResellerId, id: ClientId, details: &ClientDetails) -> Result<(), Error> {
    let updated = client::Entity::update_many()
        .set(columns(details))
        .filter(client::Column::ResellerId.eq(reseller_id.0))
        .filter(client::Column::Id.eq(id.0))
        .exec(tx.connection())
        .await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(Error::not_found()) }
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
