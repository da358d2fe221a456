//! Products by new activations.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Context, Days, Key, Part, Placed, TRAILING_DAYS, span, trailing};
use crate::error::Error;
use crate::features::active_users::service::total_users;
use crate::features::products;
use crate::features::reports::store::{demand as read_demand, users_by_product};

/// What is in demand.
#[derive(Debug)]
pub struct Demand {
    /// The days in which activations are counted.
    pub window: Days,
    /// As many days before.
    pub previous_window: Days,
    /// All products together.
    pub total: Figures,
    /// How many products.
    pub count: usize,
    /// The rows asked for.
    pub rows: Vec<Placed<DemandRow>>,
}

/// What was activated and what ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Began in the window.
    pub new: i64,
    /// Began in the window before.
    pub previous_new: i64,
    /// Ended in the window.
    pub ended: i64,
    /// On now.
    pub active: i64,
    /// Distinct users of the trailing 30 days.
    pub users: i64,
}

/// A product in the ranking.
#[derive(Debug)]
pub struct DemandRow {
    /// Its place.
    pub rank: usize,
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What was activated and what ended.
    pub figures: Figures,
}

/// The ranking over so many days that end today.
pub async fn demand(context: Context<'_>, days: u16, part: &Part) -> Result<Demand, Error> {
    let (connection, reseller, today) = (context.connection, context.reseller, context.today());
    let (window, previous_window) = trailing(today, i32::from(days));
    let moments = (context.start_of(previous_window.from)?, context.start_of(window.from)?, context.end_of_day_in(0)?);
    let sums = read_demand(connection, reseller.id, moments).await?;
    let usage = context.usage().await?;
    let users = users_by_product(connection, reseller.id, usage.epoch, span(trailing(today, TRAILING_DAYS))).await?;
    let users: HashMap<Uuid, i64> = users.into_iter().map(|row| (row.id, row.users)).collect();
    let mut total = Figures { users: total_users(connection, reseller, today, 1).await?.value, ..Figures::default() };
    let mut placed = Vec::new();
    for sum in sums {
        let figures = Figures {
            new: sum.new_count,
            previous_new: sum.previous_count,
            ended: sum.ended_count,
            active: sum.active_count,
            users: users.get(&sum.id).copied().unwrap_or_default(),
        };
        // Long gone: nothing to tell of these days.
        if figures == Figures::default() {
            continue;
        }
        total.new += figures.new;
        total.previous_new += figures.previous_new;
        total.ended += figures.ended;
        total.active += figures.active;
        let order = vec![-figures.new, figures.ended - figures.new, -figures.users];
        let row = DemandRow { rank: 0, id: sum.id, name: String::new(), figures };
        placed.push(Placed { key: Key(order, sum.id), row });
    }
    let count = placed.len();
    let mut rows = part.of(rank(placed));
    let names = products::store::names(connection, rows.iter().map(|placed| placed.row.id)).await?;
    for Placed { row, .. } in &mut rows {
        row.name = names.get(&row.id).cloned().unwrap_or_default();
    }
    Ok(Demand { window, previous_window, total, count, rows })
}

/// Gives each its place; those with equally many new activations share one.
fn rank(mut placed: Vec<Placed<DemandRow>>) -> Vec<Placed<DemandRow>> {
    placed.sort_by(|one, other| one.key.cmp(&other.key));
    let (mut rank, mut new) = (0, None);
    for (index, Placed { row, .. }) in placed.iter_mut().enumerate() {
        if new != Some(row.figures.new) {
            (rank, new) = (index + 1, Some(row.figures.new));
        }
        row.rank = rank;
    }
    placed
}
