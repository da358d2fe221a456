//! What is shown of clients.

use std::collections::HashMap;

use domain::recurring_costs::{IntervalTotals, recurring_costs};
use sea_orm::ConnectionTrait;
use shared::vocab::ClientId;
use uuid::Uuid;

pub use super::writing::{ClientChanges, archive, create, patch, restore};

use super::store::{self, ClientRow, ClientTotals, Key};
use crate::auth::Reseller;
use crate::error::Error;
use crate::http::cursor::Cursor;

/// A client with what it has and pays.
#[derive(Debug, Clone)]
pub struct ListedClient {
    /// The client.
    pub client: ClientRow,
    /// Activations that are on.
    pub active_count: i64,
    /// What its renewing activations cost by the month, in minor units.
    pub monthly_equivalent_minor: i64,
}

impl ListedClient {
    /// Its place in the list.
    pub fn key(&self) -> Key {
        (self.client.sort_name.clone(), self.client.id)
    }
}

/// A page that was asked for.
#[derive(Debug)]
pub struct ListRequest {
    /// Each must begin a word of the client.
    pub words: Vec<String>,
    /// Last name first.
    pub is_descending: bool,
    /// Where the page begins.
    pub edge: Option<Cursor<Key>>,
    /// How many rows.
    pub limit: u16,
    /// Whether to count the whole list.
    pub includes_total: bool,
}

/// The rows of a page, one more where there are more, and the length of the list where asked for.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    asked: &ListRequest,
) -> Result<(Vec<ListedClient>, Option<i64>), Error> {
    let limit = u64::from(asked.limit) + 1;
    let rows =
        store::list(connection, reseller.id, &asked.words, asked.is_descending, asked.edge.as_ref(), limit).await?;
    let total =
        if asked.includes_total { Some(store::count(connection, reseller.id, &asked.words).await?) } else { None };
    Ok((with_totals(connection, reseller, rows).await?, total))
}

/// One client.
pub async fn get(connection: &impl ConnectionTrait, reseller: &Reseller, id: ClientId) -> Result<ListedClient, Error> {
    let client = store::find(connection, reseller.id, id).await?.ok_or_else(Error::not_found)?;
    with_totals(connection, reseller, vec![client]).await?.pop().ok_or_else(Error::not_found)
}

async fn with_totals(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    clients: Vec<ClientRow>,
) -> Result<Vec<ListedClient>, Error> {
    let ids = clients.iter().map(|client| client.id).collect();
    let mut totals: HashMap<Uuid, Vec<ClientTotals>> = HashMap::new();
    for row in store::totals(connection, reseller.id, ids).await? {
        totals.entry(row.client_id).or_default().push(row);
    }
    let listed = clients.into_iter().map(|client| {
        let rows = totals.remove(&client.id).unwrap_or_default();
        let by_interval: Vec<_> = rows
            .iter()
            .map(|row| IntervalTotals {
                total_minor: row.renewing_minor,
                ..IntervalTotals::none(row.billing_interval.0)
            })
            .collect();
        let costs = recurring_costs(&by_interval).map_err(Error::internal)?;
        Ok(ListedClient {
            client,
            active_count: rows.iter().map(|row| row.active_count).sum(),
            monthly_equivalent_minor: costs.monthly_equivalent_minor,
        })
    });
    listed.collect()
}
