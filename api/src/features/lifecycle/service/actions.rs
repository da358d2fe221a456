//! What a person or a program asks for. Each settles the activation first, so that no outcome depends on a scheduler.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::activation::{Activation, Charged, Provisioning, Resumed, TransitionError};
use domain::billing_calendar::local_date;
use domain::ledger::{Posting, refund};
use serde_json::json;
use shared::vocab::{ActivationId, ActivationStatus, BillingInterval, ClientId, HistoryKind, PriceId, ProductId};
use uuid::Uuid;

use super::super::store::{self, NewRow, PaidPeriodRow, Stored};
use super::recording::{Happening, Moved, Priced, change, charge, debit, details, tell, write_charge};
use super::settling::settle;
use super::{Context, refused};
use crate::db::{NewEvent, WriteTx};
use crate::error::Error;
use crate::features::catalogue;
use crate::features::ledger::service::{Details, PeriodReference, PostedEntry, post, refused as amount_refused};
use crate::features::ledger::store::lock_wallet;

/// A product to be put in service.
#[derive(Debug, Clone)]
pub struct NewActivation<'a> {
    /// Its id, if the caller makes it.
    pub id: Option<ActivationId>,
    /// For whom; of that reseller.
    pub client_id: ClientId,
    /// What.
    pub product_id: ProductId,
    /// How often it is paid.
    pub interval: BillingInterval,
    /// Whether it renews by itself.
    pub auto_renew: bool,
    /// Order of renewal, 1 first.
    pub priority: i16,
    /// One of the product's prices to be pinned; none for the one in force.
    pub price_id: Option<PriceId>,
    /// The sender's own reference.
    pub external_reference: Option<&'a str>,
    /// Free text.
    pub notes: Option<&'a str>,
}

/// When a deactivation takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// At once, with the refund the rules give.
    Now,
    /// At the end of what is paid; [`keep`] undoes it.
    PeriodEnd,
}

/// Brings money in. The caller runs [`super::run_due`] after it: a credit may pay what waits.
pub async fn top_up(
    tx: &WriteTx,
    context: &Context<'_>,
    amount_minor: i64,
    reason: &str,
    external_reference: Option<&str>,
) -> Result<PostedEntry, Error> {
    let posting = Posting::top_up(amount_minor).map_err(amount_refused)?;
    move_wallet(tx, context, posting, reason, external_reference, "wallet.topped_up").await
}

/// Corrects the balance, up or down.
pub async fn adjust(
    tx: &WriteTx,
    context: &Context<'_>,
    signed_minor: i64,
    reason: &str,
    external_reference: Option<&str>,
) -> Result<PostedEntry, Error> {
    let posting = Posting::adjustment(signed_minor).map_err(amount_refused)?;
    move_wallet(tx, context, posting, reason, external_reference, "wallet.adjusted").await
}

async fn move_wallet(
    tx: &WriteTx,
    context: &Context<'_>,
    posting: Posting,
    reason: &str,
    external_reference: Option<&str>,
    event: &'static str,
) -> Result<PostedEntry, Error> {
    let details = Details { external_reference, ..details(context, reason.to_owned()) };
    let entry = post(tx, context.reseller, posting, &details).await?;
    let reseller = context.reseller;
    tx.push_event(NewEvent {
        kind: event,
        subject: entry.id.to_string(),
        occurred_at: context.now,
        request_id: context.request_id.map(str::to_owned),
        payload: json!({
            "ledger_entry_id": entry.id,
            "wallet_effect": reseller.money(entry.wallet_minor),
            "balance": reseller.money(entry.balance_after_minor),
            "reason": reason,
        }),
    });
    Ok(entry)
}

/// Puts a product in service and charges the first period.
pub async fn activate(tx: &WriteTx, context: &Context<'_>, new: &NewActivation<'_>) -> Result<Stored, Error> {
    let reseller = context.reseller;
    lock_wallet(tx, reseller.id).await?;
    let product = catalogue::store::get_product(tx.connection(), new.product_id).await?;
    // Frozen from here on: the calendar of this activation never moves with the reseller.
    let zone: Tz = reseller.time_zone;
    let price = first_price(tx, context, new, zone).await?;
    let provisioning = product.details.provisioning;
    let charged =
        Activation::activate(context.now, zone, new.interval, new.auto_renew, provisioning).map_err(Error::internal)?;
    let Charged { activation: state, charge } = charged;
    let row = NewRow {
        id: new.id.unwrap_or_else(|| ActivationId(Uuid::now_v7())),
        client_id: new.client_id,
        product_id: new.product_id,
        price_id: price.id,
        price_minor: price.minor,
        priority: new.priority,
        activated_at: context.now,
        actor: context.actor,
        external_reference: new.external_reference,
        notes: new.notes,
    };
    let after = store::insert_activation(tx, reseller, &row, &state).await?;
    let moved = debit(tx, context, &after, &charge, price).await?;
    write_charge(tx, context, &after, &charge, price, moved).await?;
    if provisioning == Provisioning::AtOnce {
        store::switch_service(tx, reseller, &after, context.now).await?;
    }
    let activated = happening(HistoryKind::Activated, "activation.activated", context.now);
    tell(tx, context, None, &after, activated, moved).await?;
    Ok(after)
}

async fn first_price(tx: &WriteTx, context: &Context<'_>, new: &NewActivation<'_>, zone: Tz) -> Result<Priced, Error> {
    let currency = context.reseller.currency;
    let prices = catalogue::store::list_prices(tx.connection(), new.product_id, new.interval, currency).await?;
    let on = local_date(context.now, zone);
    let price = match new.price_id {
        Some(id) => prices.into_iter().find(|price| price.id == id),
        None => prices.into_iter().find(|price| price.details.valid_from_on <= on),
    };
    let price = price.ok_or_else(|| {
        let message = format!("has no {} price in {currency} on {on}", new.interval);
        Error::field("/product_id", "not_priced", message)
    })?;
    Ok(Priced { id: price.id, minor: price.details.amount_minor })
}

/// Renews by hand.
pub async fn renew(tx: &WriteTx, context: &Context<'_>, id: ActivationId) -> Result<Stored, Error> {
    let before = settled(tx, context, id).await?;
    let charged = before.state.clone().renew(context.now).map_err(refused)?;
    charge(tx, context, &before, charged, happening(HistoryKind::Renewed, "activation.renewed", context.now)).await
}

/// Switches off, keeping what is paid.
pub async fn pause(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    resume_at: Option<DateTime<Utc>>,
    reason: Option<&str>,
) -> Result<Stored, Error> {
    let before = settled(tx, context, id).await?;
    let state = before.state.clone().pause(context.now, resume_at).map_err(refused)?;
    let paused = Happening {
        reason: reason.map(str::to_owned),
        ..happening(HistoryKind::Paused, "activation.paused", context.now)
    };
    change(tx, context, &before, state, paused, Moved::default()).await
}

/// Switches on again: free within what is paid, else for a full charge in a new term.
pub async fn resume(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    reason: Option<&str>,
) -> Result<Stored, Error> {
    let before = settled(tx, context, id).await?;
    let resumed = Happening {
        reason: reason.map(str::to_owned),
        ..happening(HistoryKind::Resumed, "activation.resumed", context.now)
    };
    match before.state.clone().resume(context.now).map_err(refused)? {
        Resumed::Free(state) => change(tx, context, &before, state, resumed, Moved::default()).await,
        Resumed::Charged(charged) => charge(tx, context, &before, charged, resumed).await,
    }
}

/// Ends it for good, now or at the end of what is paid.
pub async fn deactivate(tx: &WriteTx, context: &Context<'_>, id: ActivationId, end: End) -> Result<Stored, Error> {
    let before = settled(tx, context, id).await?;
    match end {
        End::PeriodEnd => {
            let state = before.state.clone().deactivate_at_period_end(context.now).map_err(refused)?;
            let scheduled = happening(HistoryKind::EndScheduled, "activation.end_scheduled", context.now);
            change(tx, context, &before, state, scheduled, Moved::default()).await
        }
        End::Now => {
            let state = before.state.clone().deactivate_now(context.now).map_err(refused)?;
            let moved = refund_unused(tx, context, &before).await?;
            let ended = happening(HistoryKind::Deactivated, "activation.deactivated", context.now);
            change(tx, context, &before, state, ended, moved).await
        }
    }
}

/// Undoes a scheduled end.
pub async fn keep(tx: &WriteTx, context: &Context<'_>, id: ActivationId) -> Result<Stored, Error> {
    act(tx, context, id, (HistoryKind::Kept, "activation.kept"), Activation::keep).await
}

/// Switches auto-renew on or off; the same once more changes nothing.
pub async fn set_auto_renew(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    auto_renew: bool,
) -> Result<Stored, Error> {
    let before = settled(tx, context, id).await?;
    let state = before.state.clone().set_auto_renew(auto_renew, context.now).map_err(refused)?;
    if state == before.state {
        return Ok(before);
    }
    let changed = Happening {
        reason: Some(if auto_renew { "On." } else { "Off." }.to_owned()),
        ..happening(HistoryKind::AutoRenewChanged, "activation.auto_renew_changed", context.now)
    };
    change(tx, context, &before, state, changed, Moved::default()).await
}

/// An operator has set it up: on from now.
pub async fn provision(tx: &WriteTx, context: &Context<'_>, id: ActivationId) -> Result<Stored, Error> {
    act(tx, context, id, (HistoryKind::Activated, "activation.provisioned"), Activation::provisioned).await
}

/// Setting it up failed: the whole charge is given back.
pub async fn fail_provisioning(tx: &WriteTx, context: &Context<'_>, id: ActivationId) -> Result<Stored, Error> {
    let before = settled(tx, context, id).await?;
    let state = before.state.clone().provisioning_failed(context.now).map_err(refused)?;
    let mut moved = Moved::default();
    for row in store::list_periods(tx, context.reseller.id, id, None).await? {
        if row.term_no == before.state.term_no {
            give_back(tx, context, &before, &row, row.paid.charge_minor, &mut moved).await?;
        }
    }
    let failed = happening(HistoryKind::Failed, "activation.failed", context.now);
    change(tx, context, &before, state, failed, moved).await
}

/// A transition without money or arguments.
async fn act(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    (kind, event): (HistoryKind, &'static str),
    transition: impl FnOnce(Activation, DateTime<Utc>) -> Result<Activation, TransitionError>,
) -> Result<Stored, Error> {
    let before = settled(tx, context, id).await?;
    let state = transition(before.state.clone(), context.now).map_err(refused)?;
    change(tx, context, &before, state, happening(kind, event, context.now), Moved::default()).await
}

/// The activation as it stands now. The wallet is locked before it; while it is blocked nothing is settled.
async fn settled(tx: &WriteTx, context: &Context<'_>, id: ActivationId) -> Result<Stored, Error> {
    let wallet = lock_wallet(tx, context.reseller.id).await?;
    let activation = store::get(tx, context.reseller.id, id).await?;
    if wallet.is_some_and(|wallet| wallet.blocked_at.is_some()) {
        return Ok(activation);
    }
    settle(tx, context, activation).await
}

/// Gives back what the rules give for the running period and those that have not begun.
async fn refund_unused(tx: &WriteTx, context: &Context<'_>, before: &Stored) -> Result<Moved, Error> {
    let mut moved = Moved::default();
    if before.state.status == ActivationStatus::Expired {
        return Ok(moved);
    }
    let zone = before.state.term.zone;
    let today = local_date(context.now, zone);
    for row in store::list_periods(tx, context.reseller.id, before.id, Some(context.now)).await? {
        let charged_on = local_date(row.charged_at, zone);
        let share = refund(row.paid.charge_minor, &row.paid.period, charged_on, today);
        give_back(tx, context, before, &row, share.amount_minor, &mut moved).await?;
    }
    Ok(moved)
}

async fn give_back(
    tx: &WriteTx,
    context: &Context<'_>,
    before: &Stored,
    row: &PaidPeriodRow,
    amount_minor: i64,
    moved: &mut Moved,
) -> Result<(), Error> {
    let Some(charge_entry_id) = row.charge_entry_id.filter(|_| amount_minor > 0) else { return Ok(()) };
    let posting = Posting::refund(amount_minor).map_err(amount_refused)?;
    let details = Details {
        period: Some(PeriodReference { activation_id: before.id, term_no: row.term_no, period_no: row.paid.period.n }),
        corrects_entry_id: Some(charge_entry_id),
        // The key stands for the action; only its first entry can carry it.
        idempotency_key: context.idempotency_key.filter(|_| moved.entry.is_none()),
        ..details(context, format!("{} · {}", before.product_name, before.client_name))
    };
    let entry = post(tx, context.reseller, posting, &details).await?;
    moved.wallet_minor = Some(moved.wallet_minor.unwrap_or_default() + entry.wallet_minor);
    moved.entry = moved.entry.or(Some(entry));
    Ok(())
}

fn happening(kind: HistoryKind, event: &'static str, at: DateTime<Utc>) -> Happening {
    Happening { kind: Some(kind), event, at, reason: None }
}
