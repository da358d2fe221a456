//! Resellers as the API shows them to operators.

use shared::dto::operator::OperatorReseller;
use shared::dto::recurring_costs::Due;
use shared::vocab::{Money, ResellerId};

use super::service::SeenReseller;

/// A reseller.
pub fn reseller(seen: SeenReseller) -> OperatorReseller {
    let SeenReseller { row, wallet, pending_top_ups } = seen;
    let money = |minor| Money::new(minor, row.currency.0);
    let (balance_minor, blocked_at, blocked_reason) =
        wallet.map(|wallet| (wallet.balance_minor, wallet.blocked_at, wallet.blocked_reason)).unwrap_or_default();
    OperatorReseller {
        id: ResellerId(row.id),
        currency: row.currency.0,
        is_closed: row.status == "closed",
        created_at: row.created_at,
        balance: money(balance_minor),
        blocked_at,
        blocked_reason,
        pending_top_ups: Due { count: pending_top_ups.count, amount: money(pending_top_ups.minor) },
        name: row.name,
        time_zone: row.time_zone,
    }
}
