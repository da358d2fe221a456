//! The forecast as the API shows it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::forecast::Due;
use shared::dto::activation::{ActivationClient, ActivationProduct};
use shared::dto::forecast::{Forecast, ProjectedBalance, RecommendedTopUp, Runway, Shortfall, UpcomingRenewal};
use shared::dto::recurring_costs;
use shared::vocab::{ActivationId, ClientId, ProductId};

use super::service::{Figures, NamedRenewal, Reach};
use crate::auth::Reseller;
use crate::error::Error;

/// A charge that lies ahead.
pub fn renewal(reseller: &Reseller, today: NaiveDate, renewal: NamedRenewal) -> UpcomingRenewal {
    let renews_on = reseller.date_of(renewal.at);
    UpcomingRenewal {
        activation_id: ActivationId(renewal.row.id),
        product: ActivationProduct { id: ProductId(renewal.row.product_id), name: renewal.product_name },
        client: ActivationClient {
            id: ClientId(renewal.row.client_id),
            name: renewal.client_name,
            email: renewal.client_email,
        },
        billing_interval: renewal.row.key().interval,
        renews_at: renewal.at,
        renews_on,
        renews_in_days: renews_on.signed_duration_since(today).num_days(),
        amount: reseller.money(renewal.price_minor),
        balance_after: reseller.money(renewal.balance_after_minor),
        left_over: renewal.left_over_minor.map(|minor| reseller.money(minor)),
        covered: renewal.is_covered,
    }
}

/// How far the wallet reaches.
pub fn runway(reseller: &Reseller, as_of: DateTime<Utc>, reach: Reach) -> Runway {
    let today = reseller.date_of(as_of);
    let failing: Vec<_> = reach.failing.into_iter().map(|failing| renewal(reseller, today, failing)).collect();
    let failing_count = i64::try_from(reach.failing_count).unwrap_or(i64::MAX);
    Runway {
        state: reach.runway.state,
        available: reseller.money(reach.available_minor),
        covered_until_on: reach.runway.covered_until_on,
        first_shortfall: reach.runway.shortfall.map(|short| Shortfall {
            on: short.on,
            amount: reseller.money(short.minor),
            failing,
            failing_count,
        }),
        level: reach.level,
        failed_count: reach.failed_count,
        needed: reseller.money(reach.needed_minor),
        needed_until_on: reach.needed_until_on,
    }
}

/// The whole forecast.
pub fn forecast(reseller: &Reseller, as_of: DateTime<Utc>, figures: Figures) -> Result<Forecast, Error> {
    let due = |due: Due| -> Result<recurring_costs::Due, Error> {
        let count = i64::try_from(due.count).map_err(Error::internal)?;
        Ok(recurring_costs::Due { count, amount: reseller.money(due.minor) })
    };
    let mut recommended_top_ups = Vec::with_capacity(figures.top_ups.len());
    for (days, top_up) in figures.top_ups {
        recommended_top_ups.push(RecommendedTopUp {
            days,
            until_on: top_up.until_on,
            due: due(top_up.due)?,
            amount: reseller.money(top_up.minor),
        });
    }
    let mut series = Vec::with_capacity(figures.balances.len());
    for day in figures.balances {
        series.push(ProjectedBalance { on: day.on, due: due(day.due)?, balance: reseller.money(day.balance_minor) });
    }
    Ok(Forecast {
        as_of,
        today_on: reseller.date_of(as_of),
        runway: runway(reseller, as_of, figures.reach),
        recommended_top_ups,
        series,
    })
}
