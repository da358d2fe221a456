//! Adding, changing and putting away clients, each with its event.

use chrono::{DateTime, Utc};
use serde_json::json;
use shared::problem::ProblemCode;
use shared::vocab::ClientId;
use uuid::Uuid;

use super::store::{self, ClientDetails};
use crate::auth::Reseller;
use crate::db::{NewEvent, WriteTx};
use crate::error::Error;
use crate::features::ledger::store::lock_wallet;
use crate::features::lifecycle::store::{of_client, refresh_words};

/// What is to be changed: what is `None` stays, `Some(None)` empties a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientChanges {
    /// The name.
    pub name: Option<String>,
    /// Where to reach it.
    pub email: Option<Option<String>>,
    /// The reseller's own reference.
    pub external_reference: Option<Option<String>>,
    /// Free text.
    pub notes: Option<Option<String>>,
}

/// When, and on which request.
pub type Cause<'a> = (DateTime<Utc>, &'a str);

/// Adds a client.
pub async fn create(
    tx: &WriteTx,
    reseller: &Reseller,
    cause: Cause<'_>,
    details: &ClientDetails,
) -> Result<ClientId, Error> {
    let id = ClientId(Uuid::now_v7());
    store::insert(tx, reseller.id, id, details, cause.0).await?;
    tell(tx, "client.created", id, cause);
    Ok(id)
}

/// Changes a client, and by which words its activations are found. The caller holds it locked.
pub async fn patch(
    tx: &WriteTx,
    reseller: &Reseller,
    cause: Cause<'_>,
    id: ClientId,
    changes: ClientChanges,
) -> Result<(), Error> {
    let row = store::lock(tx, reseller.id, id).await?;
    let before = ClientDetails {
        name: row.name,
        email: row.email,
        external_reference: row.external_reference,
        notes: row.notes,
    };
    let after = ClientDetails {
        name: changes.name.unwrap_or_else(|| before.name.clone()),
        email: changes.email.unwrap_or_else(|| before.email.clone()),
        external_reference: changes.external_reference.unwrap_or_else(|| before.external_reference.clone()),
        notes: changes.notes.unwrap_or_else(|| before.notes.clone()),
    };
    if after == before {
        return Ok(());
    }
    store::replace(tx, reseller.id, id, &after).await?;
    if (&after.name, &after.email) != (&before.name, &before.email) {
        for activation_id in of_client(tx.connection(), reseller.id, id).await? {
            refresh_words(tx, reseller, activation_id).await?;
        }
    }
    tell(tx, "client.changed", id, cause);
    Ok(())
}

/// Puts a client away: it is no longer listed nor activated for. Refused while it has something that runs.
pub async fn archive(tx: &WriteTx, reseller: &Reseller, cause: Cause<'_>, id: ClientId) -> Result<(), Error> {
    // An activation is put in service under this lock: none can come between the count and the archiving.
    lock_wallet(tx, reseller.id).await?;
    let row = store::lock(tx, reseller.id, id).await?;
    if row.archived_at.is_some() {
        return Ok(());
    }
    let live = store::count_live(tx.connection(), reseller.id, id).await?;
    if live > 0 {
        let detail = format!("The client still has {live} activations that are not over.");
        return Err(Error::new(ProblemCode::ClientInUse, detail));
    }
    store::set_archived(tx, reseller.id, id, Some(cause.0)).await?;
    tell(tx, "client.archived", id, cause);
    Ok(())
}

/// Brings an archived client back.
pub async fn restore(tx: &WriteTx, reseller: &Reseller, cause: Cause<'_>, id: ClientId) -> Result<(), Error> {
    if store::lock(tx, reseller.id, id).await?.archived_at.is_none() {
        return Ok(());
    }
    store::set_archived(tx, reseller.id, id, None).await?;
    tell(tx, "client.restored", id, cause);
    Ok(())
}

fn tell(tx: &WriteTx, kind: &'static str, id: ClientId, (occurred_at, request_id): Cause<'_>) {
    tx.push_event(NewEvent {
        kind,
        subject: id.to_string(),
        occurred_at,
        request_id: Some(request_id.to_owned()),
        payload: json!({"client_id": id}),
    });
}
