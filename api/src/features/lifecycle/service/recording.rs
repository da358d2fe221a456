//! One transition, written whole: money first, then state, term, period, service interval, timeline and event.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::activation::{Activation, Charge, Charged};
use domain::ledger::Posting;
use serde_json::json;
use shared::vocab::{HistoryKind, LedgerEntryKind, PriceId};

use super::super::store::{self, HistoryLine, Stored};
use super::Context;
use crate::db::{NewEvent, WriteTx};
use crate::error::Error;
use crate::features::catalogue;
use crate::features::ledger::service::{Details, PeriodReference, PostedEntry, post, refused};

/// What a transition is called, and when it took effect.
#[derive(Debug, Clone)]
pub(super) struct Happening {
    /// In the timeline; some events have no line of their own.
    pub kind: Option<HistoryKind>,
    /// As an event.
    pub event: &'static str,
    /// When it took effect; before `now` if it was noticed late.
    pub at: DateTime<Utc>,
    /// Why, for a person.
    pub reason: Option<String>,
}

/// The effect of a transition on the wallet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moved {
    /// Signed, in minor units; none if no money was involved.
    pub wallet_minor: Option<i64>,
    /// The entry, or the first of them.
    pub entry: Option<PostedEntry>,
}

/// A price found for a period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Priced {
    pub id: PriceId,
    pub minor: i64,
}

/// The price of a charge: the pinned one within its term, the one in force where a later term opens.
pub(super) async fn price_of(
    tx: &WriteTx,
    context: &Context<'_>,
    activation: &Stored,
    charge: &Charge,
) -> Result<Priced, Error> {
    let pinned = Priced { id: activation.price_id, minor: activation.price_minor };
    if !charge.opens_term || charge.kind == LedgerEntryKind::ActivationCharge {
        return Ok(pinned);
    }
    let in_force = catalogue::store::find_price(
        tx.connection(),
        activation.product_id,
        charge.term.interval,
        context.reseller.currency,
        charge.period.start_on,
    )
    .await?;
    Ok(in_force.map_or(pinned, |price| Priced { id: price.id, minor: price.details.amount_minor }))
}

/// Debits the wallet for a charge. A price of zero moves nothing.
pub(super) async fn debit(
    tx: &WriteTx,
    context: &Context<'_>,
    activation: &Stored,
    charge: &Charge,
    price: Priced,
) -> Result<Moved, Error> {
    if price.minor == 0 {
        return Ok(Moved { wallet_minor: Some(0), entry: None });
    }
    let posting = match charge.kind {
        LedgerEntryKind::ActivationCharge => Posting::activation_charge(price.minor),
        _ => Posting::renewal_charge(price.minor),
    }
    .map_err(refused)?;
    let details = Details {
        period: Some(PeriodReference {
            activation_id: activation.id,
            term_no: charge.term_no,
            period_no: charge.period.n,
        }),
        ..details(context, format!("{} · {}", activation.product_name, activation.client_name))
    };
    let entry = post(tx, context.reseller, posting, &details).await?;
    Ok(Moved { wallet_minor: Some(entry.wallet_minor), entry: Some(entry) })
}

/// When, why and by whom, without what it refers to.
pub(super) fn details<'a>(context: &Context<'a>, reason: String) -> Details<'a> {
    Details {
        occurred_at: context.now,
        recorded_at: context.recorded_at,
        reason,
        actor: context.actor,
        request_id: context.request_id,
        idempotency_key: context.idempotency_key,
        period: None,
        corrects_entry_id: None,
        external_reference: None,
    }
}

/// Pays for a transition and writes it. Without the money nothing is written.
pub(super) async fn charge(
    tx: &WriteTx,
    context: &Context<'_>,
    before: &Stored,
    charged: Charged,
    happening: Happening,
) -> Result<Stored, Error> {
    let Charged { activation: state, charge } = charged;
    let price = price_of(tx, context, before, &charge).await?;
    let moved = debit(tx, context, before, &charge, price).await?;
    let after = Stored { state, price_id: price.id, price_minor: price.minor, ..before.clone() };
    store::save_state(tx, context.reseller, before, &after, happening.at, Some(&charge)).await?;
    write_charge(tx, context, &after, &charge, price, moved).await?;
    tell(tx, context, Some(&before.state), &after, happening, moved).await?;
    Ok(after)
}

/// Writes the term that a charge opens, and its period.
pub(super) async fn write_charge(
    tx: &WriteTx,
    context: &Context<'_>,
    after: &Stored,
    charge: &Charge,
    price: Priced,
    moved: Moved,
) -> Result<(), Error> {
    let reseller_id = context.reseller.id;
    if charge.opens_term {
        store::insert_term(tx, reseller_id, after.id, charge, price.id, context.now).await?;
    }
    let entry_id = moved.entry.map(|entry| entry.id);
    store::insert_period(tx, reseller_id, after.id, charge, price.minor, entry_id, context.now).await
}

/// Writes a transition that costs nothing by itself.
pub(super) async fn change(
    tx: &WriteTx,
    context: &Context<'_>,
    before: &Stored,
    state: Activation,
    happening: Happening,
    moved: Moved,
) -> Result<Stored, Error> {
    let after = Stored { state, ..before.clone() };
    store::save_state(tx, context.reseller, before, &after, happening.at, None).await?;
    tell(tx, context, Some(&before.state), &after, happening, moved).await?;
    Ok(after)
}

/// Adds the line of the timeline and the event.
pub(super) async fn tell(
    tx: &WriteTx,
    context: &Context<'_>,
    before: Option<&Activation>,
    after: &Stored,
    happening: Happening,
    moved: Moved,
) -> Result<(), Error> {
    if let Some(kind) = happening.kind {
        let line = HistoryLine {
            kind,
            occurred_at: happening.at,
            reason: happening.reason.clone(),
            wallet_minor: moved.wallet_minor,
            ledger_entry_id: moved.entry.map(|entry| entry.id),
        };
        let by = (context.actor, context.request_id);
        store::insert_history(tx, context.reseller, before, after, &line, context.recorded_at, by).await?;
    }
    tx.push_event(NewEvent {
        kind: happening.event,
        subject: after.id.to_string(),
        occurred_at: happening.at,
        request_id: context.request_id.map(str::to_owned),
        payload: payload(context, before, after, &happening, moved),
    });
    Ok(())
}

fn payload(
    context: &Context<'_>,
    before: Option<&Activation>,
    after: &Stored,
    happening: &Happening,
    moved: Moved,
) -> serde_json::Value {
    let state = &after.state;
    json!({
        "activation_id": after.id,
        "client_id": after.client_id,
        "product_id": after.product_id,
        "status_before": before.map(|before| before.status),
        "status": state.status,
        "billing_state": state.billing_state(),
        "paid_until_at": state.paid_until_at.map(written),
        "renews_at": state.renews_at().map(written),
        "grace_until_at": state.grace_until_at.map(written),
        "ends_at": state.ends_at.map(written),
        "wallet_effect": moved.wallet_minor.map(|minor| context.reseller.money(minor)),
        "ledger_entry_id": moved.entry.map(|entry| entry.id),
        "reason": happening.reason,
    })
}

/// An instant as the API writes it.
pub(super) fn written(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
