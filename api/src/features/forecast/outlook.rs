//! What renews, in groups of what is charged alike, and who of them would be paid.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::billing_calendar::local_date;
use domain::forecast::{Candidate, Coverage, Forecast, Group, PriceChange, Step};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use shared::vocab::{ActivationId, PriceId};
use tokio::sync::OnceCell;

use super::store::{self, GroupKey, RenewingRow};
use crate::auth::Reseller;
use crate::db::Kept;
use crate::error::Error;
use crate::features::catalogue::store::{Replacement, Replacements, replacements};
use crate::features::overview::store::balance_minor;

/// Everything that renews, laid out from a day on.
#[derive(Debug)]
pub struct Outlook {
    /// What is charged alike.
    pub groups: Arc<[Group]>,
    /// What the wallet holds, in minor units.
    pub available_minor: i64,
    pub(super) places: HashMap<GroupKey, usize>,
    today: NaiveDate,
    time_zone: Tz,
    replacements: Replacements,
    forecast: OnceLock<Forecast>,
    played: OnceCell<Arc<Coverage>>,
}

/// The outlooks of resellers that wrote nothing since they were read.
#[derive(Debug, Clone, Default)]
pub struct Outlooks(Kept<Outlook>);

impl Outlooks {
    /// The outlook of a snapshot at a moment.
    pub async fn at(
        &self,
        snapshot: &DatabaseTransaction,
        reseller: &Reseller,
        as_of: DateTime<Utc>,
    ) -> Result<Arc<Outlook>, Error> {
        let replacements = replacements(snapshot).await?;
        let (today, zone) = (reseller.date_of(as_of), reseller.time_zone);
        let fits = |kept: &Outlook| (kept.today, kept.time_zone, &kept.replacements) == (today, zone, &replacements);
        self.0
            .get(snapshot, reseller.id, fits, async || read(snapshot, reseller, today, replacements.clone()).await)
            .await
    }
}

/// The outlook at a moment, inside a write transaction too.
pub async fn outlook(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
) -> Result<Outlook, Error> {
    read(connection, reseller, reseller.date_of(as_of), replacements(connection).await?).await
}

async fn read(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    today: NaiveDate,
    replacements: Replacements,
) -> Result<Outlook, Error> {
    let mut groups = Vec::new();
    let mut places = HashMap::new();
    for (key, count) in store::groups(connection, reseller.id).await? {
        groups.push(group(&key, count, &replacements)?);
        places.insert(key, groups.len() - 1);
    }
    Ok(Outlook {
        groups: groups.into(),
        available_minor: balance_minor(connection, reseller.id).await?,
        places,
        today,
        time_zone: reseller.time_zone,
        replacements,
        forecast: OnceLock::new(),
        played: OnceCell::new(),
    })
}

/// Activations of one key, as the rules see them.
fn group(key: &GroupKey, count: i64, replacements: &Replacements) -> Result<Group, Error> {
    Ok(Group {
        renews_at: key.renews_at,
        interval: key.interval,
        anchor_day: u32::try_from(key.anchor_day).map_err(Error::internal)?,
        zone: key.time_zone.parse().map_err(|_| Error::internal("a time zone that is not known"))?,
        price_minor: key.price_minor,
        changes: changes(replacements, PriceId(key.price_id)),
        count: u64::try_from(count).map_err(Error::internal)?,
    })
}

/// What was announced of a price, as the rules see it.
pub fn changes(replacements: &Replacements, held: PriceId) -> Vec<PriceChange> {
    let change = |next: Replacement| PriceChange { from_on: next.effective_on, price_minor: next.to_minor };
    replacements.of(held).into_iter().map(change).collect()
}

impl Outlook {
    /// Day by day; laid out when it is first asked for, which most lists never do.
    pub fn forecast(&self) -> Result<&Forecast, Error> {
        if let Some(forecast) = self.forecast.get() {
            return Ok(forecast);
        }
        let forecast = Forecast::new(&self.groups, self.available_minor, self.today, self.time_zone);
        let forecast = forecast.map_err(Error::internal)?;
        Ok(self.forecast.get_or_init(|| forecast))
    }

    /// Plays the run in advance at least up to a moment, asking for single activations where their order decides.
    pub async fn play(
        &self,
        connection: &impl ConnectionTrait,
        reseller: &Reseller,
        until: DateTime<Utc>,
    ) -> Result<Arc<Coverage>, Error> {
        let unplayed = || Coverage::new(self.groups.clone(), self.available_minor);
        let short = self.forecast()?.runway().map_err(Error::internal)?.shortfall;
        if short.is_none_or(|short| reseller.date_of(until) < short.on) {
            // The projection pays for everything until then, and so does the run.
            return Ok(Arc::new(unplayed()));
        }
        let Some(last) = self.last_renews_at() else { return Ok(Arc::new(unplayed())) };
        let played = self.played.get_or_try_init(async || {
            let coverage = self.play_on(unplayed(), connection, reseller, last).await?;
            Ok::<_, Error>(Arc::new(coverage))
        });
        let played = played.await?.clone();
        if until <= last {
            return Ok(played);
        }
        Ok(Arc::new(self.play_on(Coverage::clone(&played), connection, reseller, until).await?))
    }

    async fn play_on(
        &self,
        mut coverage: Coverage,
        connection: &impl ConnectionTrait,
        reseller: &Reseller,
        until: DateTime<Utc>,
    ) -> Result<Coverage, Error> {
        while let Step::Ask(asked) = coverage.play(until).map_err(Error::internal)? {
            let rows = self.rows_of(connection, reseller, &asked).await?;
            let candidate = |(group, row): (usize, RenewingRow)| Candidate {
                group,
                priority: row.priority,
                id: ActivationId(row.id),
            };
            coverage.supply(rows.into_iter().map(candidate).collect()).map_err(Error::internal)?;
        }
        Ok(coverage)
    }

    /// Whether the next renewal of an activation is covered; none for one that does not renew.
    pub fn is_covered(&self, coverage: &Coverage, row: &store::Columns) -> Option<bool> {
        let group = *self.places.get(&store::key_of(row)?)?;
        Some(coverage.is_covered(group, ActivationId(row.id)))
    }

    /// The last moment at which something renews for the first time.
    pub fn last_renews_at(&self) -> Option<DateTime<Utc>> {
        self.groups.iter().map(|group| group.renews_at).max()
    }

    /// Activations that renew from `now` on and before `end`, and whose next renewal is not covered, in the order of
    /// charging, with its moment and price.
    pub async fn uncovered_before(
        &self,
        connection: &impl ConnectionTrait,
        reseller: &Reseller,
        now: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> Result<Vec<(RenewingRow, DateTime<Utc>, i64)>, Error> {
        let coverage = self.play(connection, reseller, end - chrono::TimeDelta::microseconds(1)).await?;
        let is_next = |group: usize, at: DateTime<Utc>| at > now && at < end && self.groups[group].renews_at == at;
        let failing = coverage.failing().iter().filter(|failing| is_next(failing.group, failing.at));
        let mut groups: Vec<usize> = failing.map(|failing| failing.group).collect();
        groups.sort_unstable();
        groups.dedup();
        let rows = self.rows_of(connection, reseller, &groups).await?.into_iter();
        let uncovered = rows.filter(|(group, row)| !coverage.is_covered(*group, ActivationId(row.id)));
        let mut found: Vec<_> = uncovered
            .map(|(group, row)| {
                let group = &self.groups[group];
                (row, group.renews_at, group.price_on(local_date(group.renews_at, group.zone)))
            })
            .collect();
        found.sort_by_key(|(row, renews_at, _)| (*renews_at, row.priority, row.id));
        Ok(found)
    }

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
