//! Activations as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use shared::dto::activation::{
    Activation, ActivationClient, ActivationCounts, ActivationProduct, ActivationRow, Actor, HistoryEntry,
    IntervalCount, PendingChange, Period, ProductCount, StatusCount,
};
use shared::vocab::{ActivationId, BillingState, ClientId, HistoryId, LedgerEntryId, ProductId};

use super::service::{self, Counts, Detail, HistoryRow};
use super::store::ListedActivation;
use crate::auth::Reseller;

/// A row of a list.
pub fn row(reseller: &Reseller, today: NaiveDate, listed: &ListedActivation) -> ActivationRow {
    let columns = &listed.columns;
    let on = |at: Option<DateTime<Utc>>| at.map(|at| reseller.date_of(at));
    let billing_state = service::billing_state(listed);
    let renews_on = on(columns.renews_at);
    let ends_at = columns.ends_at.or(columns.grace_until_at).or(columns.paid_until_at);
    ActivationRow {
        id: ActivationId(columns.id),
        product: ActivationProduct { id: ProductId(columns.product_id), name: listed.product_name.clone() },
        client: ActivationClient {
            id: ClientId(columns.client_id),
            name: listed.client_name.clone(),
            email: listed.client_email.clone(),
        },
        status: columns.status.0,
        billing_state,
        billing_interval: columns.billing_interval.0,
        price: reseller.money(columns.price_minor),
        auto_renew: columns.auto_renew,
        activated_at: columns.activated_at,
        activated_on: reseller.date_of(columns.activated_at),
        paid_until_on: on(columns.paid_until_at),
        renews_at: columns.renews_at,
        renews_on,
        renews_in_days: renews_on.map(|renews_on| renews_on.signed_duration_since(today).num_days()),
        covered: listed.is_covered,
        grace_until_on: on(columns.grace_until_at).filter(|_| billing_state == Some(BillingState::Grace)),
        ends_on: on(ends_at).filter(|_| billing_state == Some(BillingState::Ending)),
        external_reference: columns.external_reference.clone(),
    }
}

/// One activation; without `sees_money` the amounts of the wallet are left out.
pub fn activation(reseller: &Reseller, today: NaiveDate, detail: Detail, sees_money: bool) -> Activation {
    let period = detail.current_period.map(|(starts_at, ends_at)| Period {
        start_on: reseller.date_of(starts_at),
        end_on: reseller.date_of(ends_at),
    });
    let money = |minor: i64| sees_money.then(|| reseller.money(minor));
    let row = row(reseller, today, &detail.row);
    let columns = detail.row.columns;
    let pending = columns.pending_interval.zip(detail.pending_minor);
    let pending =
        pending.map(|(interval, minor)| PendingChange { billing_interval: interval.0, price: reseller.money(minor) });
    Activation {
        row,
        activated_by: Actor { kind: columns.activated_by_kind.0, name: columns.activated_by_name },
        current_period: period,
        anchor_on: detail.anchor_on,
        anchor_day: detail.anchor_day,
        time_zone: columns.time_zone,
        priority: columns.priority,
        pending_change: pending,
        paused_at: columns.paused_at,
        resume_at: columns.resume_at,
        resume_on: columns.resume_at.map(|at| reseller.date_of(at)),
        paid_so_far: money(detail.payments.paid_minor),
        charge_count: detail.payments.charge_count,
        refundable_now: money(detail.refundable_minor),
        refundable_until_on: detail.refundable_until_on,
        access_url: columns.access_url,
        access_note: columns.access_note,
        notes: columns.notes,
        active_users_30_days: detail.active_users_30_days,
        allowed_actions: detail.allowed_actions,
    }
}

/// A row of a timeline.
pub fn history_entry(reseller: &Reseller, row: HistoryRow, sees_money: bool) -> HistoryEntry {
    HistoryEntry {
        id: HistoryId(row.id),
        kind: row.kind.0,
        occurred_at: row.occurred_at,
        actor: Actor { kind: row.actor_kind.0, name: row.actor_name },
        reason: row.reason,
        status_before: row.status_before.map(|status| status.0),
        status_after: row.status_after.0,
        paid_until_on: row.paid_until_after_at.map(|at| reseller.date_of(at)),
        amount: row.wallet_minor.filter(|_| sees_money).map(|minor| reseller.money(minor)),
        ledger_entry_id: row.ledger_entry_id.filter(|_| sees_money).map(LedgerEntryId),
        request_id: row.request_id,
    }
}

/// How many activations there are.
pub fn counts(counts: Counts) -> ActivationCounts {
    let status = |(status, count)| StatusCount { status, count };
    let interval = |(billing_interval, count)| IntervalCount { billing_interval, count };
    let product = |(id, name, count)| ProductCount { product: ActivationProduct { id: ProductId(id), name }, count };
    ActivationCounts {
        total: counts.total,
        by_status: counts.by_status.into_iter().map(status).collect(),
        by_product: counts.by_product.into_iter().map(product).collect(),
        by_billing_interval: counts.by_interval.into_iter().map(interval).collect(),
    }
}
