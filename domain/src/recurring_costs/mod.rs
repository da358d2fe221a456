//! What an account pays again and again: one card per billing interval and the sum of them by the month.
//!
//! Sums are exact (twelfths of a minor unit); each figure that is shown is rounded once, half-up (docs/domain.md §3).
//! Knows nothing of single activations: the rows arrive added up per interval.

use chrono::NaiveDate;
use shared::vocab::BillingInterval;

/// A monthly equivalent in twelfths of a minor unit: a yearly price is a whole number of them.
const TWELFTHS: i128 = 12;
/// Tenths of a percent in the whole.
pub const WHOLE_PER_MILLE: u32 = 1_000;

/// A total that does not fit the range of minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the recurring costs are out of range")]
pub struct OutOfRange;

/// The next charge of an interval: its day and everything that is charged on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextCharge {
    /// The day, overdue in grace.
    pub renews_on: NaiveDate,
    /// The sum, in minor units.
    pub amount_minor: i64,
}

/// The renewing and the paused activations of one interval, added up (docs/domain.md §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalTotals {
    /// The interval.
    pub interval: BillingInterval,
    /// Activations that will renew: active and current or in grace.
    pub renewing_count: u64,
    /// Their prices per interval, in minor units.
    pub total_minor: i64,
    /// Activations that are paused; not part of the total.
    pub paused_count: u64,
    /// The prices of the paused ones per interval, in minor units.
    pub paused_total_minor: i64,
    /// The next charge, if anything renews.
    pub next_charge: Option<NextCharge>,
    /// Charges with `renews_on <= today + 7`, overdue ones included, in minor units.
    pub due_7_minor: i64,
    /// Charges with `renews_on <= today + 30`, overdue ones included, in minor units.
    pub due_30_minor: i64,
}

impl IntervalTotals {
    /// An interval in which nothing renews.
    pub const fn none(interval: BillingInterval) -> Self {
        Self {
            interval,
            renewing_count: 0,
            total_minor: 0,
            paused_count: 0,
            paused_total_minor: 0,
            next_charge: None,
            due_7_minor: 0,
            due_30_minor: 0,
        }
    }
}

/// The card of one interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// What was added up.
    pub totals: IntervalTotals,
    /// [`IntervalTotals::total_minor`] by the month, rounded half-up, in minor units.
    pub monthly_equivalent_minor: i64,
}

/// How the monthly equivalent splits; both parts sum to [`WHOLE_PER_MILLE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// Share of monthly and quarterly costs, in tenths of a percent.
    pub short_per_mille: u32,
    /// Share of half-yearly and yearly costs, in tenths of a percent.
    pub long_per_mille: u32,
}

/// The four cards and their footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecurringCosts {
    /// One card per interval, shortest first; intervals without rows are present with zeros.
    pub cards: [Card; 4],
    /// The exact sum by the month, rounded once half-up. May differ from the sum of the rounded cards.
    pub monthly_equivalent_minor: i64,
    /// How it splits into short and long intervals, or `None` when nothing costs anything.
    pub split: Option<Split>,
    /// Everything due in the next 7 days, in minor units.
    pub due_7_minor: i64,
    /// Everything due in the next 30 days, in minor units.
    pub due_30_minor: i64,
}

/// Makes the cards and the footer from rows added up per interval; several rows of one interval are added together.
pub fn recurring_costs(rows: &[IntervalTotals]) -> Result<RecurringCosts, OutOfRange> {
    let cards = [
        card(rows, BillingInterval::Monthly)?,
        card(rows, BillingInterval::Quarterly)?,
        card(rows, BillingInterval::Semiannual)?,
        card(rows, BillingInterval::Yearly)?,
    ];
    let short = twelfths(&cards[0].totals) + twelfths(&cards[1].totals);
    let whole = short + twelfths(&cards[2].totals) + twelfths(&cards[3].totals);
    let mut due_7_minor = 0;
    let mut due_30_minor = 0;
    for card in &cards {
        due_7_minor = add(due_7_minor, card.totals.due_7_minor)?;
        due_30_minor = add(due_30_minor, card.totals.due_30_minor)?;
    }
    Ok(RecurringCosts {
        cards,
        monthly_equivalent_minor: rounded(whole)?,
        split: split(short, whole),
        due_7_minor,
        due_30_minor,
    })
}

/// The monthly equivalent of one price, rounded half-up, in minor units.
pub fn monthly_equivalent_minor(price_minor: i64, interval: BillingInterval) -> Result<i64, OutOfRange> {
    rounded(i128::from(price_minor) * TWELFTHS / i128::from(interval.months()))
}

fn card(rows: &[IntervalTotals], interval: BillingInterval) -> Result<Card, OutOfRange> {
    let mut totals = IntervalTotals::none(interval);
    for row in rows.iter().filter(|row| row.interval == interval) {
        totals.renewing_count = totals.renewing_count.checked_add(row.renewing_count).ok_or(OutOfRange)?;
        totals.total_minor = add(totals.total_minor, row.total_minor)?;
        totals.paused_count = totals.paused_count.checked_add(row.paused_count).ok_or(OutOfRange)?;
        totals.paused_total_minor = add(totals.paused_total_minor, row.paused_total_minor)?;
        totals.next_charge = earlier(totals.next_charge, row.next_charge)?;
        totals.due_7_minor = add(totals.due_7_minor, row.due_7_minor)?;
        totals.due_30_minor = add(totals.due_30_minor, row.due_30_minor)?;
    }
    Ok(Card { totals, monthly_equivalent_minor: rounded(twelfths(&totals))? })
}

/// The earlier of two next charges; on the same day, their sum.
fn earlier(one: Option<NextCharge>, other: Option<NextCharge>) -> Result<Option<NextCharge>, OutOfRange> {
    Ok(match (one, other) {
        (Some(one), Some(other)) if one.renews_on == other.renews_on => {
            Some(NextCharge { amount_minor: add(one.amount_minor, other.amount_minor)?, ..one })
        }
        (Some(one), Some(other)) => Some(if one.renews_on < other.renews_on { one } else { other }),
        (one, other) => one.or(other),
    })
}

fn add(one: i64, other: i64) -> Result<i64, OutOfRange> {
    one.checked_add(other).ok_or(OutOfRange)
}

/// Twelve times the monthly equivalent. Every interval divides a year, so no remainder is lost.
fn twelfths(totals: &IntervalTotals) -> i128 {
    i128::from(totals.total_minor) * (TWELFTHS / i128::from(totals.interval.months()))
}

/// Twelfths as minor units, half-up.
fn rounded(twelfths: i128) -> Result<i64, OutOfRange> {
    i64::try_from((twelfths + TWELFTHS / 2).div_euclid(TWELFTHS)).map_err(|_| OutOfRange)
}

fn split(short: i128, whole: i128) -> Option<Split> {
    if whole <= 0 {
        return None;
    }
    let all = i128::from(WHOLE_PER_MILLE);
    let short_per_mille = u32::try_from((short * all * 2 + whole) / (whole * 2)).ok()?;
    Some(Split { short_per_mille, long_per_mille: WHOLE_PER_MILLE.checked_sub(short_per_mille)? })
}

#[cfg(test)]
mod tests;
