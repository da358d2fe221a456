//! The figures as the API shows them.

use chrono::{DateTime, Days, Utc};
use shared::dto::overview::{ActiveSoftwareFigure, ActiveUsersFigure, BalanceFigure, Overview};

use super::service;
use crate::auth::Reseller;

/// The figures.
pub fn overview(reseller: &Reseller, as_of: DateTime<Utc>, overview: service::Overview) -> Overview {
    let today_on = reseller.date_of(as_of);
    let users = overview.users;
    Overview {
        as_of,
        today_on,
        total_active_users: ActiveUsersFigure {
            value: users.value,
            previous: users.previous,
            from_on: today_on - Days::new(29),
            to_on: today_on,
            ever_used: users.ever_used,
            trend: users.trend,
        },
        total_active_software: ActiveSoftwareFigure {
            value: overview.software.value,
            previous: overview.software.previous,
            trend: overview.software.trend,
        },
        balance: overview.balance.map(|balance| BalanceFigure {
            balance: reseller.money(balance.balance_minor),
            due_in_30_days: reseller.money(balance.due_minor),
            renewals_in_30_days: balance.due_count,
        }),
    }
}
