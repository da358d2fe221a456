//! The reports, each as rows in order with what they come to.

pub mod cost_per_user;
pub mod decisions;
pub mod demand;
pub mod impact;
pub mod unused;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::active_users::LocalDay;
use domain::billing_calendar::{add_days, local_date, local_midnight};
use domain::forecast::PriceChange;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde::{Deserialize, Serialize};
use shared::vocab::PriceId;
use uuid::Uuid;

use super::store::{Facts, Span, listed};
use crate::auth::Reseller;
use crate::error::Error;
use crate::features::activations::service::show_cover;
use crate::features::activations::store::ListedActivation;
use crate::features::active_users::service::first_event;
use crate::features::active_users::store::find_state;
use crate::features::catalogue::store::{Replacements, replacements};
use crate::features::forecast::service::{Outlook, changes};
use crate::http::cursor::{Cursor, Direction};

/// Days of the trailing figure of active users.
const TRAILING_DAYS: i32 = 30;

/// Where a row stands in a report: numbers compared in turn, the smallest first; the id breaks ties.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key(pub Vec<i64>, pub Uuid);

/// Something with its place in a report.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// The place.
    pub key: Key,
    /// The row.
    pub row: T,
}

/// Which rows: a page of them, or all.
#[derive(Debug, Clone)]
pub enum Part {
    /// So many from the edge on, and one more where there are more.
    Page {
        /// Where the page begins.
        edge: Option<Cursor<Key>>,
        /// How many.
        limit: u16,
    },
    /// Every row.
    All,
}

impl Part {
    /// Puts rows in order and cuts the part out, as a store would have read it.
    fn of<T>(&self, mut rows: Vec<Placed<T>>) -> Vec<Placed<T>> {
        rows.sort_by(|one, other| one.key.cmp(&other.key));
        let Self::Page { edge, limit } = self else { return rows };
        let wanted = usize::from(*limit) + 1;
        match edge {
            Some(Cursor { direction: Direction::Previous, key }) => {
                rows.truncate(rows.partition_point(|row| row.key < *key));
                rows.drain(..rows.len().saturating_sub(wanted));
            }
            Some(Cursor { direction: Direction::Next, key }) => {
                rows.drain(..rows.partition_point(|row| row.key <= *key));
                rows.truncate(wanted);
            }
            None => rows.truncate(wanted),
        }
        rows
    }
}

/// What every report needs: whose, when, from what.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The snapshot.
    pub connection: &'a DatabaseTransaction,
    /// The reseller.
    pub reseller: &'a Reseller,
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// What renews; only for callers that see money.
    pub outlook: Option<&'a Outlook>,
}

/// Counters that are valid, and since when there are any.
#[derive(Debug, Clone, Copy)]
struct Usage {
    /// None before the first event: an epoch that has no rows.
    epoch: i64,
    first_event: Option<LocalDay>,
}

impl Usage {
    /// A number of an earlier window; none if nothing was counted in it yet.
    fn or_gap(self, last_day: LocalDay, number: i64) -> Option<i64> {
        self.first_event.filter(|first| *first <= last_day).map(|_| number)
    }
}

impl Context<'_> {
    fn sees_money(&self) -> bool {
        self.outlook.is_some()
    }

    fn today(&self) -> LocalDay {
        LocalDay::from_date(self.reseller.date_of(self.as_of))
    }

    async fn usage(&self) -> Result<Usage, Error> {
        let state = find_state(self.connection, self.reseller).await?;
        let first_event = first_event(state.as_ref())?;
        Ok(Usage { epoch: state.map_or(-1, |state| state.epoch), first_event })
    }

    /// The moment at which a day begins in the reseller's zone.
    fn start_of(&self, day: LocalDay) -> Result<DateTime<Utc>, Error> {
        local_midnight(day.date(), self.reseller.time_zone).map_err(Error::internal)
    }

    /// The moment at which so many days from today are over.
    fn end_of_day_in(&self, days: i64) -> Result<DateTime<Utc>, Error> {
        let next = add_days(self.today().date(), days + 1).map_err(Error::internal)?;
        local_midnight(next, self.reseller.time_zone).map_err(Error::internal)
    }

    /// These activations as lists show them, with their cover for callers that see money.
    async fn listed(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, ListedActivation>, Error> {
        let mut rows: Vec<_> = listed(self.connection, self.reseller.id, ids).await?.into_values().collect();
        if let Some(outlook) = self.outlook {
            show_cover(self.connection, self.reseller, outlook, &mut rows).await?;
        }
        Ok(rows.into_iter().map(|row| (row.columns.id, row)).collect())
    }
}

/// Days of the reseller's calendar, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// First day.
    pub from: LocalDay,
    /// Last day.
    pub to: LocalDay,
}

/// So many days that end today, and as many before.
fn trailing(today: LocalDay, days: i32) -> (Days, Days) {
    let of = |to: LocalDay| Days { from: to.plus(1 - days), to };
    (of(today), of(today.plus(-days)))
}

fn span((window, before): (Days, Days)) -> Span {
    Span { previous_from: before.from.into(), from: window.from.into(), to: window.to.into() }
}

/// What the next renewals take, with prices that were announced.
#[derive(Debug)]
struct NextPrices {
    replacements: Replacements,
    changes: HashMap<Uuid, Vec<PriceChange>>,
}

impl NextPrices {
    async fn read(connection: &impl ConnectionTrait) -> Result<Self, Error> {
        Ok(Self { replacements: replacements(connection).await?, changes: HashMap::new() })
    }

    /// What the next renewal takes, in minor units; zero where nothing renews.
    fn of(&mut self, facts: &Facts) -> Result<i64, Error> {
        let Some(renews_at) = facts.renews_at else { return Ok(0) };
        let zone = facts.time_zone.parse().map_err(|_| Error::internal("a time zone that is not known"))?;
        let start_on = local_date(renews_at, zone);
        let replacements = &self.replacements;
        let changes =
            self.changes.entry(facts.price_id).or_insert_with(|| changes(replacements, PriceId(facts.price_id)));
        let in_force = changes.iter().rev().find(|change| change.from_on <= start_on);
        Ok(in_force.map_or(facts.price_minor, |change| change.price_minor))
    }
}
