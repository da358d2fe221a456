//! Entries as the API shows them: as JSON, and as CSV.

use chrono::SecondsFormat;
use shared::dto::activation::Actor;
use shared::dto::ledger::{LedgerEntry, LedgerEntryDetail, LedgerPeriod, LedgerSide, LedgerTotals};
use shared::vocab::{ActivationId, LedgerEntryId, Money, TopUpId};

use super::service::EntryDetail;
use super::store::{EntryRow, PeriodRow, Totals};
use crate::auth::Reseller;
use crate::http::csv;

/// An entry.
pub fn entry(reseller: &Reseller, row: EntryRow) -> LedgerEntry {
    let money = |minor| Money::new(minor, row.currency.0);
    LedgerEntry {
        id: LedgerEntryId(row.id),
        sequence: row.sequence,
        kind: row.kind.0,
        occurred_at: row.occurred_at,
        occurred_on: reseller.date_of(row.occurred_at),
        amount: money(row.wallet_minor),
        balance_after: money(row.balance_after_minor),
        reason: row.reason,
        actor: Actor { kind: row.actor_kind.0, name: row.actor_name },
        activation_id: row.activation_id.map(ActivationId),
        corrects_entry_id: row.corrects_entry_id.map(LedgerEntryId),
        external_reference: row.external_reference,
    }
}

/// An entry with both sides.
pub fn detail(reseller: &Reseller, detail: EntryDetail) -> LedgerEntryDetail {
    let row = detail.row;
    let side = |account, minor| LedgerSide { account, amount: Money::new(minor, row.currency.0) };
    let (product_name, client_name) = detail.names.unzip();
    let period = |period: PeriodRow| LedgerPeriod {
        term_no: period.term_no,
        period_no: period.period_no,
        start_on: period.start_on,
        end_on: period.end_on,
    };
    LedgerEntryDetail {
        recorded_at: row.recorded_at,
        sides: vec![side(row.debit_account.0, -row.amount_minor), side(row.credit_account.0, row.amount_minor)],
        period: detail.period.map(period),
        product_name,
        client_name,
        corrected_by: detail.corrected_by.into_iter().map(LedgerEntryId).collect(),
        top_up_id: detail.top_up_id.map(TopUpId),
        request_id: row.request_id.clone(),
        idempotency_key: row.idempotency_key.clone(),
        entry: entry(reseller, row),
    }
}

/// Sums.
pub fn totals(reseller: &Reseller, totals: Totals) -> LedgerTotals {
    LedgerTotals {
        count: totals.count,
        money_in: reseller.money(totals.in_minor),
        money_out: reseller.money(totals.out_minor),
        net: reseller.money(totals.in_minor + totals.out_minor),
    }
}

/// The first row of the CSV.
pub fn csv_header() -> String {
    csv::row([
        "sequence",
        "date",
        "occurred_at",
        "kind",
        "reason",
        "amount",
        "balance_after",
        "currency",
        "actor_kind",
        "actor",
        "activation_id",
        "corrects_entry_id",
        "external_reference",
        "id",
    ])
}

/// An entry as a row. What people typed cannot become a formula.
pub fn csv_row(reseller: &Reseller, row: EntryRow) -> String {
    let entry = entry(reseller, row);
    let text = |text: Option<&String>| text.map(|text| csv::text_cell(text)).unwrap_or_default();
    csv::row([
        &*entry.sequence.to_string(),
        &*entry.occurred_on.to_string(),
        &*entry.occurred_at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        entry.kind.as_str(),
        &*csv::text_cell(&entry.reason),
        &*entry.amount.amount(),
        &*entry.balance_after.amount(),
        entry.amount.currency.code(),
        entry.actor.kind.as_str(),
        &*text(entry.actor.name.as_ref()),
        &*entry.activation_id.map(|id| id.to_string()).unwrap_or_default(),
        &*entry.corrects_entry_id.map(|id| id.to_string()).unwrap_or_default(),
        &*text(entry.external_reference.as_ref()),
        &*entry.id.to_string(),
    ])
}
