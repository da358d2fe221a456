//! Runs and notices as the API shows them.

use shared::dto::activation::{ActivationClient, ActivationProduct};
use shared::dto::notice::{BalanceLow, Notice, NoticeItem};
use shared::dto::renewal_run::{HeldRenewals, RenewalRun};
use shared::vocab::{ActivationId, ClientId, Currency, Money, NoticeId, ProductId, RenewalRunId};

use super::held::Held;
use super::notices::{Listed, NamedItem};
use super::store::RunRow;
use crate::auth::Reseller;

/// A run; without `sees_money` the sum is left out.
pub fn run(currency: Currency, row: &RunRow, sees_money: bool) -> RenewalRun {
    RenewalRun {
        id: RenewalRunId(row.id),
        trigger: row.cause.0,
        started_at: row.started_at,
        duration_ms: row.duration_ms,
        due_count: row.due_count,
        charged_count: row.charged_count,
        charged: sees_money.then(|| Money::new(row.charged_minor, currency)),
        short_count: row.short_count,
        failed_count: row.failed_count,
        held_count: row.held_count,
        ended_count: row.ended_count,
        resumed_count: row.resumed_count,
    }
}

/// What is held.
pub fn held(held: Held) -> HeldRenewals {
    HeldRenewals {
        reseller_id: held.reseller_id,
        reseller_name: held.reseller_name,
        balance: held.balance,
        activation_count: held.count,
        held_at: held.held_at,
        due_at: held.due_at,
        due_count: held.due_count,
        due: held.due,
    }
}

/// A notice.
pub fn notice(reseller: &Reseller, listed: Listed) -> Notice {
    let item = |item: NamedItem| NoticeItem {
        activation_id: ActivationId(item.row.activation_id),
        product: ActivationProduct { id: ProductId(item.product.0), name: item.product.1 },
        client: ActivationClient { id: ClientId(item.client.0), name: item.client.1, email: item.client.2 },
        renews_on: reseller.date_of(item.row.renews_at),
        amount: reseller.money(item.row.amount_minor),
        within_days: (item.row.within_days > 0).then_some(i64::from(item.row.within_days)),
    };
    let money = |minor: i64| reseller.money(minor);
    let amounts = listed.row.threshold_minor.zip(listed.row.balance_minor);
    Notice {
        id: NoticeId(listed.row.id),
        kind: listed.row.kind.0,
        created_at: listed.row.created_at,
        read_at: listed.row.read_at,
        balance_low: amounts
            .map(|(threshold, balance)| BalanceLow { threshold: money(threshold), balance: money(balance) }),
        total: reseller.money(listed.row.total_minor),
        item_count: listed.row.item_count,
        items: listed.items.into_iter().map(item).collect(),
    }
}
