//! What an active user costs, by product and by client.

use std::collections::HashMap;

use domain::recurring_costs::OutOfRange;
use domain::reports::{CostPerUser, MonthlyCost};
use shared::vocab::CostBy;
use uuid::Uuid;

use super::{Context, Days, Key, Part, Placed, TRAILING_DAYS, span, trailing};
use crate::error::Error;
use crate::features::active_users::service::total_users;
use crate::features::reports::store::{
    CostSum, UsersNowAndBefore, costs_by_client, costs_by_product, users_by_client, users_by_product,
};
use crate::features::{clients, products};

/// Names looked up at once.
const CHUNK: usize = 1_000;

/// What a user costs.
#[derive(Debug)]
pub struct Costs {
    /// The days in which users are counted.
    pub window: Days,
    /// The days before.
    pub previous_window: Days,
    /// Everything and everybody.
    pub total: Figures,
    /// How many rows there are.
    pub count: usize,
    /// The rows asked for.
    pub rows: Vec<Placed<CostRow>>,
}

/// Costs and users.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// By the month, in minor units.
    pub monthly_minor: i64,
    /// Distinct users.
    pub users: i64,
    /// By user, in minor units.
    pub per_user_minor: Option<i64>,
    /// Distinct users of the days before.
    pub users_before: Option<i64>,
    /// Today's cost by each of those, in minor units.
    pub per_user_before_minor: Option<i64>,
}

/// One product or client.
#[derive(Debug)]
pub struct CostRow {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// A client's email address.
    pub email: Option<String>,
    /// What renews of it.
    pub renewing_count: i64,
    /// What that costs and who uses it.
    pub figures: Figures,
}

/// What renews of each product or client: how many activations, and what they cost by the month.
pub(super) fn sums(rows: Vec<CostSum>) -> HashMap<Uuid, (i64, MonthlyCost)> {
    let mut sums: HashMap<Uuid, (i64, MonthlyCost)> = HashMap::new();
    for row in rows {
        let (count, cost) = sums.entry(row.id).or_default();
        *count += row.count;
        *cost = cost.and(MonthlyCost::of(row.total_minor, row.billing_interval.0));
    }
    sums
}

/// The report by product or client.
pub async fn costs(context: Context<'_>, by: CostBy, part: &Part) -> Result<Costs, Error> {
    let (connection, reseller) = (context.connection, context.reseller);
    let usage = context.usage().await?;
    let days = trailing(context.today(), TRAILING_DAYS);
    let (sums_by, users) = match by {
        CostBy::Product => (
            costs_by_product(connection, reseller.id).await?,
            users_by_product(connection, reseller.id, usage.epoch, span(days)).await?,
        ),
        CostBy::Client => (
            costs_by_client(connection, reseller.id).await?,
            users_by_client(connection, reseller.id, usage.epoch, span(days)).await?,
        ),
    };
    let users: HashMap<Uuid, UsersNowAndBefore> = users.into_iter().map(|row| (row.id, row)).collect();
    let (mut placed, mut all) = (Vec::new(), MonthlyCost::default());
    for (id, (renewing_count, cost)) in sums(sums_by) {
        all = all.and(cost);
        let (now, before) = users.get(&id).map_or((0, 0), |row| (row.users, row.users_before));
        let figures = figures(cost, now, usage.or_gap(days.1.to, before)).map_err(Error::internal)?;
        let order = if context.sees_money() {
            // Without users, the dearest first; then the dearest user.
            vec![i64::from(now > 0), -figures.per_user_minor.unwrap_or_default(), -figures.monthly_minor]
        } else {
            vec![now]
        };
        let row = CostRow { id, name: String::new(), email: None, renewing_count, figures };
        placed.push(Placed { key: Key(order, id), row });
    }
    let everybody = total_users(connection, reseller, context.today(), 1).await?;
    let total = figures(all, everybody.value, everybody.previous).map_err(Error::internal)?;
    let count = placed.len();
    let mut rows = part.of(placed);
    name(context, by, &mut rows).await?;
    Ok(Costs { window: days.0, previous_window: days.1, total, count, rows })
}

fn figures(cost: MonthlyCost, users: i64, users_before: Option<i64>) -> Result<Figures, OutOfRange> {
    let per_user = |users: i64| CostPerUser { cost, users: u64::try_from(users).unwrap_or_default() }.minor();
    Ok(Figures {
        monthly_minor: cost.minor()?,
        users,
        per_user_minor: per_user(users)?,
        users_before,
        per_user_before_minor: per_user(users_before.unwrap_or_default())?,
    })
}

async fn name(context: Context<'_>, by: CostBy, rows: &mut [Placed<CostRow>]) -> Result<(), Error> {
    for rows in rows.chunks_mut(CHUNK) {
        let ids: Vec<Uuid> = rows.iter().map(|placed| placed.row.id).collect();
        match by {
            CostBy::Product => {
                let names = products::store::names(context.connection, ids.into_iter()).await?;
                for Placed { row, .. } in rows {
                    row.name = names.get(&row.id).cloned().unwrap_or_default();
                }
            }
            CostBy::Client => {
                let names = clients::store::names(context.connection, context.reseller.id, ids.into_iter()).await?;
                for Placed { row, .. } in rows {
                    (row.name, row.email) = names.get(&row.id).cloned().unwrap_or_default();
                }
            }
        }
    }
    Ok(())
}
