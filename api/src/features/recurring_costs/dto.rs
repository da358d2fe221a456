//! Recurring costs as the API shows them.

use chrono::{DateTime, Utc};
use shared::dto::recurring_costs::{CostShare, Due, NextCharge, RecurringCostCard, RecurringCosts};

use super::service::Costs;
use crate::auth::Reseller;

/// The cards and their footer.
pub fn recurring_costs(reseller: &Reseller, as_of: DateTime<Utc>, costs: &Costs) -> RecurringCosts {
    let due = |count, minor| Due { count, amount: reseller.money(minor) };
    let card = |card: &domain::recurring_costs::Card| {
        let sums = costs.sums_of(card);
        let count = |of: fn(&super::service::IntervalSums) -> i64| sums.map(of).unwrap_or_default();
        RecurringCostCard {
            billing_interval: card.totals.interval,
            renewing_count: count(|sums| sums.renewing_count),
            total: reseller.money(card.totals.total_minor),
            monthly_equivalent: reseller.money(card.monthly_equivalent_minor),
            next_charge: card
                .totals
                .next_charge
                .map(|next| NextCharge { renews_on: next.renews_on, amount: reseller.money(next.amount_minor) }),
            due_in_7_days: due(count(|sums| sums.due_7_count), card.totals.due_7_minor),
            due_in_30_days: due(count(|sums| sums.due_30_count), card.totals.due_30_minor),
            paused: due(count(|sums| sums.paused_count), card.totals.paused_total_minor),
        }
    };
    let whole_minor = costs.all.monthly_equivalent_minor;
    let short_per_mille = costs.all.split.map(|split| i64::from(split.short_per_mille));
    let share = |minor, per_mille| CostShare { monthly_equivalent: reseller.money(minor), per_mille };
    RecurringCosts {
        as_of,
        cards: costs.all.cards.iter().map(card).collect(),
        monthly_equivalent: reseller.money(whole_minor),
        short_intervals: share(costs.short_minor, short_per_mille.unwrap_or(0)),
        // The rest, so that both parts sum to the whole.
        long_intervals: share(whole_minor - costs.short_minor, short_per_mille.map_or(0, |short| 1000 - short)),
    }
}
