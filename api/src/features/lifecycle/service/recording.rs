//! One transition, written whole: money first, then state, term, period, service interval, timeline and event.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::activation::{Activation, Charge, Charged};
use domain::ledger::Posting;
use serde_json::json;
use shared::vocab::{HistoryKind, LedgerEntryId, LedgerEntryKind, PriceId};

use super::super::store::{self, HistoryLine, NewPeriod, PeriodRow, Stored, TermRow};
use super::Context;
use super::planning::{GiveBack, Plan};
use crate::db::{Batch, CrashPoint, NewEvent, WriteTx};
use crate::error::Error;
use crate::features::catalogue;
use crate::features::ledger::service::{Details, PeriodReference, PostedEntry, change_wallet, refused};
use crate::features::ledger::store::find_wallet;

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
#[derive(Debug, Clone, Default)]
pub(super) struct Moved {
    /// Signed, in minor units; none if no money was involved.
    pub wallet_minor: Option<i64>,
    /// The entries, in their order.
    pub entries: Vec<PostedEntry>,
}

impl Moved {
    /// The entry that the timeline names: of several, the charge comes last.
    fn entry_id(&self) -> Option<LedgerEntryId> {
        self.entries.last().map(|entry| entry.id)
    }

    fn add(&mut self, entry: PostedEntry) {
        self.wallet_minor = Some(self.wallet_minor.unwrap_or_default() + entry.wallet_minor);
        self.entries.push(entry);
    }
}

/// A price found for a period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Priced {
    pub id: PriceId,
    pub minor: i64,
}

/// The price of a charge: the pinned one within its term or with a change of interval, unless it is replaced when the period
/// starts; the one in force where a later term opens.
pub(super) async fn price_of(
    tx: &WriteTx,
    context: &Context<'_>,
    activation: &Stored,
    charge: &Charge,
) -> Result<Priced, Error> {
    let chosen = activation.pending_price_on(charge.period.start_on).filter(|_| charge.applies_change);
    if let Some((id, minor)) = chosen {
        return Ok(Priced { id, minor });
    }
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

/// Debits the wallet for a charge. A price of zero moves nothing. Returns the id of the entry.
pub(super) async fn debit(
    tx: &WriteTx,
    batch: &mut Batch,
    context: &Context<'_>,
    activation: &Stored,
    charge: &Charge,
    price: Priced,
    moved: &mut Moved,
) -> Result<Option<LedgerEntryId>, Error> {
    if price.minor == 0 {
        moved.wallet_minor.get_or_insert(0);
        return Ok(None);
    }
    let posting = match charge.kind {
        LedgerEntryKind::ActivationCharge => Posting::activation_charge(price.minor),
        _ => Posting::renewal_charge(price.minor),
    }
    .map_err(refused)?;
    let period = PeriodReference { activation_id: activation.id, term_no: charge.term_no, period_no: charge.period.n };
    let details = Details { period: Some(period), ..about(context, activation, moved) };
    let entry = post(tx, batch, context, posting, &details).await?;
    moved.add(entry);
    Ok(Some(entry.id))
}

/// Changes the wallet; the entry is written with the rest.
async fn post(
    tx: &WriteTx,
    batch: &mut Batch,
    context: &Context<'_>,
    posting: Posting,
    details: &Details<'_>,
) -> Result<PostedEntry, Error> {
    let (entry, row) = change_wallet(tx, context.reseller, posting, details).await?;
    batch.insert(vec![row], Some(CrashPoint::EntriesWritten));
    Ok(entry)
}

/// Gives a part of an earlier charge back.
async fn give_back(
    tx: &WriteTx,
    batch: &mut Batch,
    context: &Context<'_>,
    activation: &Stored,
    part: GiveBack,
    moved: &mut Moved,
) -> Result<(), Error> {
    let GiveBack { row, minor } = part;
    let Some(charge_entry_id) = row.charge_entry_id.filter(|_| minor > 0) else { return Ok(()) };
    let posting = Posting::refund(minor).map_err(refused)?;
    let period = PeriodReference { activation_id: activation.id, term_no: row.term_no, period_no: row.paid.period.n };
    let details =
        Details { period: Some(period), corrects_entry_id: Some(charge_entry_id), ..about(context, activation, moved) };
    moved.add(post(tx, batch, context, posting, &details).await?);
    Ok(())
}

/// The details of a further entry about an activation. The key stands for the action; only its first entry can carry it.
fn about<'a>(context: &Context<'a>, activation: &Stored, moved: &Moved) -> Details<'a> {
    Details {
        idempotency_key: context.idempotency_key.filter(|_| moved.entries.is_empty()),
        opening_minor: moved.entries.first().map(|first| first.balance_after_minor - first.wallet_minor),
        ..details(context, format!("{} · {}", activation.product_name, activation.client_name))
    }
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
        opening_minor: None,
    }
}

/// Carries out a plan: money first. Without the money nothing is written.
pub(super) async fn carry_out(tx: &WriteTx, context: &Context<'_>, plan: Plan) -> Result<(Stored, Moved), Error> {
    let (amount_minor, credit_minor) = (plan.amount_minor(), plan.credit_minor());
    let Plan { before, after, give_back: parts, paid, supersedes, happening, .. } = plan;
    if paid.is_some() && !parts.is_empty() {
        refuse_shortfall(tx, context, amount_minor).await?;
    }
    let (mut moved, mut batch) = (Moved::default(), Batch::new(tx));
    for part in parts {
        give_back(tx, &mut batch, context, &before, part, &mut moved).await?;
    }
    if supersedes {
        store::supersede_periods(&mut batch, context.reseller.id, before.id, context.now);
    }
    let mut charge_entry_id = None;
    if let Some((charge, price)) = &paid {
        charge_entry_id = debit(tx, &mut batch, context, &before, charge, *price, &mut moved).await?;
    }
    let charge = paid.as_ref().map(|(charge, _)| charge);
    store::save_state(&mut batch, context.reseller, &before, &after, happening.at, charge);
    if let Some((charge, price)) = &paid {
        let credit_minor = if supersedes { credit_minor } else { 0 };
        let (price_minor, charged_at) = (price.minor, context.now);
        let period = NewPeriod { price_minor, credit_minor, charge_entry_id, charged_at };
        write_charge(&mut batch, context, &after, charge, period)?;
    }
    tell(tx, &mut batch, context, Some(&before.state), &after, &happening, &moved);
    store::write(tx, batch).await?;
    if moved.wallet_minor.is_some_and(|minor| minor > 0) {
        store::bulk::queue_waiting(tx, context.reseller.id, context.now).await?;
    }
    Ok((after, moved))
}

/// What is given back counts towards what is paid: the refusal names the difference.
async fn refuse_shortfall(tx: &WriteTx, context: &Context<'_>, net_minor: i64) -> Result<(), Error> {
    let wallet = find_wallet(tx.connection(), context.reseller.id).await?.ok_or_else(Error::not_found)?;
    if wallet.balance_minor >= net_minor {
        return Ok(());
    }
    let [required, available] = [net_minor, wallet.balance_minor].map(|minor| context.reseller.money(minor));
    Err(Error::insufficient_balance(required, available))
}

/// Pays for a transition and writes it. Without the money nothing is written.
pub(super) async fn charge(
    tx: &WriteTx,
    context: &Context<'_>,
    before: &Stored,
    charged: Charged,
    happening: Happening,
) -> Result<Stored, Error> {
    let plan = Plan::paid(tx, context, before.clone(), charged, happening).await?;
    Ok(carry_out(tx, context, plan).await?.0)
}

/// Writes a transition that costs nothing.
pub(super) async fn change(
    tx: &WriteTx,
    context: &Context<'_>,
    before: &Stored,
    state: Activation,
    happening: Happening,
) -> Result<Stored, Error> {
    Ok(carry_out(tx, context, Plan::free(before.clone(), state, happening)).await?.0)
}

/// Writes the term that a charge opens, and its period. Returns the rows.
pub(super) fn write_charge(
    batch: &mut Batch,
    context: &Context<'_>,
    after: &Stored,
    charge: &Charge,
    period: NewPeriod,
) -> Result<(Option<TermRow>, PeriodRow), Error> {
    let reseller_id = context.reseller.id;
    let term = if charge.opens_term {
        Some(store::insert_term(batch, reseller_id, after.id, charge, after.price_id, context.now)?)
    } else {
        None
    };
    Ok((term, store::insert_period(batch, reseller_id, after.id, charge, period)?))
}

/// Adds the line of the timeline and the event.
pub(super) fn tell(
    tx: &WriteTx,
    batch: &mut Batch,
    context: &Context<'_>,
    before: Option<&Activation>,
    after: &Stored,
    happening: &Happening,
    moved: &Moved,
) {
    if let Some(kind) = happening.kind {
        let line = HistoryLine {
            kind,
            occurred_at: happening.at,
            reason: happening.reason.clone(),
            wallet_minor: moved.wallet_minor,
            ledger_entry_id: moved.entry_id(),
        };
        let by = (context.actor, context.request_id);
        store::insert_history(batch, context.reseller, before, after, &line, context.recorded_at, by);
    }
    tx.push_event(NewEvent {
        kind: happening.event,
        subject: after.id.to_string(),
        occurred_at: happening.at,
        request_id: context.request_id.map(str::to_owned),
        payload: payload(context, before, after, happening, moved),
    });
}

/// Adds the event of a renewal that was paid with others, and returns its line of the timeline.
pub(super) fn tell_paid(
    tx: &WriteTx,
    context: &Context<'_>,
    before: &Stored,
    after: &Stored,
    entry: Option<PostedEntry>,
) -> store::HistoryRow {
    let renewed =
        Happening { kind: Some(HistoryKind::Renewed), event: "activation.renewed", at: context.now, reason: None };
    let wallet_minor = Some(entry.map_or(0, |entry| entry.wallet_minor));
    let moved = Moved { wallet_minor, entries: entry.into_iter().collect() };
    let ledger_entry_id = moved.entry_id();
    let line = HistoryLine {
        kind: HistoryKind::Renewed,
        occurred_at: context.now,
        reason: None,
        wallet_minor,
        ledger_entry_id,
    };
    let by = (context.actor, context.request_id);
    tx.push_event(NewEvent {
        kind: renewed.event,
        subject: after.id.to_string(),
        occurred_at: renewed.at,
        request_id: context.request_id.map(str::to_owned),
        payload: payload(context, Some(&before.state), after, &renewed, &moved),
    });
    store::history_row(context.reseller, Some(&before.state), after, &line, context.recorded_at, by)
}

fn payload(
    context: &Context<'_>,
    before: Option<&Activation>,
    after: &Stored,
    happening: &Happening,
    moved: &Moved,
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
        "ledger_entry_ids": moved.entries.iter().map(|entry| entry.id).collect::<Vec<_>>(),
        "pending_interval": state.chosen_interval(),
        "reason": happening.reason,
    })
}

/// An instant as the API writes it.
pub(super) fn written(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
