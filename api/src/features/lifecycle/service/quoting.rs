//! What an action would do, told without doing it; and doing it only if it is still what was told.
//!
//! A quote runs inside `Db::rehearse`: what is due is settled first, exactly as the commit would, and undone.

use chrono::{DateTime, Utc};
use domain::billing_calendar::local_date;
use domain::forecast::{DateGroup, Forecast, Group, Runway, price_on};
use shared::vocab::{ActivationId, ActivationStatus, BillingInterval, LedgerEntryId, ResellerId};

use super::super::store::{self, Basis, Stored};
use super::Context;
use super::actions::{
    NewActivation, PlannedNew, PutInService, basis_of, plan_new, put_in_service, set_auto_renew, set_priority, settled,
};
use super::planning::{Plan, Request, plan};
use super::recording::{Moved, carry_out, price_of};
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::catalogue::store::{Replacements, replacements};
use crate::features::forecast::service as forecast;
use crate::features::ledger::store::{find_wallet, lock_wallet};

/// What an action would do. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// When this was so.
    pub as_of: DateTime<Utc>,
    /// What leaves the wallet; negative if money comes back.
    pub amount_minor: i64,
    /// The price of the period that is paid.
    pub price_minor: Option<i64>,
    /// What is given back.
    pub credit_minor: i64,
    /// Start and end of the period that is paid.
    pub period: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// What is charged first, because it is due.
    pub due_first_minor: i64,
    /// The status before.
    pub status_before: Option<ActivationStatus>,
    /// The status afterwards.
    pub status: ActivationStatus,
    /// When the action takes effect.
    pub effective_at: DateTime<Utc>,
    /// Until when it is paid before.
    pub paid_until_before_at: Option<DateTime<Utc>>,
    /// Until when it is paid afterwards.
    pub paid_until_at: Option<DateTime<Utc>>,
    /// The next charge by itself: when, how much, by which interval.
    pub next_renewal: Option<(DateTime<Utc>, i64, BillingInterval)>,
    /// When it leaves service if nothing else is done.
    pub leaves_service_at: Option<DateTime<Utc>>,
    /// What the wallet holds before.
    pub balance_before_minor: i64,
    /// What it would hold afterwards.
    pub balance_after_minor: i64,
    /// How far it would reach then, where that was worked out.
    pub runway: Option<Runway>,
}

/// What an action did.
#[derive(Debug, Clone)]
pub struct Done {
    /// The activation afterwards.
    pub activation: Stored,
    /// What left the wallet, in minor units; negative if money came back.
    pub amount_minor: i64,
    /// The ledger entries of the action, in their order.
    pub ledger_entry_ids: Vec<LedgerEntryId>,
    /// What the wallet holds afterwards, in minor units.
    pub balance_minor: i64,
}

/// Whether the caller agrees with what would be done: it may know an earlier quote, or lack the permission to spend.
pub type Agree<'a> = Option<&'a dyn Fn(&Quoted) -> Result<(), Error>>;

/// An activation as a run would have left it by now, and the wallet before and after that.
struct Prepared {
    loaded: Stored,
    settled: Stored,
    balance_before_minor: i64,
    balance_settled_minor: i64,
}

async fn prepare(tx: &WriteTx, context: &Context<'_>, id: ActivationId) -> Result<Prepared, Error> {
    let reseller_id = context.reseller.id;
    let balance_before_minor = lock_wallet(tx, reseller_id).await?.map_or(0, |wallet| wallet.balance_minor);
    let loaded = store::get(tx, reseller_id, id).await?;
    let settled = settled(tx, context, loaded.clone()).await?;
    let balance_settled_minor =
        if settled.state == loaded.state { balance_before_minor } else { balance_minor(tx, reseller_id).await? };
    Ok(Prepared { loaded, settled, balance_before_minor, balance_settled_minor })
}

/// Does what is asked, after what is due, if the caller agrees.
pub async fn perform(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    request: &Request,
    agree: Agree<'_>,
) -> Result<Done, Error> {
    let prepared = prepare(tx, context, id).await?;
    let plan = plan(tx, context, prepared.settled.clone(), request).await?;
    if let Some(agree) = agree {
        agree(&quoted(tx, context, &prepared, &plan).await?)?;
    }
    let (activation, moved) = carry_out(tx, context, plan).await?;
    Ok(done(activation, &moved, prepared.balance_settled_minor))
}

/// What [`perform`] would do. Without enough money this is told by the balance afterwards, and is no refusal.
pub async fn quote(tx: &WriteTx, context: &Context<'_>, id: ActivationId, request: &Request) -> Result<Quoted, Error> {
    let prepared = prepare(tx, context, id).await?;
    let plan = plan(tx, context, prepared.settled.clone(), request).await?;
    let mut quoted = quoted(tx, context, &prepared, &plan).await?;
    if quoted.balance_after_minor >= 0 {
        carry_out(tx, context, plan).await?;
        quoted.runway = Some(runway_with(tx, context, quoted.balance_after_minor, None).await?);
    }
    Ok(quoted)
}

/// How far a balance reaches for what renews now, and one activation more.
async fn runway_with(
    tx: &WriteTx,
    context: &Context<'_>,
    balance_minor: i64,
    more: Option<Group>,
) -> Result<Runway, Error> {
    let mut groups = forecast::outlook(tx.connection(), context.reseller, context.now).await?.dates;
    groups.extend(more.as_ref().map(DateGroup::try_from).transpose().map_err(Error::internal)?);
    let (today, zone) = (context.reseller.date_of(context.now), context.reseller.time_zone);
    let forecast = Forecast::new(&groups, balance_minor, today, zone);
    forecast.and_then(|forecast| forecast.runway()).map_err(Error::internal)
}

/// What [`activate`](super::activate) would do.
pub async fn quote_new(tx: &WriteTx, context: &Context<'_>, new: &NewActivation<'_>) -> Result<Quoted, Error> {
    let planned = plan_new(context, new, basis_of(tx, context, new).await?)?;
    let (state, price) = (&planned.charged.activation, planned.price);
    let announced = replacements(tx.connection()).await?;
    let mut quoted = quoted_new(context, &planned, &announced);
    if quoted.balance_after_minor >= 0 {
        let group = quoted.next_renewal.map(|(renews_at, _, interval)| Group {
            renews_at,
            interval,
            anchor_day: state.term.anchor_day,
            zone: state.term.zone,
            price_minor: price.minor,
            changes: forecast::changes(&announced, price.id),
            count: 1,
        });
        quoted.runway = Some(runway_with(tx, context, quoted.balance_after_minor, group).await?);
    }
    Ok(quoted)
}

/// Puts a product in service, if the caller agrees.
pub async fn create(
    tx: &WriteTx,
    context: &Context<'_>,
    new: &NewActivation<'_>,
    agree: Agree<'_>,
) -> Result<(Done, PutInService), Error> {
    let basis = basis_of(tx, context, new).await?;
    refuse_client(&basis)?;
    let planned = plan_new(context, new, basis)?;
    if let Some(agree) = agree {
        agree(&quoted_new(context, &planned, &replacements(tx.connection()).await?))?;
    }
    let balance_minor = planned.balance_minor;
    let put = put_in_service(tx, context, new, planned).await?;
    Ok((done(put.after.clone(), &put.moved, balance_minor), put))
}

/// An activation is for a client of the reseller's own that is not put away.
fn refuse_client(basis: &Basis) -> Result<(), Error> {
    match &basis.client {
        None => Err(Error::field("/client_id", "unknown", "is not the id of a client")),
        Some(client) if client.archived_at.is_some() => {
            Err(Error::field("/client_id", "archived", "is an archived client; restore it first"))
        }
        Some(_) => Ok(()),
    }
}

/// What can be set without an action; what is not named stays.
pub async fn change_settings(
    tx: &WriteTx,
    context: &Context<'_>,
    id: ActivationId,
    auto_renew: Option<bool>,
    priority: Option<i16>,
) -> Result<Done, Error> {
    if let Some(priority) = priority {
        set_priority(tx, context, id, priority).await?;
    }
    if let Some(auto_renew) = auto_renew {
        set_auto_renew(tx, context, id, auto_renew).await?;
    }
    let activation = lock(tx, context.reseller.id, id).await?;
    Ok(done(activation, &Moved::default(), balance_minor(tx, context.reseller.id).await?))
}

/// The activation, which nobody else can change until the end of the transaction.
pub async fn lock(tx: &WriteTx, reseller_id: ResellerId, id: ActivationId) -> Result<Stored, Error> {
    lock_wallet(tx, reseller_id).await?;
    store::get(tx, reseller_id, id).await
}

/// What the wallet holds, in minor units.
pub async fn balance_minor(tx: &WriteTx, reseller_id: ResellerId) -> Result<i64, Error> {
    Ok(find_wallet(tx.connection(), reseller_id).await?.map_or(0, |wallet| wallet.balance_minor))
}

fn done(activation: Stored, moved: &Moved, balance_before_minor: i64) -> Done {
    Done {
        activation,
        amount_minor: -moved.wallet_minor.unwrap_or_default(),
        ledger_entry_ids: moved.entries.iter().map(|entry| entry.id).collect(),
        balance_minor: moved.entries.last().map_or(balance_before_minor, |entry| entry.balance_after_minor),
    }
}

async fn quoted(tx: &WriteTx, context: &Context<'_>, prepared: &Prepared, plan: &Plan) -> Result<Quoted, Error> {
    let after = &plan.after.state;
    let next_renewal = match after.renews_at() {
        Some(renews_at) => {
            let charge = after.next_charge().map_err(Error::internal)?;
            let price = price_of(tx, context, &plan.after, &charge).await?;
            Some((renews_at, price.minor, charge.term.interval))
        }
        None => None,
    };
    let (charge, price) = plan.paid.unzip();
    let amount_minor = plan.amount_minor();
    Ok(Quoted {
        as_of: context.now,
        amount_minor,
        price_minor: price.map(|price| price.minor),
        credit_minor: plan.credit_minor(),
        period: charge.map(|charge| (charge.period.starts_at, charge.period.ends_at)),
        due_first_minor: prepared.balance_before_minor - prepared.balance_settled_minor,
        status_before: Some(prepared.loaded.state.status),
        status: after.status,
        effective_at: plan.effective_at,
        paid_until_before_at: prepared.loaded.state.paid_until_at,
        paid_until_at: after.paid_until_at,
        next_renewal,
        leaves_service_at: after.leaves_service_at().or(after.ends_at),
        balance_before_minor: prepared.balance_before_minor,
        balance_after_minor: prepared.balance_settled_minor - amount_minor,
        runway: None,
    })
}

fn quoted_new(context: &Context<'_>, planned: &PlannedNew, announced: &Replacements) -> Quoted {
    let (state, charge) = (&planned.charged.activation, &planned.charged.charge);
    let (price, balance_before_minor) = (planned.price, planned.balance_minor);
    // A pending one renews as soon as it is set up.
    let next_at = state.paid_until_at.filter(|_| state.auto_renew);
    let changes = forecast::changes(announced, price.id);
    let next_renewal = next_at.map(|at| {
        let price_minor = price_on(price.minor, &changes, local_date(at, state.term.zone));
        (at, price_minor, charge.term.interval)
    });
    Quoted {
        as_of: context.now,
        amount_minor: price.minor,
        price_minor: Some(price.minor),
        credit_minor: 0,
        period: Some((charge.period.starts_at, charge.period.ends_at)),
        due_first_minor: 0,
        status_before: None,
        status: state.status,
        effective_at: context.now,
        paid_until_before_at: None,
        paid_until_at: state.paid_until_at,
        next_renewal,
        leaves_service_at: state.leaves_service_at(),
        balance_before_minor,
        balance_after_minor: balance_before_minor - price.minor,
        runway: None,
    }
}
