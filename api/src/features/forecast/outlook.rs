//! What renews, in groups of what is charged on the same days.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::forecast::{DateGroup, Dates, Forecast, PriceChange};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use shared::vocab::PriceId;
use tokio::sync::OnceCell;

use super::cover::{Cover, Priced};
use super::next::{NextRenewals, next_renewals};
use super::store::{self, DateRow, GroupKey, RenewingRow};
use crate::auth::Reseller;
use crate::db::Kept;
use crate::error::Error;
use crate::features::catalogue::store::{Replacement, Replacements, replacements};
use crate::features::overview::store::balance_minor;

/// Everything that renews, laid out from a day on.
#[derive(Debug)]
pub struct Outlook {
    /// What is charged on the same days from the next renewal on.
    pub dates: Vec<DateGroup>,
    /// The next renewals alone, by the interval that is paid now.
    pub next: Vec<NextRenewals>,
    /// What the wallet holds, in minor units.
    pub available_minor: i64,
    places: HashMap<Dates, usize>,
    today: NaiveDate,
    time_zone: Tz,
    replacements: Replacements,
    forecast: OnceLock<Forecast>,
    priced: OnceCell<Arc<Priced>>,
    played: OnceCell<Arc<Cover>>,
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
        let read = async || {
            let available_minor = balance_minor(snapshot, reseller.id).await?;
            read(snapshot, reseller, today, replacements.clone(), available_minor).await
        };
        self.0.get(snapshot, reseller.id, fits, read).await
    }
}

/// The outlook at a moment, inside a write transaction too.
pub async fn outlook(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
) -> Result<Outlook, Error> {
    let available_minor = balance_minor(connection, reseller.id).await?;
    outlook_with(connection, reseller, as_of, available_minor).await
}

/// The same where it is known what the wallet holds.
pub async fn outlook_with(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
    available_minor: i64,
) -> Result<Outlook, Error> {
    let replacements = replacements(connection).await?;
    read(connection, reseller, reseller.date_of(as_of), replacements, available_minor).await
}

async fn read(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    today: NaiveDate,
    replacements: Replacements,
    available_minor: i64,
) -> Result<Outlook, Error> {
    let rows = store::dates(connection, reseller.id).await?;
    let mut announced = Vec::new();
    let (mut dates, mut places) = (Vec::with_capacity(rows.len()), HashMap::with_capacity(rows.len()));
    for row in &rows {
        let place = *places.entry(dates_of(row)?).or_insert_with_key(|key| {
            dates.push(DateGroup { dates: *key, count: 0, total_minor: 0, changes: Vec::new() });
            dates.len() - 1
        });
        let group: &mut DateGroup = &mut dates[place];
        group.count = group.count.saturating_add(u64::try_from(row.count).map_err(Error::internal)?);
        group.total_minor = group.total_minor.checked_add(row.next_minor).ok_or_else(out_of_range)?;
    }
    if replacements.held().next().is_some() {
        for (key, count) in store::groups_of_prices(connection, reseller.id, replacements.held()).await? {
            let held = super::cover::group(&key, count, &replacements)?;
            let place = places.get(&held.dates()).ok_or_else(|| Error::internal("a renewal without its dates"))?;
            dates[*place].announce(&held).map_err(Error::internal)?;
            announced.push((key, held));
        }
    }
    Ok(Outlook {
        dates,
        next: next_renewals(connection, reseller.id, rows, announced).await?,
        available_minor,
        places,
        today,
        time_zone: reseller.time_zone,
        replacements,
        forecast: OnceLock::new(),
        priced: OnceCell::new(),
        played: OnceCell::new(),
    })
}

pub(super) fn out_of_range() -> Error {
    Error::internal("the sum of the renewals is out of range")
}

fn dates_of(row: &DateRow) -> Result<Dates, Error> {
    dates(row.renews_at, row.next_interval.0, row.anchor_day, &row.time_zone)
}

/// When something is charged, from columns.
pub(super) fn dates(
    renews_at: DateTime<Utc>,
    interval: shared::vocab::BillingInterval,
    anchor_day: i16,
    time_zone: &str,
) -> Result<Dates, Error> {
    Ok(Dates {
        renews_at,
        interval,
        anchor_day: u32::try_from(anchor_day).map_err(Error::internal)?,
        zone: time_zone.parse().map_err(|_| Error::internal("a time zone that is not known"))?,
    })
}

/// What was announced of a price, as the rules see it: one that takes over later than what replaces it never does.
pub fn changes(replacements: &Replacements, held: PriceId) -> Vec<PriceChange> {
    let mut from_on = NaiveDate::MIN;
    let change = |next: Replacement| {
        from_on = from_on.max(next.effective_on);
        PriceChange { from_on, price_minor: next.to_minor }
    };
    replacements.of(held).into_iter().map(change).collect()
}

impl Outlook {
    /// Day by day; laid out when it is first asked for, which most lists never do.
    pub fn forecast(&self) -> Result<&Forecast, Error> {
        if let Some(forecast) = self.forecast.get() {
            return Ok(forecast);
        }
        let forecast = Forecast::new(&self.dates, self.available_minor, self.today, self.time_zone);
        let forecast = forecast.map_err(Error::internal)?;
        Ok(self.forecast.get_or_init(|| forecast))
    }

    /// Plays the run in advance at least up to a moment. Prices and single activations are read only where money ends before.
    pub async fn play(
        &self,
        connection: &impl ConnectionTrait,
        reseller: &Reseller,
        until: DateTime<Utc>,
    ) -> Result<Arc<Cover>, Error> {
        let short = self.forecast()?.runway().map_err(Error::internal)?.shortfall;
        // What is overdue is booked on today.
        if short.is_none_or(|short| reseller.date_of(until).max(self.today) < short.on) {
            // The projection pays for everything until then, and so does the run.
            return Ok(Arc::new(Cover::of_everything()));
        }
        let Some(last) = self.last_renews_at() else { return Ok(Arc::new(Cover::of_everything())) };
        let priced = self.priced.get_or_try_init(async || {
            let groups = store::groups(connection, reseller.id).await?;
            Ok::<_, Error>(Arc::new(Priced::new(groups, &self.replacements)?))
        });
        let priced = priced.await?.clone();
        let played = self.played.get_or_try_init(async || {
            let cover = Cover::unplayed(priced, self.available_minor);
            Ok::<_, Error>(Arc::new(cover.play_on(connection, reseller, last).await?))
        });
        let played = played.await?.clone();
        if until <= last {
            return Ok(played);
        }
        Ok(Arc::new(Cover::clone(&played).play_on(connection, reseller, until).await?))
    }

    /// The last moment at which something renews for the first time.
    pub fn last_renews_at(&self) -> Option<DateTime<Utc>> {
        self.dates.iter().map(|group| group.dates.renews_at).max()
    }

    /// What a period of an activation costs that starts on a day, in minor units.
    pub(super) fn price_on(&self, key: &GroupKey, start_on: NaiveDate) -> i64 {
        let changes = changes(&self.replacements, PriceId(key.price_id));
        domain::forecast::price_on(key.price_minor, &changes, start_on)
    }

    /// How many renewals failed and wait in grace, and what they take, in minor units.
    pub async fn overdue(
        &self,
        connection: &impl ConnectionTrait,
        reseller: &Reseller,
        now: DateTime<Utc>,
    ) -> Result<(i64, i64), Error> {
        let (mut count, mut minor) = (0_i64, 0_i64);
        for (key, failed) in store::failed(connection, reseller.id, now).await? {
            let due = super::cover::group(&key, failed, &self.replacements)?.charge(0).map_err(Error::internal)?;
            let added = due.price_minor.checked_mul(failed).and_then(|added| minor.checked_add(added));
            (count, minor) = (count + failed, added.ok_or_else(out_of_range)?);
        }
        Ok((count, minor))
    }

    /// Activations that renew on the same days as some of these groups, each with its group.
    pub(super) async fn rows_on(
        &self,
        connection: &impl ConnectionTrait,
        reseller: &Reseller,
        groups: &[usize],
    ) -> Result<Vec<(usize, RenewingRow)>, Error> {
        let moments = groups.iter().map(|group| self.dates[*group].dates.renews_at).collect();
        let mut found = Vec::new();
        for row in store::renewing_at(connection, reseller.id, moments).await? {
            let key = row.key();
            let dates = dates(key.renews_at, key.interval, key.anchor_day, &key.time_zone)?;
            if let Some(group) = self.places.get(&dates).filter(|group| groups.contains(group)) {
                found.push((*group, row));
            }
        }
        Ok(found)
    }

    /// The group of what is charged on these days.
    pub(super) fn place_of(&self, dates: &Dates) -> Option<usize> {
        self.places.get(dates).copied()
    }
}
