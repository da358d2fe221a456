//! Top-ups as the API shows them.

use shared::dto::activation::Actor;
use shared::dto::operator::OperatorTopUp;
use shared::dto::top_up::TopUp;
use shared::vocab::{LedgerEntryId, Money, ResellerId, TopUpId, TopUpStatus};

use super::provider;
use super::service::OwnedTopUp;
use super::store::TopUpRow;

/// A top-up.
pub fn top_up(row: TopUpRow) -> TopUp {
    let amount = Money::new(row.amount_minor, row.currency.0);
    let provider = provider::named(&row.provider).filter(|_| row.status.0 == TopUpStatus::Pending);
    TopUp {
        id: TopUpId(row.id),
        amount,
        method: row.method.0,
        status: row.status.0,
        instructions: provider.map(|provider| provider.instructions(row.method.0, amount, &row.payment_reference)),
        payment_reference: row.payment_reference,
        reference: row.reference,
        requested_at: row.requested_at,
        requested_by: Actor { kind: row.requested_by_kind.0, name: row.requested_by_name },
        decided_at: row.decided_at,
        decided_by: row.decided_by_kind.map(|kind| Actor { kind: kind.0, name: row.decided_by_name }),
        reason: row.reason,
        ledger_entry_id: row.ledger_entry_id.map(LedgerEntryId),
    }
}

/// A top-up with its reseller.
pub fn owned(owned: OwnedTopUp) -> OperatorTopUp {
    OperatorTopUp {
        reseller_id: ResellerId(owned.row.reseller_id),
        reseller_name: owned.reseller_name,
        top_up: top_up(owned.row),
    }
}
