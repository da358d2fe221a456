//! The ledger as a reseller reads it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::billing_calendar::{add_days, local_midnight};
use sea_orm::ConnectionTrait;
use shared::vocab::{ActivationId, LedgerEntryId, LedgerEntryKind};
use uuid::Uuid;

use super::store::{self, Criteria, EntryRow, Key, PeriodRow, Sort};
use crate::auth::Reseller;
use crate::error::Error;
use crate::features::activations;
use crate::http::cursor::{Cursor, Direction};

/// Rows of a CSV that are read at once.
const CHUNK: u64 = 1_000;

/// What was asked for, with dates of the reseller's calendar, both included.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of these kinds; of all where empty.
    pub kinds: Vec<LedgerEntryKind>,
    /// From the beginning of this day.
    pub from: Option<NaiveDate>,
    /// To the end of this day.
    pub to: Option<NaiveDate>,
    /// Of this activation.
    pub activation: Option<ActivationId>,
}

impl Filter {
    /// The dates as moments.
    pub fn criteria(&self, reseller: &Reseller) -> Result<Criteria, Error> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && to < from
        {
            return Err(Error::field("?to", "invalid", "must not be before from"));
        }
        let beginning = |name: &str, date: NaiveDate, days: i64| -> Result<DateTime<Utc>, Error> {
            let midnight = add_days(date, days).and_then(|date| local_midnight(date, reseller.time_zone));
            midnight.map_err(|_| Error::field(format!("?{name}"), "out_of_range", "is out of range"))
        };
        Ok(Criteria {
            kinds: self.kinds.clone(),
            from_at: self.from.map(|date| beginning("from", date, 0)).transpose()?,
            before_at: self.to.map(|date| beginning("to", date, 1)).transpose()?,
            activation: self.activation,
        })
    }
}

/// A page that was asked for.
#[derive(Debug)]
pub struct ListRequest {
    /// Which entries.
    pub criteria: Criteria,
    /// In which order.
    pub sort: Sort,
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
) -> Result<(Vec<EntryRow>, Option<i64>), Error> {
    let limit = u64::from(asked.limit) + 1;
    let rows = store::list(connection, reseller.id, &asked.criteria, asked.sort, asked.edge.as_ref(), limit).await?;
    let total = if asked.includes_total {
        Some(store::totals(connection, reseller.id, &asked.criteria).await?.count)
    } else {
        None
    };
    Ok((rows, total))
}

/// The next entries after a position, oldest first. The ledger only grows, so chunks read one after the other agree.
pub async fn chunk(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    criteria: &Criteria,
    after: i64,
) -> Result<Vec<EntryRow>, Error> {
    let edge = Cursor { direction: Direction::Next, key: (0, after) };
    let sort = Sort { is_by_amount: false, is_descending: false };
    store::list(connection, reseller.id, criteria, sort, Some(&edge), CHUNK).await
}

/// An entry with everything it refers to.
#[derive(Debug)]
pub struct EntryDetail {
    /// The entry.
    pub row: EntryRow,
    /// The period it paid for.
    pub period: Option<PeriodRow>,
    /// Names of the product and the client.
    pub names: Option<(String, String)>,
    /// Later entries that correct it.
    pub corrected_by: Vec<Uuid>,
    /// The top-up that brought the money.
    pub top_up_id: Option<Uuid>,
}

/// One entry with everything it refers to.
pub async fn get(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    id: LedgerEntryId,
) -> Result<EntryDetail, Error> {
    let row = store::find(connection, reseller.id, id).await?.ok_or_else(Error::not_found)?;
    let period = match (row.activation_id, row.term_no, row.period_no) {
        (Some(activation_id), Some(term_no), Some(period_no)) => {
            store::find_period(connection, reseller.id, (activation_id, term_no, period_no)).await?
        }
        _ => None,
    };
    let names = match row.activation_id {
        Some(activation_id) => {
            let found = activations::store::find(connection, reseller.id, ActivationId(activation_id)).await?;
            found.map(|found| (found.product_name, found.client_name))
        }
        None => None,
    };
    let corrected_by = store::corrections(connection, reseller.id, id).await?;
    let top_up_id = store::top_up_of(connection, reseller.id, id).await?;
    Ok(EntryDetail { row, period, names, corrected_by, top_up_id })
}
