//! Rows of activations, terms, periods, service intervals and their timeline.

mod basis;
pub mod bulk;
mod load;
mod periods;
mod save;

use chrono::{DateTime, NaiveDate, Utc};
use domain::activation::Activation;
use shared::vocab::{ActivationId, ActivationStatus, ClientId, HistoryKind, LedgerEntryId, PriceId, ProductId};

use crate::error::Error;
use crate::features::catalogue::store::{Replacement, in_force};

pub use basis::{Basis, Wanted, find_basis};
pub use load::{Which, due_endings, due_renewals, due_resumptions, get, next_due_at, of_client, of_product};
pub use periods::{
    NewPeriod, PaidPeriodRow, PeriodRow, TermRow, insert_period, insert_term, list_periods, supersede_periods,
};
pub use save::{
    ActivationRow, HistoryRow, NewRow, history_row, insert_activation, insert_history, refresh_words, save_state,
    set_notes, set_priority, switch_service, write,
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
    /// What was announced to replace the price of the next charge.
    pub replacements: Vec<Replacement>,
    /// Order of renewal among those due at one moment, 1 first.
    pub priority: i16,
    /// The rules' view of it.
    pub state: Activation,
}

impl Stored {
    /// Lets a price migration take effect on the next period, if that starts on its day or later, like a change that was
    /// chosen for the next charge. A change of interval that was chosen stays; its price is replaced like any other.
    pub fn take_replacement(&mut self) -> Result<(), Error> {
        if self.state.status != ActivationStatus::Active || self.replacements.is_empty() {
            return Ok(());
        }
        let start_on = self.state.term.period_start(self.state.next_n).map_err(Error::internal)?;
        if let Some(found) = in_force(&self.replacements, self.held_price(), start_on) {
            self.state.pending_interval.get_or_insert(self.state.term.interval);
            self.pending_price = Some((found.to, found.to_minor));
        }
        Ok(())
    }

    /// The price of the next charge, unless it is replaced by then.
    pub fn held_price(&self) -> PriceId {
        self.pending_price.map_or(self.price_id, |(id, _)| id)
    }

    /// The price that was pinned with a chosen change, or what replaces it for a period that starts on a day.
    pub fn pending_price_on(&self, start_on: NaiveDate) -> Option<(PriceId, i64)> {
        let pinned = self.pending_price?;
        Some(in_force(&self.replacements, pinned.0, start_on).map_or(pinned, |found| (found.to, found.to_minor)))
    }
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
