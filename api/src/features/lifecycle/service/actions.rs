//! What a person or a program asks for. Each settles the activation first, so that no outcome depends on a scheduler.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::activation::{Activation, Arrears, Charged, Provisioning};
use domain::billing_calendar::local_date;
use domain::ledger::Posting;
use serde_json::json;
use shared::vocab::{ActivationId, BillingInterval, ClientId, HistoryKind, PriceId, ProductId, TakesEffect};
use uuid::Uuid;

use super::super::store::{self, ActivationRow, Basis, NewPeriod, NewRow, PeriodRow, Stored, TermRow, Wanted};
use super::planning::{Action, GiveBack, Plan, Request, not_priced};
use super::quoting::perform;
use super::recording::{Happening, Moved, Priced, carry_out, change, debit, details, tell, write_charge};
use super::settling::settle;
use super::{Context, refused};
use crate::db::{Batch, NewEvent, WriteTx};
use crate::error::Error;
use crate::features::catalogue::store::Product;
use crate::features::clients::store::ClientRow;
use crate::features::ledger::service::{Details, PostedEntry, post, refused as amount_refused};
use crate::features::ledger::store::{find_wallet, lock_wallet, take_turn};

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

/// A new activation, worked out but not written.
pub(super) struct PlannedNew {
    /// Its state, and what has to be paid.
    pub charged: Charged,
    /// The price of the first period.
    pub price: Priced,
    /// What the wallet holds before, in minor units.
    pub balance_minor: i64,
    client: Option<ClientRow>,
    product: Product,
}

/// Reads what a new activation rests on, once it is this transaction's turn to move the reseller's money.
pub(super) async fn basis_of(tx: &WriteTx, context: &Context<'_>, new: &NewActivation<'_>) -> Result<Basis, Error> {
    take_turn(tx, context.reseller.id).await?;
    let &NewActivation { client_id, product_id, interval, price_id, .. } = new;
    let on = local_date(context.now, context.reseller.time_zone);
    store::find_basis(tx, context.reseller, Wanted { client_id, product_id, interval, price_id, on }).await
}

/// Works out what putting a product in service costs.
pub(super) fn plan_new(context: &Context<'_>, new: &NewActivation<'_>, basis: Basis) -> Result<PlannedNew, Error> {
    let refuse = |code: &str, message: &str| Error::field("/product_id", code, message);
    let product = basis.product.ok_or_else(|| refuse("unknown", "is not the id of a product"))?;
    if product.is_retired {
        return Err(refuse("retired", "is a product that can no longer be activated"));
    }
    // Frozen from here on: the calendar of this activation never moves with the reseller.
    let zone: Tz = context.reseller.time_zone;
    let on = local_date(context.now, zone);
    let (id, minor) = basis.price.ok_or_else(|| not_priced("/product_id", new.interval, context, on))?;
    let charged = Activation::activate(context.now, zone, new.interval, new.auto_renew, product.details.provisioning)
        .map_err(Error::internal)?;
    let price = Priced { id, minor };
    Ok(PlannedNew { charged, price, balance_minor: basis.balance_minor, client: basis.client, product })
}

/// Puts a product in service and charges the first period.
pub async fn activate(tx: &WriteTx, context: &Context<'_>, new: &NewActivation<'_>) -> Result<Stored, Error> {
    let planned = plan_new(context, new, basis_of(tx, context, new).await?)?;
    Ok(put_in_service(tx, context, new, planned).await?.after)
}

/// A new activation as it was written.
#[derive(Debug)]
pub struct PutInService {
    /// The activation.
    pub after: Stored,
    pub(super) moved: Moved,
    /// Its row.
    pub row: ActivationRow,
    /// Its client's email address.
    pub client_email: Option<String>,
    /// Its first term.
    pub term: TermRow,
    /// Its first period.
    pub period: PeriodRow,
}

/// Carries out what [`plan_new`] worked out.
pub(super) async fn put_in_service(
    tx: &WriteTx,
    context: &Context<'_>,
    new: &NewActivation<'_>,
    planned: PlannedNew,
) -> Result<PutInService, Error> {
    let reseller = context.reseller;
    let PlannedNew { charged: Charged { activation: state, charge }, price, client, product, .. } = planned;
    let client = client.ok_or_else(Error::not_found)?;
    let new_row = NewRow {
        id: new.id.unwrap_or_else(|| ActivationId(Uuid::now_v7())),
        client: &client,
        product: &product,
        price_id: price.id,
        price_minor: price.minor,
        priority: new.priority,
        activated_at: context.now,
        actor: context.actor,
        external_reference: new.external_reference,
        notes: new.notes,
    };
    let (mut moved, mut batch) = (Moved::default(), Batch::new(tx));
    let (after, row) = store::insert_activation(&mut batch, reseller, &new_row, &state)?;
    let charge_entry_id = debit(tx, &mut batch, context, &after, &charge, price, &mut moved).await?;
    let period = NewPeriod { price_minor: price.minor, credit_minor: 0, charge_entry_id, charged_at: context.now };
    let (term, period) = write_charge(&mut batch, context, &after, &charge, period)?;
    let term = term.ok_or_else(|| Error::internal("a new activation without a term"))?;
    if product.details.provisioning == Provisioning::AtOnce {
        store::switch_service(&mut batch, reseller, &after, context.now);
    }
    let activated = happening(HistoryKind::Activated, "activation.activated", context.now);
    tell(tx, &mut batch, context, None, &after, &activated, &moved);
    store::write(tx, batch).await?;
    Ok(PutInService { after, moved, row, client_email: client.email, term, period })
}

/// Renews by hand.
pub async fn renew(tx: &WriteTx, context: &Context<'_>, id: ActivationId) -> Result<Stored, Error> {
    act(tx, context, id, Action::Renew, None).await
}

/// Switches off, keeping what is paid.
pub async fn pause(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    resume_at: Option<DateTime<Utc>>,
    reason: Option<&str>,
) -> Result<Stored, Error> {
    act(tx, context, id, Action::Pause { resume_at }, reason).await
}

/// Switches on again: free within what is paid, else for a full charge in a new term.
pub async fn resume(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    reason: Option<&str>,
) -> Result<Stored, Error> {
    act(tx, context, id, Action::Resume, reason).await
}

/// Ends it for good, now or at the end of what is paid.
pub async fn deactivate(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    takes_effect: TakesEffect,
) -> Result<Stored, Error> {
    act(tx, context, id, Action::Deactivate(takes_effect), None).await
}

/// Undoes a scheduled end.
pub async fn keep(tx: &WriteTx, context: &Context<'_>, id: ActivationId) -> Result<Stored, Error> {
    act(tx, context, id, Action::Keep, None).await
}

async fn act(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    action: Action,
    reason: Option<&str>,
) -> Result<Stored, Error> {
    let request = Request { action, reason: reason.map(str::to_owned) };
    Ok(perform(tx, context, id, &request, None).await?.activation)
}

/// Switches auto-renew on or off; the same once more changes nothing.
pub async fn set_auto_renew(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    auto_renew: bool,
) -> Result<Stored, Error> {
    let before = get_settled(tx, context, id).await?;
    let state = before.state.clone().set_auto_renew(auto_renew, context.now).map_err(refused)?;
    if state == before.state {
        return Ok(before);
    }
    let changed = Happening {
        reason: Some(if auto_renew { "On." } else { "Off." }.to_owned()),
        ..happening(HistoryKind::AutoRenewChanged, "activation.auto_renew_changed", context.now)
    };
    change(tx, context, &before, state, changed).await
}

/// Changes the order of renewal among those due at one moment; the same once more changes nothing.
pub async fn set_priority(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    priority: i16,
) -> Result<Stored, Error> {
    let before = get_settled(tx, context, id).await?;
    if before.priority == priority {
        return Ok(before);
    }
    let mut batch = Batch::new(tx);
    store::set_priority(&mut batch, context.reseller, id, priority);
    let after = Stored { priority, ..before.clone() };
    let changed = Happening {
        reason: Some(format!("From {} to {priority}.", before.priority)),
        ..happening(HistoryKind::PriorityChanged, "activation.priority_changed", context.now)
    };
    tell(tx, &mut batch, context, Some(&before.state), &after, &changed, &Moved::default());
    store::write(tx, batch).await?;
    Ok(after)
}

/// An operator has set it up: on from now.
pub async fn provision(tx: &WriteTx, context: &Context<'_>, id: ActivationId) -> Result<Stored, Error> {
    let before = get_settled(tx, context, id).await?;
    let state = before.state.clone().provisioned(context.now).map_err(refused)?;
    let provisioned = happening(HistoryKind::Activated, "activation.provisioned", context.now);
    change(tx, context, &before, state, provisioned).await
}

/// Setting it up failed: the whole charge is given back.
pub async fn fail_provisioning(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    reason: Option<&str>,
) -> Result<Stored, Error> {
    let before = get_settled(tx, context, id).await?;
    let state = before.state.clone().provisioning_failed(context.now).map_err(refused)?;
    let rows = store::list_periods(tx, context.reseller.id, id, None).await?.into_iter();
    let of_term = rows.filter(|row| row.term_no == before.state.term_no);
    let give_back = of_term.map(|row| GiveBack { row, minor: row.paid.charge_minor }).collect();
    let reason = reason.map(str::to_owned);
    let failed = Happening { reason, ..happening(HistoryKind::Failed, "activation.failed", context.now) };
    Ok(carry_out(tx, context, Plan { give_back, ..Plan::free(before, state, failed) }).await?.0)
}

async fn get_settled(tx: &WriteTx, context: &Context<'_>, id: ActivationId) -> Result<Stored, Error> {
    lock_wallet(tx, context.reseller.id).await?;
    settled(tx, context, store::get(tx, context.reseller.id, id).await?).await
}

/// The activation as a run would have left it by now. While the wallet is blocked nothing is settled.
pub(super) async fn settled(tx: &WriteTx, context: &Context<'_>, activation: Stored) -> Result<Stored, Error> {
    let is_due = activation.state.settle_step(context.now, Arrears::Hold).map_err(Error::internal)?.is_some();
    if !is_due || find_wallet(tx.connection(), context.reseller.id).await?.is_some_and(|it| it.blocked_at.is_some()) {
        return Ok(activation);
    }
    settle(tx, context, activation).await
}

fn happening(kind: HistoryKind, event: &'static str, at: DateTime<Utc>) -> Happening {
    Happening { kind: Some(kind), event, at, reason: None }
}
