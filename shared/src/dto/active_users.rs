//! The active-users series.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::vocab::{ActivationId, Bucket, ClientId, Compare, Measure, ProductId, Range};

/// Distinct end users per bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActiveUsersSeries {
    /// The moment the series is of.
    pub as_of: DateTime<Utc>,
    /// The range asked for; null where two dates were.
    pub range: Option<Range>,
    /// What one point counts over.
    pub bucket: Bucket,
    /// Whom a point counts.
    pub measure: Measure,
    /// What it is compared with.
    pub compare: Compare,
    /// IANA name of the zone whose calendar days are counted.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin", max_length = 64))]
    pub time_zone: String,
    /// The zone for whose days everything is being counted anew; null unless a change of zone is under way.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Lisbon", max_length = 64))]
    pub next_time_zone: Option<String>,
    /// First day of the first bucket.
    pub from_on: NaiveDate,
    /// Last day of the last bucket; today at the latest.
    pub to_on: NaiveDate,
    /// By how many days `previous` lies earlier: the smallest multiple of 7 that does not overlap, or 364 for a year. Null
    /// where months are compared with months, or nothing is.
    #[cfg_attr(feature = "openapi", schema(minimum = 7, example = 35))]
    pub shift_days: Option<i64>,
    /// By how many months `previous` lies earlier, where months are compared with months.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 25, example = 12))]
    pub shift_months: Option<i64>,
    /// The day of the reseller's first counted event, of an activation not before its first service: earlier points are null. Null if
    /// there was none.
    pub first_event_on: Option<NaiveDate>,
    /// Only this product, where asked for.
    pub product: Option<ProductId>,
    /// Only this client, where asked for.
    pub client: Option<ClientId>,
    /// Only this activation, where asked for.
    pub activation: Option<ActivationId>,
    /// One point per bucket, oldest first: two years by day at most.
    #[cfg_attr(feature = "openapi", schema(max_items = 731))]
    pub points: Vec<ActiveUsersPoint>,
    /// What the points show.
    pub summary: ActiveUsersSummary,
}

/// One bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActiveUsersPoint {
    /// First day of the bucket.
    pub from_on: NaiveDate,
    /// Last day of the bucket; today in the running one.
    pub to_on: NaiveDate,
    /// Distinct end users, as `measure` says; null before the first event (a gap, not a zero).
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 231))]
    pub value: Option<i64>,
    /// The same for the bucket of the earlier period; null before the first event or without comparison.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 200))]
    pub previous: Option<i64>,
    /// First day of the earlier bucket; null without comparison.
    pub previous_from_on: Option<NaiveDate>,
    /// Whether the bucket is still running (today, this week, this month).
    pub is_running: bool,
}

/// What the points show. The running bucket is left out of all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActiveUsersSummary {
    /// Mean of the full buckets, rounded half-up; null if there is none.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 180))]
    pub average: Option<i64>,
    /// Mean of the same buckets of the earlier period; null if any of them lies before the first event.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 162))]
    pub previous_average: Option<i64>,
    /// The highest full bucket; null if all are zero.
    pub peak: Option<Peak>,
    /// Falls of at least 20 % and 5 users against the median of the same weekday over the four weeks before; at most two.
    #[cfg_attr(feature = "openapi", schema(max_items = 2))]
    pub drops: Vec<Drop>,
    /// Stretches of at least three full buckets in a row that are each under 80 % of that median, oldest first.
    #[cfg_attr(feature = "openapi", schema(max_items = 243))]
    pub quiet: Vec<Quiet>,
}

/// The highest bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Peak {
    /// First day of the bucket.
    pub from_on: NaiveDate,
    /// Its value.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 236))]
    pub value: i64,
}

/// A fall against the usual.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Drop {
    /// First day of the bucket.
    pub from_on: NaiveDate,
    /// Its value.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 130))]
    pub value: i64,
    /// What was usual.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 210))]
    pub usual: i64,
    /// The fall in whole percent of the usual, rounded half-up.
    #[cfg_attr(feature = "openapi", schema(minimum = 20, maximum = 100, example = 38))]
    pub percent: i64,
}

/// A stretch below the usual.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quiet {
    /// First day of its first bucket.
    pub from_on: NaiveDate,
    /// Last day of its last bucket.
    pub to_on: NaiveDate,
}
