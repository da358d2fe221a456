//! Who of what renews would be paid, where the wallet does not pay for everything.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::billing_calendar::local_date;
use domain::forecast::{Candidate, Coverage, Failing, Group, Step};
use sea_orm::ConnectionTrait;
use shared::vocab::{ActivationId, PriceId};

use super::outlook::{Outlook, changes, dates};
use super::store::{self, GroupKey, RenewingRow};
use crate::auth::Reseller;
use crate::error::Error;
use crate::features::catalogue::store::Replacements;

/// Everything that renews, in groups of what is charged alike.
#[derive(Debug, Default)]
pub struct Priced {
    /// The groups.
    pub groups: Arc<[Group]>,
    /// Their keys.
    pub places: HashMap<GroupKey, usize>,
}

impl Priced {
    pub(super) fn new(rows: Vec<(GroupKey, i64)>, replacements: &Replacements) -> Result<Self, Error> {
        let (mut groups, mut places) = (Vec::with_capacity(rows.len()), HashMap::with_capacity(rows.len()));
        for (key, count) in rows {
            groups.push(group(&key, count, replacements)?);
            places.insert(key, groups.len() - 1);
        }
        Ok(Self { groups: groups.into(), places })
    }

    /// The activations of these groups.
    pub(super) async fn rows_of(
        &self,
        connection: &impl ConnectionTrait,
        reseller: &Reseller,
        groups: &[usize],
    ) -> Result<Vec<(usize, RenewingRow)>, Error> {
        let moments = groups.iter().map(|group| self.groups[*group].renews_at).collect();
        let rows = store::renewing_at(connection, reseller.id, moments).await?;
        let of_asked = |row: RenewingRow| {
            let group = *self.places.get(&row.key())?;
            groups.contains(&group).then_some((group, row))
        };
        Ok(rows.into_iter().filter_map(of_asked).collect())
    }
}

/// Activations of one key, as the rules see them.
pub(super) fn group(key: &GroupKey, count: i64, replacements: &Replacements) -> Result<Group, Error> {
    let dates = dates(key.renews_at, key.interval, key.anchor_day, &key.time_zone)?;
    Ok(Group {
        renews_at: dates.renews_at,
        interval: dates.interval,
        anchor_day: dates.anchor_day,
        zone: dates.zone,
        price_minor: key.price_minor,
        changes: changes(replacements, PriceId(key.price_id)),
        count: u64::try_from(count).map_err(Error::internal)?,
    })
}

/// The run, played in advance.
#[derive(Debug, Clone)]
pub struct Cover {
    /// What it was played with; nothing where everything is paid for.
    pub priced: Arc<Priced>,
    coverage: Coverage,
    is_of_everything: bool,
}

impl Cover {
    /// All that renews until the moment that was asked for is paid for.
    pub(super) fn of_everything() -> Self {
        let priced = Arc::<Priced>::default();
        Self { coverage: Coverage::new(priced.groups.clone(), 0), priced, is_of_everything: true }
    }

    pub(super) fn unplayed(priced: Arc<Priced>, available_minor: i64) -> Self {
        let coverage = Coverage::new(priced.groups.clone(), available_minor);
        Self { coverage, priced, is_of_everything: false }
    }

    pub(super) async fn play_on(
        mut self,
        connection: &impl ConnectionTrait,
        reseller: &Reseller,
        until: DateTime<Utc>,
    ) -> Result<Self, Error> {
        while let Step::Ask(asked) = self.coverage.play(until).map_err(Error::internal)? {
            let rows = self.priced.rows_of(connection, reseller, &asked).await?;
            let candidate = |(group, row): (usize, RenewingRow)| Candidate {
                group,
                priority: row.priority,
                id: ActivationId(row.id),
            };
            self.coverage.supply(rows.into_iter().map(candidate).collect()).map_err(Error::internal)?;
        }
        Ok(self)
    }

    /// Whether nothing fails.
    pub fn is_of_everything(&self) -> bool {
        self.is_of_everything
    }

    /// Everything that is not paid, in the order of time.
    pub fn failing(&self) -> &[Failing] {
        self.coverage.failing()
    }

    /// Whether an activation dropped out of its group before.
    pub fn has_dropped(&self, id: ActivationId) -> bool {
        self.coverage.has_dropped(id)
    }

    /// Whether the next renewal of an activation is covered; none for one that does not renew.
    pub fn is_covered(&self, row: &store::Columns) -> Option<bool> {
        let key = store::key_of(row)?;
        if self.is_of_everything {
            return Some(true);
        }
        let group = *self.priced.places.get(&key)?;
        Some(self.coverage.is_covered(group, ActivationId(row.id)))
    }
}

impl Outlook {
    /// Activations that renew from `now` on and before `end`, and whose next renewal is not covered, in the order of
    /// charging, with its moment and price.
    pub async fn uncovered_before(
        &self,
        connection: &impl ConnectionTrait,
        reseller: &Reseller,
        now: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> Result<Vec<(RenewingRow, DateTime<Utc>, i64)>, Error> {
        let cover = self.play(connection, reseller, end - chrono::TimeDelta::microseconds(1)).await?;
        let all = &cover.priced.groups;
        let is_next = |group: usize, at: DateTime<Utc>| at > now && at < end && all[group].renews_at == at;
        let failing = cover.failing().iter().filter(|failing| is_next(failing.group, failing.at));
        let mut groups: Vec<usize> = failing.map(|failing| failing.group).collect();
        groups.sort_unstable();
        groups.dedup();
        let rows = cover.priced.rows_of(connection, reseller, &groups).await?.into_iter();
        let uncovered = rows.filter(|(group, row)| !cover.coverage.is_covered(*group, ActivationId(row.id)));
        let mut found: Vec<_> = uncovered
            .map(|(group, row)| {
                let group = &all[group];
                (row, group.renews_at, group.price_on(local_date(group.renews_at, group.zone)))
            })
            .collect();
        found.sort_by_key(|(row, renews_at, _)| (*renews_at, row.priority, row.id));
        Ok(found)
    }
}
