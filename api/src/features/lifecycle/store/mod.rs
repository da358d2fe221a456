//! Rows of activations, terms, periods, service intervals and their timeline.

pub mod bulk;
mod load;
mod periods;
mod save;

use chrono::{DateTime, Utc};
use domain::activation::Activation;
use shared::vocab::{ActivationId, ClientId, HistoryKind, LedgerEntryId, PriceId, ProductId};

use crate::error::Error;

pub use load::{Which, due_endings, due_renewals, due_resumptions, get, next_due_at, of_client, of_product};
pub use periods::{NewPeriod, PaidPeriodRow, insert_period, insert_term, list_periods, supersede_periods};
pub use save::{
    HistoryRow, NewRow, history_row, insert_activation, insert_history, refresh_words, save_state, set_notes,
    set_priority, switch_service,
};

/// An activation with what its life depends on.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its id.
    pub id: ActivationId,
    /// Whom it serves.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: String,
    /// What is in service.
    pub product_id: ProductId,
    /// The product's name.
    pub product_name: String,
    /// Days of grace after a failed renewal.
    pub grace_days: u32,
    /// The pinned price.
    pub price_id: PriceId,
    /// Its amount, in minor units.
    pub price_minor: i64,
    /// The price that was pinned with the interval chosen for the next charge, and its amount in minor units.
    pub pending_price: Option<(PriceId, i64)>,
    /// Order of renewal among those due at one moment, 1 first.
    pub priority: i16,
    /// The rules' view of it.
    pub state: Activation,
}

/// A line of the timeline.
#[derive(Debug, Clone)]
pub struct HistoryLine {
    /// What happened.
    pub kind: HistoryKind,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Why, for a person.
    pub reason: Option<String>,
    /// Signed effect on the wallet, in minor units.
    pub wallet_minor: Option<i64>,
    /// The entry behind it.
    pub ledger_entry_id: Option<LedgerEntryId>,
}

/// A stored counting number; anything else is a broken row.
fn counting(number: i64) -> Result<u32, Error> {
    u32::try_from(number).map_err(Error::internal)
}
