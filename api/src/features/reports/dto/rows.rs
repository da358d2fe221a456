//! Reports as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use domain::active_users::LocalDay;
use domain::reports::{AtStake, IMPACT_DAYS};
use shared::dto::activation::{ActivationClient, ActivationProduct, ActivationRow};
use shared::dto::page::{Page, PageInfo};
use shared::dto::report::{
    ActivationImpact, ActivationImpacts, CostPerActiveUser, CostPerActiveUserRow, CostsPerActiveUser, Demand,
    DemandFigures, DemandRow, MoneyAtStake, RenewalDecision, RenewalDecisions, ReportWindow, SuggestionTotal,
    UnusedActivation, UnusedActivations, UsersOnDay,
};
use shared::vocab::{ClientId, CostBy, Money, ProductId};

use crate::auth::Reseller;
use crate::error::Error;
use crate::features::activations::dto::row;
use crate::features::activations::store::ListedActivation;
use crate::features::reports::service::{Days, Placed, cost_per_user, decisions, demand, impact, unused};

/// To whom a report is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The reseller.
    pub reseller: &'a Reseller,
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// Whether amounts are told.
    pub sees_money: bool,
}

impl Shown<'_> {
    fn money(&self, minor: i64) -> Option<Money> {
        self.sees_money.then(|| self.reseller.money(minor))
    }

    fn time_zone(&self) -> String {
        self.reseller.time_zone.name().to_owned()
    }

    fn activation(&self, listed: &ListedActivation) -> ActivationRow {
        row(self.reseller, self.reseller.date_of(self.as_of), listed)
    }

    fn at_stake(&self, at_stake: AtStake) -> Result<MoneyAtStake, Error> {
        let money = |minor| self.reseller.money(minor);
        Ok(MoneyAtStake {
            paid_unused: money(at_stake.paid_unused_minor),
            renewal: money(at_stake.renewal_minor),
            total: money(at_stake.total_minor().map_err(Error::internal)?),
        })
    }
}

fn window(days: Days) -> ReportWindow {
    ReportWindow { from_on: days.from.date(), to_on: days.to.date() }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn date(day: Option<LocalDay>) -> Option<NaiveDate> {
    day.map(LocalDay::date)
}

/// Rows and where they stand.
fn split<T, U>(
    page: Page<Placed<T>>,
    mut show: impl FnMut(&T) -> Result<U, Error>,
) -> Result<(Vec<U>, PageInfo), Error> {
    let items = page.items.iter().map(|placed| show(&placed.row)).collect::<Result<_, _>>()?;
    Ok((items, page.page))
}

/// What nobody uses.
pub fn unused(
    shown: Shown<'_>,
    report: &unused::Unused,
    page: Page<Placed<unused::UnusedRow>>,
) -> Result<UnusedActivations, Error> {
    let (items, page) = split(page, |row| {
        Ok(UnusedActivation {
            activation: shown.activation(&row.listed),
            last_used_on: date(row.last_used),
            unused_days: row.unused_days,
            at_stake: row.at_stake.map(|at_stake| shown.at_stake(at_stake)).transpose()?,
        })
    })?;
    Ok(UnusedActivations {
        as_of: shown.as_of,
        time_zone: shown.time_zone(),
        window: window(report.window),
        count: number(report.count),
        never_used_count: number(report.never_used_count),
        at_stake: report.at_stake.map(|at_stake| shown.at_stake(at_stake)).transpose()?,
        items,
        page,
    })
}

/// What activations changed.
pub fn impacts(
    shown: Shown<'_>,
    report: &impact::Impacts,
    page: Page<Placed<impact::ImpactRow>>,
) -> Result<ActivationImpacts, Error> {
    let (items, page) = split(page, |row| {
        let activated_on = row.after.from;
        Ok(ActivationImpact {
            activation: shown.activation(&row.listed),
            before: window(row.before),
            after: window(row.after),
            days_over: row.window.days_over(),
            is_complete: row.window.is_complete(),
            is_before_whole: row.is_before_whole,
            client_users_before: row.client_before,
            client_users_after: row.client_after,
            activation_users_after: row.activation_after,
            first_used_on: date(row.first_used),
            days_to_first_use: row.first_used.map(|first| first.since(activated_on)),
            day_7: UsersOnDay { on: row.window.day(7).date(), users: row.day_7 },
            day_28: UsersOnDay { on: row.window.day(IMPACT_DAYS).date(), users: row.day_28 },
        })
    })?;
    Ok(ActivationImpacts {
        as_of: shown.as_of,
        time_zone: shown.time_zone(),
        days: i64::from(IMPACT_DAYS),
        count: number(report.count),
        items,
        page,
    })
}

/// What an active user costs.
pub fn costs(
    shown: Shown<'_>,
    by: CostBy,
    report: &cost_per_user::Costs,
    page: Page<Placed<cost_per_user::CostRow>>,
) -> Result<CostsPerActiveUser, Error> {
    let figures = |figures: &cost_per_user::Figures| CostPerActiveUser {
        monthly_equivalent: shown.money(figures.monthly_minor),
        active_users: figures.users,
        cost_per_user: figures.per_user_minor.and_then(|minor| shown.money(minor)),
        previous_active_users: figures.users_before,
        previous_cost_per_user: figures.per_user_before_minor.and_then(|minor| shown.money(minor)),
    };
    let (items, page) = split(page, |row| {
        let product = || ActivationProduct { id: ProductId(row.id), name: row.name.clone() };
        let client = || ActivationClient { id: ClientId(row.id), name: row.name.clone(), email: row.email.clone() };
        Ok(CostPerActiveUserRow {
            product: (by == CostBy::Product).then(product),
            client: (by == CostBy::Client).then(client),
            renewing_count: row.renewing_count,
            figures: figures(&row.figures),
        })
    })?;
    Ok(CostsPerActiveUser {
        as_of: shown.as_of,
        time_zone: shown.time_zone(),
        by,
        window: window(report.window),
        previous_window: window(report.previous_window),
        total: figures(&report.total),
        count: number(report.count),
        items,
        page,
    })
}

/// What is in demand.
pub fn demand(
    shown: Shown<'_>,
    report: &demand::Demand,
    page: Page<Placed<demand::DemandRow>>,
) -> Result<Demand, Error> {
    let figures = |figures: &demand::Figures| DemandFigures {
        new_activations: figures.new,
        previous_new_activations: figures.previous_new,
        ended: figures.ended,
        net: figures.new - figures.ended,
        active_activations: figures.active,
        active_users: figures.users,
    };
    let (items, page) = split(page, |row| {
        let product = ActivationProduct { id: ProductId(row.id), name: row.name.clone() };
        Ok(DemandRow { rank: number(row.rank), product, figures: figures(&row.figures) })
    })?;
    Ok(Demand {
        as_of: shown.as_of,
        time_zone: shown.time_zone(),
        window: window(report.window),
        previous_window: window(report.previous_window),
        total: figures(&report.total),
        count: number(report.count),
        items,
        page,
    })
}

/// Renewals to decide about.
pub fn decisions(
    shown: Shown<'_>,
    report: &decisions::Decisions,
    page: Page<Placed<decisions::DecisionRow>>,
) -> Result<RenewalDecisions, Error> {
    let (items, page) = split(page, |row| {
        let judged = &row.judged;
        Ok(RenewalDecision {
            activation: shown.activation(&row.listed),
            amount: shown.money(judged.amount_minor),
            monthly_equivalent: shown.money(judged.monthly_minor),
            active_users: judged.users,
            previous_active_users: judged.users_before,
            cost_per_user: judged.per_user_minor.and_then(|minor| shown.money(minor)),
            last_used_on: date(judged.last_used),
            is_unused: judged.users == 0,
            suggestion: judged.decision.suggestion,
            reasons: judged.decision.reasons.clone(),
        })
    })?;
    let total = |(suggestion, count, minor): &(_, usize, i64)| SuggestionTotal {
        suggestion: *suggestion,
        count: number(*count),
        amount: shown.money(*minor),
    };
    Ok(RenewalDecisions {
        as_of: shown.as_of,
        time_zone: shown.time_zone(),
        due: window(report.due),
        window: window(report.window),
        previous_window: window(report.previous_window),
        count: number(report.count),
        by_suggestion: report.by_suggestion.iter().map(total).collect(),
        items,
        page,
    })
}
