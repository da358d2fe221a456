//! How much of a charge is given back: on deactivation, and as credit for an immediate change of interval.
//!
//! Days are calendar days in the activation's zone, and the day of the action counts as used (docs/domain.md §5):
//! otherwise one could activate each morning and deactivate each evening for nothing.

use chrono::NaiveDate;

use super::PostingError;
use crate::billing_calendar::Period;

/// Days on which a running period can be given back, counted from the later of charge date and period start.
pub const REFUNDABLE_DAYS: i64 = 7;

/// Which rule decided a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundRule {
    /// The period has not begun: all of it.
    NotBegun,
    /// Within the refundable days: the unused share, rounded down.
    WithinRefundableDays,
    /// Past the refundable days: nothing.
    PastRefundableDays,
}

/// What a deactivation gives back for one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refund {
    /// The amount, in minor units; from zero to the charge.
    pub amount_minor: i64,
    /// Days used, today included; zero before the period begins.
    pub used_days: i64,
    /// Days not used.
    pub unused_days: i64,
    /// Days in the period.
    pub total_days: i64,
    /// Why this amount.
    pub rule: RefundRule,
}

/// What `charge_minor` for `period` gives back when the service ends on `today` (docs/domain.md §5).
///
/// `charge_minor` is what is left of the charge after earlier refunds and credits, so that refunds never exceed it.
/// `charged_on` and `today` are local days in the activation's zone.
pub fn refund(charge_minor: i64, period: &Period, charged_on: NaiveDate, today: NaiveDate) -> Refund {
    let total_days = period.total_days();
    let used_days = used_days(period, today);
    let unused_days = total_days - used_days;
    if today < period.start_on {
        return Refund { amount_minor: charge_minor, used_days, unused_days, total_days, rule: RefundRule::NotBegun };
    }
    let window_start = charged_on.max(period.start_on);
    let day_of_window = today.signed_duration_since(window_start).num_days() + 1;
    let is_refundable = (1..=REFUNDABLE_DAYS).contains(&day_of_window);
    let (amount_minor, rule) = if is_refundable {
        (share(charge_minor, unused_days, total_days), RefundRule::WithinRefundableDays)
    } else {
        (0, RefundRule::PastRefundableDays)
    };
    Refund { amount_minor, used_days, unused_days, total_days, rule }
}

/// A period and what was paid for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidPeriod {
    /// The period.
    pub period: Period,
    /// What is left of its charge after earlier refunds and credits, in minor units.
    pub charge_minor: i64,
}

/// The credit for changing the interval on `today`: the unused days of the running period, however late, and periods
/// that have not begun in full (docs/domain.md §5). Periods that are over count nothing.
pub fn interval_change_credit(periods: &[PaidPeriod], today: NaiveDate) -> Result<i64, PostingError> {
    periods.iter().try_fold(0_i64, |sum, paid| {
        let total_days = paid.period.total_days();
        let unused_days = total_days - used_days(&paid.period, today);
        sum.checked_add(share(paid.charge_minor, unused_days, total_days)).ok_or(PostingError::OutOfRange)
    })
}

/// An immediate change of interval that may be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalChange {
    /// Given back for the old term, in minor units.
    pub credit_minor: i64,
    /// The price of the new term's first period, in minor units.
    pub charge_minor: i64,
    /// Charge less credit, in minor units; later refunds of the new period are computed on it.
    pub net_minor: i64,
}

/// The new interval costs less than what is still paid: the change may only happen at the next renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the credit of {credit_minor} exceeds the new charge of {charge_minor} minor units")]
pub struct ChangeAtRenewalOnly {
    /// The credit, in minor units.
    pub credit_minor: i64,
    /// The new charge, in minor units.
    pub charge_minor: i64,
}

/// Decides whether the interval may be changed at once: only if the new charge is at least the credit.
pub fn interval_change(credit_minor: i64, charge_minor: i64) -> Result<IntervalChange, ChangeAtRenewalOnly> {
    match charge_minor.checked_sub(credit_minor) {
        Some(net_minor) if net_minor >= 0 => Ok(IntervalChange { credit_minor, charge_minor, net_minor }),
        _ => Err(ChangeAtRenewalOnly { credit_minor, charge_minor }),
    }
}

/// Days of the period used up to and including `today`: from zero before it to all of them after it.
fn used_days(period: &Period, today: NaiveDate) -> i64 {
    let elapsed = today.signed_duration_since(period.start_on).num_days() + 1;
    elapsed.clamp(0, period.total_days())
}

/// `floor(amount × part / whole)`, so that the parts of an amount sum to the whole.
fn share(amount_minor: i64, part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let exact = i128::from(amount_minor) * i128::from(part);
    // Not above the amount, as the part is at most the whole; the fallback cannot be reached.
    i64::try_from(exact.div_euclid(i128::from(whole))).unwrap_or(0)
}
