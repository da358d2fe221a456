//! Which buckets a range shows, and which earlier ones they are compared with.
//!
//! Weeks start on Monday. Week and month buckets are always whole, because their distinct end users are counted whole;
//! the one that contains today is running and takes no part in averages, peaks, drops or comparisons.

use chrono::{Datelike, Months, NaiveDate};
use shared::vocab::{Bucket, Compare, Measure, Range};

use super::LocalDay;

/// The longest custom range, in months.
pub const MAX_CUSTOM_MONTHS: u32 = 24;
/// The first day that a custom range may show: 2000-01-01.
pub const EARLIEST_DAY: LocalDay = LocalDay(10_957);
const DAYS_OF_WEEK: i32 = 7;
/// A year by days: 52 weeks, so that weekdays meet.
const YEAR_DAYS: i32 = 52 * DAYS_OF_WEEK;
const YEAR_MONTHS: u32 = 12;

/// What is shown: a range that ends today, or two dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// A range that ends today.
    Range(Range),
    /// From a day to a day, both included.
    Custom {
        /// First day.
        from: LocalDay,
        /// Last day.
        to: LocalDay,
    },
}

/// Why a selection has no buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// The first day is after the last.
    #[error("the first day is after the last")]
    Reversed,
    /// The first day has not come yet.
    #[error("the first day is in the future")]
    InFuture,
    /// Longer than [`MAX_CUSTOM_MONTHS`].
    #[error("the range is longer than {MAX_CUSTOM_MONTHS} months")]
    TooLong,
    /// The first day is before [`EARLIEST_DAY`].
    #[error("the first day is before {EARLIEST_DAY}")]
    TooEarly,
    /// A trailing figure is one of a day.
    #[error("a trailing figure is one of a day")]
    TrailingByDay,
    /// The range is not shown by this bucket; see [`offered_buckets`].
    #[error("this range is not shown by {0}")]
    BucketNotOffered(Bucket),
}

/// The days of one bucket, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First day; the key under which a week or a month is counted.
    pub first_day: LocalDay,
    /// Last day.
    pub last_day: LocalDay,
    /// Whether today lies in the bucket, so that it is still counting.
    pub is_running: bool,
}

/// How far the previous period lies back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// A multiple of seven days, so that weekdays meet; 364 for a year.
    Days(i32),
    /// Whole months, for buckets of a month.
    Months(u32),
}

/// The buckets of a selection and those of the period before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// What one bucket is.
    pub bucket: Bucket,
    /// The buckets in order; the last may be running.
    pub buckets: Vec<Span>,
    /// As many buckets of the previous period, in the same order; none where nothing is compared.
    pub previous: Vec<Span>,
    /// How far the previous period lies back; none where nothing is compared.
    pub shift: Option<Shift>,
}

/// What is shown of a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// What one point counts over; by the selection if none.
    pub bucket: Option<Bucket>,
    /// What it is compared with.
    pub compare: Compare,
    /// Whom a point counts: a trailing figure is one of a day.
    pub measure: Measure,
}

/// The bucket a selection is shown by unless another is asked for.
pub fn default_bucket(selection: Selection) -> Bucket {
    match selection {
        Selection::Range(Range::SevenDays | Range::ThirtyDays) => Bucket::Day,
        Selection::Range(Range::SixMonths) => Bucket::Week,
        Selection::Custom { from, to } => match to.since(from) + 1 {
            ..=31 => Bucket::Day,
            32..=200 => Bucket::Week,
            _ => Bucket::Month,
        },
    }
}

/// The buckets a selection can be shown by, shortest first.
pub fn offered_buckets(selection: Selection) -> &'static [Bucket] {
    match selection {
        Selection::Range(Range::SevenDays) => &[Bucket::Day],
        Selection::Range(Range::ThirtyDays) => &[Bucket::Day, Bucket::Week],
        Selection::Range(Range::SixMonths) | Selection::Custom { .. } => &[Bucket::Day, Bucket::Week, Bucket::Month],
    }
}

/// The buckets of a selection as seen on `today`, and those of the period it is compared with (docs/domain.md §8).
///
/// 7d is today and the 6 days before; 30d is today and the 29 before, by week this week and the 4 before; 6m is this
/// week and the 25 before, by day the days of these weeks up to today, by month this month and the 5 before. A custom
/// range stops at today. Shown by week or month it takes in every one that it touches. The period before overlaps none of
/// that; a year earlier lies 364 days back, by month twelve months, and may overlap what is longer than that.
pub fn window(selection: Selection, view: View, today: LocalDay) -> Result<Window, WindowError> {
    let bucket = match (view.bucket, view.measure.trailing_days()) {
        (Some(bucket), _) => bucket,
        (None, Some(_)) => Bucket::Day,
        (None, None) => default_bucket(selection),
    };
    if bucket != Bucket::Day && view.measure.trailing_days().is_some() {
        return Err(WindowError::TrailingByDay);
    }
    if !offered_buckets(selection).contains(&bucket) {
        return Err(WindowError::BucketNotOffered(bucket));
    }
    let (first_day, last_day) = days(selection, bucket, today)?;
    let starts = starts(first_day, last_day, bucket);
    let buckets: Vec<Span> = starts.iter().map(|start| span(*start, bucket, today)).collect();
    let shift = match (view.compare, bucket) {
        (Compare::None, _) => None,
        (Compare::Prev, _) => Some(shift(&buckets, bucket)),
        (Compare::Year, Bucket::Month) => Some(Shift::Months(YEAR_MONTHS)),
        (Compare::Year, _) => Some(Shift::Days(YEAR_DAYS)),
    };
    let previous =
        shift.iter().flat_map(|shift| starts.iter().map(|start| span(shifted(*start, *shift), bucket, today)));
    Ok(Window { bucket, previous: previous.collect(), buckets, shift })
}

/// The value of a bucket: `None` while the reseller had no event yet, a number (zeros included) from then on.
pub fn value_or_gap(span: Span, first_event_on: Option<LocalDay>, value: u64) -> Option<u64> {
    first_event_on.filter(|first| *first <= span.last_day).map(|_| value)
}

fn days(selection: Selection, bucket: Bucket, today: LocalDay) -> Result<(LocalDay, LocalDay), WindowError> {
    let weeks_back = |weeks: i32| today.week_start().plus(-weeks * DAYS_OF_WEEK);
    let first_day = match (selection, bucket) {
        (Selection::Custom { from, to }, _) => {
            check_custom(from, to, today)?;
            return Ok((from, to.min(today)));
        }
        (Selection::Range(Range::SevenDays), _) => today.plus(-6),
        (Selection::Range(Range::ThirtyDays), Bucket::Day) => today.plus(-29),
        (Selection::Range(Range::ThirtyDays), _) => weeks_back(4),
        (Selection::Range(Range::SixMonths), Bucket::Month) => months_before(today.month_start(), 5),
        (Selection::Range(Range::SixMonths), _) => weeks_back(25),
    };
    Ok((first_day, today))
}

fn check_custom(from: LocalDay, to: LocalDay, today: LocalDay) -> Result<(), WindowError> {
    if to < from {
        return Err(WindowError::Reversed);
    }
    if from < EARLIEST_DAY {
        return Err(WindowError::TooEarly);
    }
    if from > today {
        return Err(WindowError::InFuture);
    }
    let too_late = from.date().checked_add_months(Months::new(MAX_CUSTOM_MONTHS));
    if too_late.is_some_and(|too_late| to.date() >= too_late) {
        return Err(WindowError::TooLong);
    }
    Ok(())
}

/// The first days of all buckets that touch the days from `first_day` to `last_day`.
fn starts(first_day: LocalDay, last_day: LocalDay, bucket: Bucket) -> Vec<LocalDay> {
    let first_start = match bucket {
        Bucket::Day => first_day,
        Bucket::Week => first_day.week_start(),
        Bucket::Month => first_day.month_start(),
    };
    std::iter::successors(Some(first_start), |start| Some(next_start(*start, bucket)))
        .take_while(|start| *start <= last_day)
        .collect()
}

fn next_start(start: LocalDay, bucket: Bucket) -> LocalDay {
    match bucket {
        Bucket::Day => start.plus(1),
        Bucket::Week => start.plus(DAYS_OF_WEEK),
        Bucket::Month => start.plus(i32::from(start.date().num_days_in_month())),
    }
}

fn span(start: LocalDay, bucket: Bucket, today: LocalDay) -> Span {
    let last_day = next_start(start, bucket).plus(-1);
    Span { first_day: start, last_day, is_running: start <= today && today <= last_day }
}

/// The smallest multiple of seven days that does not overlap; for months, as many months as are shown.
fn shift(buckets: &[Span], bucket: Bucket) -> Shift {
    let (Some(first), Some(last)) = (buckets.first(), buckets.last()) else { return Shift::Days(0) };
    if bucket == Bucket::Month {
        return Shift::Months(u32::try_from(buckets.len()).unwrap_or(u32::MAX));
    }
    let length = i32::try_from(last.last_day.since(first.first_day) + 1).unwrap_or(i32::MAX - DAYS_OF_WEEK);
    Shift::Days((length + DAYS_OF_WEEK - 1) / DAYS_OF_WEEK * DAYS_OF_WEEK)
}

fn shifted(start: LocalDay, shift: Shift) -> LocalDay {
    match shift {
        Shift::Days(days) => start.plus(-days),
        Shift::Months(months) => months_before(start, months),
    }
}

fn months_before(month_start: LocalDay, months: u32) -> LocalDay {
    let earlier = month_start.date().checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN);
    LocalDay::from_date(earlier.with_day(1).unwrap_or(earlier))
}
