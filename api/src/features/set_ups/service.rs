//! What waits to be set up, and how that ends: in service from now on, or given back in full.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use shared::vocab::{ActivationId, ResellerId};
use uuid::Uuid;

use super::store::{self, Columns};
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::accounts::service::checked_text;
use crate::features::lifecycle::service::{self as lifecycle, Context};
use crate::features::operator::store::{self as resellers, ResellerRow};
use crate::features::{clients, products};
use crate::http::cursor::Cursor;

/// The longest reason.
pub const MAX_REASON: usize = 500;

/// An activation with everything an operator needs to set it up.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// The activation.
    pub row: Columns,
    /// Whose it is.
    pub reseller: ResellerRow,
    /// Its product's name.
    pub product_name: String,
    /// Its client's name and email address.
    pub client: (String, Option<String>),
}

/// The rows of a page, and one more where there are more.
pub async fn list(
    connection: &impl ConnectionTrait,
    edge: Option<&Cursor<Uuid>>,
    limit: u16,
) -> Result<Vec<SetUp>, Error> {
    with_names(connection, store::list_pending(connection, edge, u64::from(limit) + 1).await?).await
}

/// How a set-up ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending<'a> {
    /// It is in service from now on.
    Provisioned,
    /// It cannot be put in service, for this reason: everything paid for it is given back.
    Failed(&'a str),
}

/// Ends a set-up in the caller's transaction.
pub async fn end(tx: &WriteTx, context: &Context<'_>, id: ActivationId, ending: Ending<'_>) -> Result<SetUp, Error> {
    match ending {
        Ending::Provisioned => lifecycle::provision(tx, context, id).await?,
        Ending::Failed(reason) => {
            let reason = checked_text(reason, "/reason", MAX_REASON)?;
            lifecycle::fail_provisioning(tx, context, id, Some(&reason)).await?
        }
    };
    let row = store::find(tx.connection(), context.reseller.id, id).await?.ok_or_else(Error::not_found)?;
    with_names(tx.connection(), vec![row]).await?.pop().ok_or_else(Error::not_found)
}

async fn with_names(connection: &impl ConnectionTrait, rows: Vec<Columns>) -> Result<Vec<SetUp>, Error> {
    let product_names = products::store::names(connection, rows.iter().map(|row| row.product_id)).await?;
    let mut of_reseller: HashMap<Uuid, Vec<Columns>> = HashMap::new();
    let order: HashMap<Uuid, usize> = rows.iter().enumerate().map(|(place, row)| (row.id, place)).collect();
    for row in rows {
        of_reseller.entry(row.reseller_id).or_default().push(row);
    }
    let mut named = Vec::with_capacity(order.len());
    for (reseller_id, rows) in of_reseller {
        let id = ResellerId(reseller_id);
        let reseller = resellers::find(connection, id).await?.ok_or_else(Error::not_found)?;
        let clients = clients::store::names(connection, id, rows.iter().map(|row| row.client_id)).await?;
        named.extend(rows.into_iter().map(|row| SetUp {
            reseller: reseller.clone(),
            product_name: product_names.get(&row.product_id).cloned().unwrap_or_default(),
            client: clients.get(&row.client_id).cloned().unwrap_or_default(),
            row,
        }));
    }
    named.sort_by_key(|found| order.get(&found.row.id).copied());
    Ok(named)
}
