//! The renewals of the next days, each with what to do about it.

use std::collections::HashMap;

use domain::active_users::LocalDay;
use domain::reports::{CostPerUser, Decision, Facts as DecisionFacts, MonthlyCost, decide};
use shared::vocab::Suggestion;
use uuid::Uuid;

use super::cost_per_user::sums;
use super::{Context, Days, Key, NextPrices, Part, Placed, TRAILING_DAYS, span, trailing};
use crate::error::Error;
use crate::features::activations::store::ListedActivation;
use crate::features::reports::store::{
    Facts, UsersNowAndBefore, Which, costs_by_product, facts, users_by_activation, users_by_product,
};

/// Renewals to decide about.
#[derive(Debug)]
pub struct Decisions {
    /// From today to the last day of renewals.
    pub due: Days,
    /// The days in which users are counted.
    pub window: Days,
    /// The days before.
    pub previous_window: Days,
    /// How many match.
    pub count: usize,
    /// How many of all carry each suggestion, and what they take, in minor units.
    pub by_suggestion: Vec<(Suggestion, usize, i64)>,
    /// The rows asked for.
    pub rows: Vec<Placed<DecisionRow>>,
}

/// A renewal to decide about.
#[derive(Debug)]
pub struct DecisionRow {
    /// As lists show it.
    pub listed: ListedActivation,
    /// What is known about it and what follows.
    pub judged: Judged,
}

/// What is known about a renewal, and what follows.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What it takes, in minor units.
    pub amount_minor: i64,
    /// That by the month, in minor units.
    pub monthly_minor: i64,
    /// That by each user, in minor units.
    pub per_user_minor: Option<i64>,
    /// Distinct users.
    pub users: i64,
    /// Distinct users of the days before.
    pub users_before: Option<i64>,
    /// The last day of counted use.
    pub last_used: Option<LocalDay>,
    /// What to do and why.
    pub decision: Decision,
}

/// The renewals due in so many days.
pub async fn decisions(
    context: Context<'_>,
    days: u16,
    suggestions: &[Suggestion],
    part: &Part,
) -> Result<Decisions, Error> {
    let today = context.today();
    let windows = trailing(today, TRAILING_DAYS);
    let mut placed = judge(context, days, windows).await?;
    let by_suggestion = Suggestion::ALL.iter().map(|suggestion| {
        let of_it = placed.iter().filter(|placed| placed.row.1.decision.suggestion == *suggestion);
        let (count, minor) = of_it
            .fold((0, 0_i64), |(count, minor), placed| (count + 1, minor.saturating_add(placed.row.1.amount_minor)));
        (*suggestion, count, minor)
    });
    let by_suggestion = by_suggestion.collect();
    placed.retain(|placed| suggestions.is_empty() || suggestions.contains(&placed.row.1.decision.suggestion));
    let count = placed.len();
    let shown = part.of(placed);
    let ids: Vec<Uuid> = shown.iter().map(|placed| placed.row.0).collect();
    let mut listed = context.listed(&ids).await?;
    let named = shown.into_iter().filter_map(|Placed { key, row: (id, judged) }| {
        Some(Placed { key, row: DecisionRow { listed: listed.remove(&id)?, judged } })
    });
    let due = Days { from: today, to: today.plus(i32::from(days)) };
    let rows = named.collect();
    Ok(Decisions { due, window: windows.0, previous_window: windows.1, count, by_suggestion, rows })
}

/// Everything that is due, judged.
async fn judge(context: Context<'_>, days: u16, windows: (Days, Days)) -> Result<Vec<Placed<(Uuid, Judged)>>, Error> {
    let (connection, id) = (context.connection, context.reseller.id);
    let before = context.end_of_day_in(i64::from(days))?;
    let usage = context.usage().await?;
    let due = facts(connection, id, (usage.epoch, context.today()), Which::DueBefore(before)).await?;
    let by_id = |rows: Vec<UsersNowAndBefore>| rows.into_iter().map(|row| (row.id, row)).collect::<HashMap<_, _>>();
    let users = by_id(users_by_activation(connection, id, usage.epoch, span(windows), before).await?);
    let product_users = by_id(users_by_product(connection, id, usage.epoch, span(windows)).await?);
    let product_costs = sums(costs_by_product(connection, id).await?);
    let mut prices = NextPrices::read(connection).await?;
    let mut placed = Vec::with_capacity(due.len());
    for facts in due {
        let amount_minor = prices.of(&facts)?;
        let number = |users: i64| u64::try_from(users).unwrap_or_default();
        let (now, earlier) = users.get(&facts.id).map_or((0, 0), |row| (row.users, row.users_before));
        let cost = MonthlyCost::of(amount_minor, facts.billing_interval.0);
        let cost = CostPerUser { cost, users: number(now) };
        let product_cost = CostPerUser {
            cost: product_costs.get(&facts.product_id).map(|(_, cost)| *cost).unwrap_or_default(),
            users: product_users.get(&facts.product_id).map_or(0, |row| number(row.users)),
        };
        let last_used = facts.last_day.map(LocalDay::try_from).transpose().map_err(Error::internal)?;
        let decision = decide(&DecisionFacts {
            days_on: context.today().since(on_since(context, &facts)),
            days_since_use: last_used.map(|last| context.today().since(last)),
            users: number(now),
            users_before: number(earlier),
            cost,
            product_cost,
        });
        let judged = Judged {
            amount_minor,
            monthly_minor: cost.cost.minor().map_err(Error::internal)?,
            per_user_minor: cost.minor().map_err(Error::internal)?,
            users: now,
            users_before: usage.or_gap(windows.1.to, earlier),
            last_used,
            decision,
        };
        placed.push(Placed { key: key(&facts, &judged), row: (facts.id, judged) });
    }
    Ok(placed)
}

fn on_since(context: Context<'_>, facts: &Facts) -> LocalDay {
    LocalDay::from_date(context.reseller.date_of(facts.on_from.unwrap_or(facts.activated_at)))
}

/// Drop, pause, renew; in each the earliest first, then the dearest.
fn key(facts: &Facts, judged: &Judged) -> Key {
    let place = Suggestion::ALL.iter().position(|known| *known == judged.decision.suggestion);
    let place = place.and_then(|place| i64::try_from(place).ok()).unwrap_or(i64::MAX);
    let due = facts.renews_at.map_or(i64::MAX, |at| at.timestamp_micros());
    Key(vec![place, due, -judged.amount_minor], facts.id)
}
