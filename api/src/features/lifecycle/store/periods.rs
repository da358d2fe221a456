//! Terms and paid periods.

use chrono::{DateTime, Utc};
use domain::activation::Charge;
use domain::billing_calendar::Period;
use domain::ledger::PaidPeriod;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait, TryIntoModel};
use shared::vocab::{ActivationId, LedgerEntryId, PriceId, ResellerId};
use uuid::Uuid;

use super::counting;
use crate::db::entity::{period, term};
use crate::db::{Batch, CrashPoint, Word, WriteTx};
use crate::error::Error;
use crate::features::ledger;

/// A paid period that is not over.
#[derive(Debug, Clone, Copy)]
pub struct PaidPeriodRow {
    /// Its term.
    pub term_no: u32,
    /// The period and what is left of its charge.
    pub paid: PaidPeriod,
    /// When it was charged.
    pub charged_at: DateTime<Utc>,
    /// Its charge; none for a price of zero.
    pub charge_entry_id: Option<LedgerEntryId>,
}

/// A term with all its columns.
pub type TermRow = term::Model;
/// A period with all its columns.
pub type PeriodRow = period::Model;

/// Opens the term of a charge, pinned to a price.
pub fn insert_term(
    batch: &mut Batch,
    reseller_id: ResellerId,
    activation_id: ActivationId,
    charge: &Charge,
    price_id: PriceId,
    opened_at: DateTime<Utc>,
) -> Result<TermRow, Error> {
    let row = term::ActiveModel {
        reseller_id: Set(reseller_id.0),
        activation_id: Set(activation_id.0),
        term_no: Set(i64::from(charge.term_no)),
        id: Set(Uuid::now_v7()),
        billing_interval: Set(Word(charge.term.interval)),
        price_id: Set(price_id.0),
        anchor_on: Set(charge.term.anchor_on),
        anchor_day: Set(i16::try_from(charge.term.anchor_day).map_err(Error::internal)?),
        opened_at: Set(opened_at),
        closed_at: Set(None),
    };
    batch.insert(vec![row.clone()], Some(CrashPoint::TermWritten));
    Ok(row.try_into_model()?)
}

/// A period to be written beside its charge.
#[derive(Debug, Clone, Copy)]
pub struct NewPeriod {
    /// What it costs, in minor units.
    pub price_minor: i64,
    /// What was credited against it for earlier periods, in minor units.
    pub credit_minor: i64,
    /// Its charge; none for a price of zero.
    pub charge_entry_id: Option<LedgerEntryId>,
    /// When it was charged.
    pub charged_at: DateTime<Utc>,
}

/// Writes the period that a charge pays.
pub fn insert_period(
    batch: &mut Batch,
    reseller_id: ResellerId,
    activation_id: ActivationId,
    charge: &Charge,
    new: NewPeriod,
) -> Result<PeriodRow, Error> {
    let row = period_row(reseller_id, activation_id, charge, new);
    batch.insert(vec![row.clone()], Some(CrashPoint::PeriodsWritten));
    Ok(row.try_into_model()?)
}

/// The row of a period that a charge pays.
pub(super) fn period_row(
    reseller_id: ResellerId,
    activation_id: ActivationId,
    charge: &Charge,
    new: NewPeriod,
) -> period::ActiveModel {
    period::ActiveModel {
        reseller_id: Set(reseller_id.0),
        activation_id: Set(activation_id.0),
        term_no: Set(i64::from(charge.term_no)),
        period_no: Set(i64::from(charge.period.n)),
        id: Set(Uuid::now_v7()),
        start_on: Set(charge.period.start_on),
        end_on: Set(charge.period.end_on),
        starts_at: Set(charge.period.starts_at),
        ends_at: Set(charge.period.ends_at),
        price_minor: Set(new.price_minor),
        credit_minor: Set(new.credit_minor),
        superseded_at: Set(None),
        charge_entry_id: Set(new.charge_entry_id.map(|id| id.0)),
        charged_at: Set(new.charged_at),
    }
}

/// Ends every paid period early that is not over at `at`: what it was worth has been credited.
pub fn supersede_periods(batch: &mut Batch, reseller_id: ResellerId, activation_id: ActivationId, at: DateTime<Utc>) {
    let superseded = period::ActiveModel { superseded_at: Set(Some(at)), ..Default::default() };
    let update = period::Entity::update_many()
        .set(superseded)
        .filter(period::Column::ResellerId.eq(reseller_id.0))
        .filter(period::Column::ActivationId.eq(activation_id.0))
        .filter(period::Column::EndsAt.gt(at))
        .filter(period::Column::SupersededAt.is_null());
    batch.add_update(update.into_query(), 0, None);
}

/// The paid periods that end after `after` (all without it), each with what is left of its charge. Those that a change
/// of interval ended early are left out: their worth was credited.
pub async fn list_periods(
    tx: &WriteTx,
    reseller_id: ResellerId,
    activation_id: ActivationId,
    after: Option<DateTime<Utc>>,
) -> Result<Vec<PaidPeriodRow>, Error> {
    let rows = period::Entity::find()
        .filter(period::Column::ResellerId.eq(reseller_id.0))
        .filter(period::Column::ActivationId.eq(activation_id.0))
        .filter(period::Column::SupersededAt.is_null())
        .apply_if(after, |query, after| query.filter(period::Column::EndsAt.gt(after)))
        .order_by_asc(period::Column::StartsAt)
        .all(tx.connection())
        .await?;
    let mut paid = Vec::with_capacity(rows.len());
    for row in rows {
        let charge_entry_id = row.charge_entry_id.map(LedgerEntryId);
        let refunded_minor = match charge_entry_id {
            Some(id) => ledger::store::refunded_minor(tx.connection(), reseller_id, id).await?,
            None => 0,
        };
        let period = Period {
            n: counting(row.period_no)?,
            start_on: row.start_on,
            end_on: row.end_on,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
        };
        let paid_period = PaidPeriod { period, charge_minor: row.price_minor - row.credit_minor - refunded_minor };
        let term_no = counting(row.term_no)?;
        paid.push(PaidPeriodRow { term_no, paid: paid_period, charged_at: row.charged_at, charge_entry_id });
    }
    Ok(paid)
}
